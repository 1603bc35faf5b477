using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.PreTokenizers;

/// <summary>Where a marker for a space is put before a text.</summary>
internal enum PrependScheme
{
    /// <summary>Before every piece.</summary>
    Always,

    /// <summary>Before the first, if nothing stands before it.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>Spaces as a visible character, <c>▁</c>, at which text is cut.</summary>
internal sealed record Metaspace(char Marker, PrependScheme Scheme, bool Cuts)
    : IPreTokenizer, IDecoder
{
    private readonly Split _cut = new(
        new StringPattern(Marker.ToString()), SplitBehavior.MergedWithNext);

    void IPreTokenizer.Split(Piece piece, List<Piece> pieces)
    {
        string text = piece.Text.ToString().Replace(' ', Marker);
        if (!text.StartsWith(Marker) && (Scheme == PrependScheme.Always
            || (Scheme == PrependScheme.First && piece.AtStart)))
        {
            text = Marker + text;
        }

        var marked = new Piece(text.AsMemory(), piece.AtStart);
        if (Cuts)
        {
            ((IPreTokenizer)_cut).Split(marked, pieces);
        }
        else if (text.Length > 0)
        {
            pieces.Add(marked);
        }
    }

    public List<string> Decode(List<string> tokens) =>
    [
        .. tokens.Select((token, i) => i == 0 && Scheme != PrependScheme.Never
            ? token.Replace(Marker.ToString(), "", StringComparison.Ordinal)
            : token.Replace(Marker, ' ')),
    ];
}
