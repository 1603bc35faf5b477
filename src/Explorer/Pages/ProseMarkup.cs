using System.Text.RegularExpressions;

namespace Vitrine.Explorer;

/// <summary>Sentences as HTML: tokens as chips, heads and numbers as links.</summary>
internal static partial class ProseMarkup
{
    /// <summary>The sentence with links into the page <paramref name="kind"/>.</summary>
    public static string Html(this Prose prose, TokenVocabulary vocabulary, string kind) =>
        string.Concat(prose.Parts.Select(part => part.Kind switch
        {
            ProseKind.Token => vocabulary.Link(part.Id, kind),
            ProseKind.Head =>
                $"<a class=\"head\" data-head=\"{part.Text}\" href=\"#/heads/{part.Text}\">"
                + $"{part.Text}</a>",
            ProseKind.Number => $"<a href=\"#/{HtmlBuilder.Escape($"{kind}/{part.Section}")}\">"
                + $"{HtmlBuilder.Escape(part.Text)}</a>",
            ProseKind.Matrix => Matrix(part.Text),
            _ => NamedMatrix().Replace(HtmlBuilder.Escape(part.Text), found => Matrix(found.Value)),
        }));

    /// <summary>What is said up to the first full stop or semicolon, which is left out, and what is
    /// said after it.</summary>
    public static (Prose First, Prose After) Split(this Prose prose)
    {
        var first = new Prose();
        foreach ((ProsePart part, int i) in prose.Parts.Select((part, i) => (part, i)))
        {
            if (part.Kind == ProseKind.Text
                && SentenceEnd().Match(part.Text) is { Success: true } end)
            {
                string after = part.Text[(end.Index + end.Length)..];
                var rest = new Prose(
                    after.Length == 0 ? "" : char.ToUpperInvariant(after[0]) + after[1..]);
                return (
                    first.Text(part.Text[..end.Index]),
                    prose.Parts.Skip(i + 1).Aggregate(rest, (said, next) => said.Add(next)));
            }

            first.Add(part);
        }

        return (first, new Prose());
    }

    /// <summary><c>d_model</c> with what follows the underscore lowered.</summary>
    public static string Subscript(string name)
    {
        string[] parts = name.Split('_', 2);
        return HtmlBuilder.Escape(parts[0])
            + (parts.Length > 1 ? $"<sub>{HtmlBuilder.Escape(parts[1])}</sub>" : "");
    }

    private static string Matrix(string name) =>
        $"<span class=\"matrix\">{Subscript(name)}</span>";

    [GeneratedRegex(@"\b[Wb]_[A-Z]{1,2}(?![A-Za-z])")]
    private static partial Regex NamedMatrix();

    [GeneratedRegex(@"[.;](?: |$)")]
    private static partial Regex SentenceEnd();
}
