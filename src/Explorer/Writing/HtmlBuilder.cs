using System.Text;

namespace Vitrine.Explorer;

/// <summary>HTML under construction: what goes in through <see cref="Text"/> is escaped.</summary>
internal sealed class HtmlBuilder
{
    private readonly StringBuilder _html = new();

    /// <summary>A piece of HTML that the program itself wrote.</summary>
    public HtmlBuilder Raw(string html)
    {
        _html.Append(html);
        return this;
    }

    /// <summary>Text from anywhere.</summary>
    public HtmlBuilder Text(string text) => Raw(Escape(text));

    /// <summary>An element with text.</summary>
    public HtmlBuilder Element(string tag, string text) =>
        Raw($"<{tag}>").Text(text).Raw($"</{tag.Split(' ')[0]}>");

    /// <summary>Escapes text for content and for quoted attributes.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            escaped.Append(
                c switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' => "&quot;",
                    '\'' => "&#39;",
                    '\0' => "\uFFFD",
                    _ => c.ToString(),
                });
        }

        return escaped.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => _html.ToString();
}
