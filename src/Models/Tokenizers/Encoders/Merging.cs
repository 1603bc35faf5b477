namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>Merges the symbols of one piece, in n log n.</summary>
/// <remarks>Pairs wait in a heap, the lowest rank first, then the leftmost. One whose symbols have
/// become others since is dropped, unless these make the same token.</remarks>
internal sealed class Merging
{
    private readonly List<int> _symbols;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly Dictionary<(int, int), (int Rank, int Id)> _merges;
    private readonly PriorityQueue<(int At, int Id), (int Rank, int At)> _waiting = new();

    /// <param name="symbols">The symbols, which are changed.</param>
    /// <param name="merges">The merges.</param>
    public Merging(List<int> symbols, Dictionary<(int, int), (int Rank, int Id)> merges)
    {
        (_symbols, _merges) = (symbols, merges);
        _next = new int[symbols.Count];
        _previous = new int[symbols.Count];
        for (int i = 0; i < _next.Length; i++)
        {
            _next[i] = i + 1 < _next.Length ? i + 1 : -1;
            _previous[i] = i - 1;
        }
    }

    /// <summary>The symbols that are left when no merge applies.</summary>
    public int[] Run()
    {
        for (int i = 0; i + 1 < _symbols.Count; i++)
        {
            Offer(i);
        }

        const int Gone = -2;
        int count = _symbols.Count;
        while (_waiting.TryDequeue(out (int At, int Id) merge, out _))
        {
            int at = merge.At;
            int right = _next[at];
            if (right < 0
                || !_merges.TryGetValue((_symbols[at], _symbols[right]), out var now)
                || now.Id != merge.Id)
            {
                continue;
            }

            _symbols[at] = merge.Id;
            _next[at] = _next[right];
            _next[right] = Gone;
            count--;
            if (_next[at] >= 0)
            {
                _previous[_next[at]] = at;
                Offer(at);
            }

            if (_previous[at] >= 0)
            {
                Offer(_previous[at]);
            }
        }

        var left = new int[count];
        for (int i = 0, at = 0; at >= 0; at = _next[at])
        {
            left[i++] = _symbols[at];
        }

        return left;
    }

    private void Offer(int at)
    {
        if (_merges.TryGetValue((_symbols[at], _symbols[_next[at]]), out var merge))
        {
            _waiting.Enqueue((at, merge.Id), (merge.Rank, at));
        }
    }
}
