using System.Globalization;
using System.Text.RegularExpressions;

namespace Vitrine.Explorer;

/// <summary>A sentence with tokens, heads and numbers in it, each a link to where it can be
/// examined.</summary>
/// <example>
/// <code>
/// new Prose("At ").Token(cuba).Text(" it gives ").Number("0.46", "attention", "q=31&amp;k=25")
/// </code>
/// </example>
/// <remarks>Text is escaped when the page is written. Each call returns the same, longer
/// sentence.</remarks>
public sealed partial class Prose
{
    private readonly List<Part> _parts = [];

    /// <summary>An empty sentence.</summary>
    public Prose() { }

    /// <summary>A sentence that starts with text.</summary>
    public Prose(string text) => Text(text);

    /// <summary>Whether nothing was written.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Text is a sentence.</summary>
    public static implicit operator Prose(string text) => new(text);

    /// <summary>Text from anywhere; matrices in it, <c>W_E</c>, get their subscripts.</summary>
    public Prose Text(string text) => Add(
        (_, _) => NamedMatrix().Replace(
            HtmlBuilder.Escape(text),
            found => $"<span class=\"matrix\">{Subscript(found.Value)}</span>"),
        _ => text);

    /// <summary>A token, shown as a chip.</summary>
    /// <param name="id">The id, below the vocabulary's size when the page is written.</param>
    public Prose Token(int id) => Add(
        (vocabulary, kind) => vocabulary.Link(id, kind), vocabulary => vocabulary.Quoted(id));

    /// <summary>A head, shown as <c>1.2</c>, linked to its page.</summary>
    public Prose Head(int layer, int head)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{layer}.{head}");
        return Add(
            (_, _) => $"<a class=\"head\" data-head=\"{name}\" href=\"#/heads/{name}\">{name}</a>",
            _ => name);
    }

    /// <summary>A head by its name.</summary>
    /// <exception cref="ArgumentException">It is no name of a head.</exception>
    public Prose Head(string name) => Interp.Head.TryParse(name, out Interp.Head head)
        ? Head(head.Layer, head.Index)
        : throw new ArgumentException(
            $"Prose: a head is written 1.3; got `{name}`.", nameof(name));

    /// <summary>Heads by their names: <c>1.0 and 1.1</c>.</summary>
    /// <exception cref="ArgumentException">One is no name of a head.</exception>
    internal Prose Heads(IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            Text(i == 0 ? "" : i == names.Count - 1 ? " and " : ", ").Head(names[i]);
        }

        return this;
    }

    /// <summary>A sentence whose heads, written <c>head 1.3</c>, are links.</summary>
    public static Prose WithHeads(string text)
    {
        var said = new Prose();
        int from = 0;
        foreach (Match match in NamedHead().Matches(text))
        {
            said.Text(text[from..match.Groups[1].Index]).Head(match.Groups[1].Value);
            from = match.Index + match.Length;
        }

        return said.Text(text[from..]);
    }

    /// <summary>A number, linked to the section that holds it.</summary>
    /// <param name="text">The number as it is shown.</param>
    /// <param name="section">The section's key.</param>
    /// <param name="query">The state of the figure, <c>passage=3&amp;q=31</c>; null for the one it
    /// opens with.</param>
    public Prose Number(string text, string section, string? query = null)
    {
        string rest = HtmlBuilder.Escape(section + (query is null ? "" : "?" + query));
        return Add(
            (_, kind) =>
                $"<a href=\"#/{HtmlBuilder.Escape(kind)}/{rest}\">{HtmlBuilder.Escape(text)}</a>",
            _ => text);
    }

    /// <summary>A letter with a subscript: <c>W_E</c>.</summary>
    public Prose Matrix(string name)
    {
        string html = Subscript(name);
        return Add((_, _) => $"<span class=\"matrix\">{html}</span>", _ => name);
    }

    /// <summary>The sentence as HTML, with links into the page <paramref name="kind"/>.</summary>
    internal string Html(TokenVocabulary vocabulary, string kind) =>
        string.Concat(_parts.Select(part => part.Html(vocabulary, kind)));

    /// <summary>What is said before the first full stop or semicolon, without links: a
    /// title.</summary>
    internal string FirstWords(TokenVocabulary vocabulary) =>
        SentenceEnd().Split(string.Concat(_parts.Select(part => part.Plain(vocabulary))))[0];

    /// <summary><c>d_model</c> with what follows the underscore lowered.</summary>
    internal static string Subscript(string name)
    {
        string[] parts = name.Split('_', 2);
        return HtmlBuilder.Escape(parts[0])
            + (parts.Length > 1 ? $"<sub>{HtmlBuilder.Escape(parts[1])}</sub>" : "");
    }

    /// <summary>What another says.</summary>
    internal Prose Add(Prose other)
    {
        _parts.AddRange(other._parts);
        return this;
    }

    private Prose Add(
        Func<TokenVocabulary, string, string> html, Func<TokenVocabulary, string> plain)
    {
        _parts.Add(new Part(html, plain));
        return this;
    }

    private sealed record Part(
        Func<TokenVocabulary, string, string> Html, Func<TokenVocabulary, string> Plain);

    [GeneratedRegex(@"\b[Wb]_[A-Z]{1,2}(?![A-Za-z])")]
    private static partial Regex NamedMatrix();

    [GeneratedRegex(@"[.;](?: |$)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\b[Hh]ead (\d+\.\d+)(?![\d.]*\d)")]
    private static partial Regex NamedHead();
}
