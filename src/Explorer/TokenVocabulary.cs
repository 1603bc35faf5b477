using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Vitrine.Interp;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Explorer;

/// <summary>What a page knows of every token: its bytes, its class, whether it is
/// special.</summary>
/// <param name="Bytes">The bytes of each id, <c>[vocab]</c>.</param>
/// <param name="Classes">The class of each id, <c>[vocab]</c>.</param>
/// <param name="Special">The ids of special tokens such as <c>&lt;|endoftext|&gt;</c>.</param>
public sealed record TokenVocabulary(
    IReadOnlyList<byte[]> Bytes,
    IReadOnlyList<TokenClass> Classes,
    IReadOnlySet<int> Special)
{
    private const int Cells = 24;
    private const int HeadCells = 15;
    private const int TailCells = 8;

    /// <summary>The number of tokens.</summary>
    public int Size => Bytes.Count;

    /// <summary>The vocabulary of a tokenizer.</summary>
    public static TokenVocabulary Of(Tokenizer tokenizer) =>
        new(
            [
                .. Enumerable
                    .Range(0, tokenizer.VocabularySize)
                    .Select(id => tokenizer.Bytes(id).ToArray()),
            ],
            tokenizer.Classes(),
            Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).ToHashSet());

    /// <summary>The tokens of a model folder, by number where it has no tokenizer.</summary>
    public static TokenVocabulary Of(Subject subject) => subject.Tokenizer is { } tokenizer
        ? Of(tokenizer) : Numbered(subject.Vocabulary);

    /// <summary>A vocabulary of a model without a tokenizer: token 5 is shown as
    /// <c>#5</c>.</summary>
    public static TokenVocabulary Numbered(int size) =>
        new(
            [.. Enumerable.Range(0, size).Select(id => Encoding.UTF8.GetBytes($"#{id}"))],
            [.. Enumerable.Repeat(TokenClass.Number, size)],
            new HashSet<int>());

    /// <summary>The text of a token; null where its bytes are no whole characters.</summary>
    public string? Text(int id) =>
        Utf8.IsValid(Bytes[id]) ? Encoding.UTF8.GetString(Bytes[id]) : null;

    /// <summary>A token in a title: <c>“Congress”</c>, its bytes where it is no text.</summary>
    internal string Quoted(int id) => Text(id) is { } text && text.Trim().Length > 0
        ? $"“{text.Trim()}”" : Hex(id);

    /// <summary>An answer in a title, over another where it is compared with one.</summary>
    internal string Quoted(int answer, int? versus) =>
        Quoted(answer) + (versus is { } other ? $" over {Quoted(other)}" : "");

    /// <summary>The bytes of a token as <c>E2 80</c>.</summary>
    public string Hex(int id) => string.Join(' ', Bytes[id].Select(b => $"{b:X2}"));

    /// <summary>The chip of a token as HTML, equal to what <c>Web/tokens.js</c> builds.</summary>
    internal string Chip(int id)
    {
        List<(Kind Kind, string Text)> units = Units(id);
        bool cut = units.Count > Cells;
        List<(Kind Kind, string Text)> shown = cut
            ? [.. units[..HeadCells], (Kind.Mark, "…"), .. units[^TailCells..]]
            : units;
        var html = new HtmlBuilder();
        html.Raw(cut ? "<span class=\"cut\">" : "")
            .Raw(Special.Contains(id) ? "<bdi class=\"chip special\">" : "<bdi class=\"chip\">");
        for (int i = 0; i < shown.Count; )
        {
            Kind kind = shown[i].Kind;
            string run = shown[i++].Text;
            while (kind != Kind.Box && i < shown.Count && shown[i].Kind == kind)
            {
                run += shown[i++].Text;
            }

            html.Raw(
                    kind switch
                    {
                        Kind.Mark => "<span class=\"mark\">",
                        Kind.Box => "<span class=\"box\">",
                        _ => "",
                    })
                .Text(run)
                .Raw(kind == Kind.Text ? "" : "</span>");
        }

        return html.Raw("</bdi>")
            .Raw(cut ? $"<span class=\"length\">{units.Count}</span></span>" : "")
            .ToString();
    }

    /// <summary>A chip that is a link to the tables of its token.</summary>
    internal string Link(int id, string kind) =>
        $"<a class=\"token\" data-token=\"{id}\" "
            + $"href=\"#/{HtmlBuilder.Escape(kind)}?token={id}\">{Chip(id)}</a>";

    /// <summary>The record of the element <c>#vt-vocabulary</c>.</summary>
    internal object Json()
    {
        int[] ids = [.. Enumerable.Range(0, Size)];
        string?[] text = [.. ids.Select(Text)];
        return new
        {
            Text = text,
            Bytes = ids.Where(id => text[id] is null).ToDictionary(id => id, Hex),
            Special,
        };
    }

    private List<(Kind Kind, string Text)> Units(int id)
    {
        string? text = Text(id);
        if (text is null)
        {
            return [(Kind.Box, Hex(id))];
        }

        if (Special.Contains(id))
        {
            string bare = text.StartsWith("<|", StringComparison.Ordinal) ? text[2..] : text;
            bare = bare.EndsWith("|>", StringComparison.Ordinal) ? bare[..^2] : bare;
            return [.. bare.EnumerateRunes().Select(rune => (Kind.Text, rune.ToString()))];
        }

        var units = new List<(Kind Kind, string Text)>();
        int spaces = text.Length - text.TrimStart(' ').Length;
        if (spaces > 0)
        {
            units.Add((Kind.Mark, spaces == 1 ? "·" : $"·×{spaces}"));
        }

        foreach (Rune rune in text[spaces..].EnumerateRunes())
        {
            units.Add(Unit(rune, units.Count > 0 && units[^1].Kind == Kind.Text));
        }

        return units;
    }

    private static (Kind Kind, string Text) Unit(Rune rune, bool afterText) =>
        rune.Value switch
        {
            '\n' => (Kind.Mark, "⏎"),
            '\t' => (Kind.Mark, "⇥"),
            '\r' => (Kind.Mark, "␍"),
            ' ' => (Kind.Mark, "·"),
            _ => Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned => (
                    Kind.Box,
                    rune.Value < 0x100 ? $"{rune.Value:X2}" : $"U+{rune.Value:X4}"),
                UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark when !afterText => (Kind.Text, $"◌{rune}"),
                _ => (Kind.Text, rune.ToString()),
            },
        };

    private enum Kind
    {
        Text,
        Mark,
        Box,
    }
}
