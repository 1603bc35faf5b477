using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Makes the character map of a SentencePiece model: a double-array trie, found by trying
/// places.</summary>
internal sealed class CharacterMapData
{
    private readonly uint[] _units = new uint[1 << 16];
    private readonly HashSet<int> _bases = [];

    /// <summary>The map of some replacements.</summary>
    public static byte[] Of(IReadOnlyDictionary<string, string> replacements)
    {
        var values = new MemoryStream();
        var keys = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string from, string to) in replacements)
        {
            keys.Add(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(from)), (int)values.Length);
            values.Write([.. Encoding.UTF8.GetBytes(to), 0]);
        }

        var map = new CharacterMapData();
        map._units[0] = 1;
        map.Add(0, "", keys);
        var data = new byte[4 + (4 * map._units.Length) + values.Length];
        BinaryPrimitives.WriteInt32LittleEndian(data, 4 * map._units.Length);
        for (int i = 0; i < map._units.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4 + (4 * i)), map._units[i]);
        }

        values.ToArray().CopyTo(data, 4 + (4 * map._units.Length));
        return data;
    }

    private void Add(int node, string prefix, SortedDictionary<string, int> keys)
    {
        int[] next =
        [
            .. keys.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)
                    && key.Length > prefix.Length)
                .Select(key => (int)key[prefix.Length]).Distinct(),
        ];
        bool ends = keys.TryGetValue(prefix, out int value);
        int first = Enumerable.Range(1, _units.Length).First(at =>
            !_bases.Contains(at) && (at ^ node) < 1 << 20
            && next.Append(0).All(label => (at ^ label) < _units.Length && _units[at ^ label] == 0));
        _bases.Add(first);
        uint label = node == 0 ? 0 : _units[node] & 0xFF;
        _units[node] = label | (ends ? 1u << 8 : 0) | ((uint)(first ^ node) << 10);
        _units[first] = (1u << 31) | (uint)value;
        foreach (int one in next)
        {
            _units[first ^ one] = (uint)one;
        }

        foreach (int one in next)
        {
            Add(first ^ one, prefix + (char)one, keys);
        }
    }
}
