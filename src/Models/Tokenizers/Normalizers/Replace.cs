using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Normalizers;

/// <summary>Replaces every match; as a decoder, in every token.</summary>
internal sealed record Replace(TextPattern Pattern, string Content) : INormalizer, IDecoder
{
    public NormalText Apply(NormalText text)
    {
        string replaced = In(text.Text, out bool cutsStart);
        return new NormalText(replaced, text.AtStart && !cutsStart);
    }

    public List<string> Decode(List<string> tokens) =>
        [.. tokens.Select(token => In(token, out _))];

    private string In(string text, out bool cutsStart)
    {
        cutsStart = false;
        var matches = new List<(int Start, int End)>();
        Pattern.FindAll(text, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        cutsStart = Content.Length == 0 && matches[0] is (0, > 0);
        var replaced = new StringBuilder(text.Length);
        int done = 0;
        foreach ((int start, int end) in matches)
        {
            replaced.Append(text, done, start - done).Append(Content);
            done = end;
        }

        return replaced.Append(text, done, text.Length - done).ToString();
    }
}
