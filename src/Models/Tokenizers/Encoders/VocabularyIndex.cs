namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>The ids of tokens by their spelling.</summary>
internal sealed class VocabularyIndex
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="tokens">Spellings in id order; null where an id has no token. Where two are
    /// spelled alike the later one counts.</param>
    /// <param name="isIn">Which of them can be found; null for all.</param>
    public VocabularyIndex(IReadOnlyList<string?> tokens, Func<int, bool>? isIn = null)
    {
        Tokens = tokens;
        _ids = new(tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token && (isIn is null || isIn(id)))
            {
                _ids[token] = id;
                Longest = Math.Max(Longest, token.Length);
            }
        }

        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The spellings.</summary>
    public IReadOnlyList<string?> Tokens { get; }

    /// <summary>The length of the longest spelling, in UTF-16 units.</summary>
    public int Longest { get; }

    /// <summary>A token's id.</summary>
    public bool TryGet(ReadOnlySpan<char> token, out int id) => _lookup.TryGetValue(token, out id);

    /// <summary>The ids of the tokens <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c>; −1 for those that
    /// are absent.</summary>
    public int[] ByteTokens() =>
    [
        .. Enumerable.Range(0, 256)
            .Select(value => _ids.GetValueOrDefault($"<0x{value:X2}>", -1)),
    ];

    /// <summary>The ids of those tokens by their spelling, whichever can be found.</summary>
    public static int[] ByteTokens(IReadOnlyList<string?> tokens) =>
        new VocabularyIndex(tokens, id => tokens[id] is { Length: 6 }).ByteTokens();
}
