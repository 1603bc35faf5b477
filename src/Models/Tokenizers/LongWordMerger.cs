using System.Text;

namespace Vitrine.Models.Tokenizers;

/// <summary>Merges the byte pairs of one very long word, such as a file of digits without a
/// break.</summary>
/// <remarks>
/// The same merges in the same order (lowest id, then leftmost) as <see cref="BytePairMerger"/>,
/// whose time grows with the square of the length. Here pairs wait in a heap, in n log n; a pair
/// whose parts have been merged otherwise meanwhile is dropped.
/// </remarks>
internal sealed class LongWordMerger
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;

    public LongWordMerger(TokenTable table, int count)
    {
        var ids = new Dictionary<string, int>(count);
        for (int id = 0; id < count; id++)
        {
            ids.TryAdd(ByteAlphabet.Spell(table[id]), id);
        }

        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        string spelled = ByteAlphabet.Spell(bytes);

        // The parts are a list: each ends, and its successor begins, at next[its begin].
        int count = spelled.Length;
        int[] next = [.. Enumerable.Range(1, count)];
        int[] previous = [.. Enumerable.Range(-1, count)];
        var pairs = new PriorityQueue<(int Begin, int Middle, int End), (int Id, int Begin)>();
        for (int begin = 0; begin + 1 < count; begin++)
        {
            Offer(begin);
        }

        while (pairs.TryDequeue(out (int Begin, int Middle, int End) pair, out _))
        {
            (int begin, int middle, int end) = pair;
            if (next[begin] != middle || next[middle] != end)
            {
                continue;
            }

            next[begin] = end;
            next[middle] = -1;
            if (end < count)
            {
                previous[end] = begin;
                Offer(begin);
            }

            if (begin > 0)
            {
                Offer(previous[begin]);
            }
        }

        for (int begin = 0; begin < count; begin = next[begin])
        {
            ids.Add(_ids[spelled.AsSpan(begin..next[begin])]);
        }

        void Offer(int begin)
        {
            int middle = next[begin];
            int end = next[middle];
            if (_ids.TryGetValue(spelled.AsSpan(begin..end), out int id))
            {
                pairs.Enqueue((begin, middle, end), (id, begin));
            }
        }
    }
}
