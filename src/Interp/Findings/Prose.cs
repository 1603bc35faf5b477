using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Interp.Findings;

/// <summary>A sentence with tokens, heads and numbers in it: a terminal prints it plain, a page
/// links each to where it can be examined.</summary>
/// <example>
/// <code>
/// new Prose("At ").Token(cuba).Text(" it gives ").Number("0.46", "attention", "q=31&amp;k=25")
/// </code>
/// </example>
/// <remarks>Each call returns the same, longer sentence. In JSON it is plain text.</remarks>
[JsonConverter(typeof(ProseJson))]
public sealed class Prose
{
    private readonly List<ProsePart> _parts = [];

    /// <summary>An empty sentence.</summary>
    public Prose() { }

    /// <summary>A sentence that starts with text.</summary>
    public Prose(string text) => Text(text);

    /// <summary>Whether the sentence is empty.</summary>
    public bool IsEmpty => _parts.All(part => part is { Kind: ProseKind.Text, Text: "" });

    /// <summary>The parts of the sentence.</summary>
    internal IReadOnlyList<ProsePart> Parts => _parts;

    /// <summary>Converts text to a sentence.</summary>
    public static implicit operator Prose(string text) => new(text);

    /// <summary>Joins sentences with spaces.</summary>
    internal static Prose Joined(IEnumerable<Prose> sentences)
    {
        var all = new Prose();
        foreach (Prose sentence in sentences)
        {
            all.Text(all.IsEmpty ? "" : " ").Add(sentence);
        }

        return all;
    }

    /// <summary>Plain text; a page shows matrices in it, such as <c>W_E</c>, with their
    /// subscripts.</summary>
    public Prose Text(string text) => Add(new ProsePart(ProseKind.Text, text));

    /// <summary>A token.</summary>
    /// <param name="id">The id, below the vocabulary's size when it is written.</param>
    public Prose Token(int id) => Add(new ProsePart(ProseKind.Token, "") { Id = id });

    /// <summary>A head, written <c>1.2</c>.</summary>
    public Prose Head(int layer, int head) => Add(new ProsePart(
        ProseKind.Head, new Head(layer, head).ToString()));

    /// <summary>A head by its name.</summary>
    /// <exception cref="ArgumentException">It is not the name of a head.</exception>
    public Prose Head(string name) => Interp.Head.TryParse(name, out Head head)
        ? Head(head.Layer, head.Index)
        : throw new ArgumentException(
            $"Prose: a head is written 1.3; got `{name}`.", nameof(name));

    /// <summary>A number, linked to the section that holds it.</summary>
    /// <param name="text">The number as it is shown.</param>
    /// <param name="section">The section's key.</param>
    /// <param name="query">The state of the figure, <c>passage=3&amp;q=31</c>; null for its initial
    /// state.</param>
    public Prose Number(string text, string section, string? query = null) => Add(
        new ProsePart(ProseKind.Number, text)
        {
            Section = section + (query is null ? "" : "?" + query),
        });

    /// <summary>A letter with a subscript: <c>W_E</c>.</summary>
    public Prose Matrix(string name) => Add(new ProsePart(ProseKind.Matrix, name));

    /// <summary>The sentence without links.</summary>
    /// <param name="token">How to show a token.</param>
    public string Plain(Func<int, string> token) => string.Concat(
        _parts.Select(part => part.Kind == ProseKind.Token ? token(part.Id) : part.Text));

    /// <summary>The sentence without links, tokens as <c>#5</c>.</summary>
    public override string ToString() => Plain(id => $"#{id}");

    /// <summary>Heads by their names: <c>1.0 and 1.1</c>.</summary>
    internal Prose Heads(IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            Text(i == 0 ? "" : i == names.Count - 1 ? " and " : ", ").Head(names[i]);
        }

        return this;
    }

    /// <summary>Appends another sentence.</summary>
    internal Prose Add(Prose other)
    {
        _parts.AddRange(other._parts);
        return this;
    }

    /// <summary>One more part.</summary>
    internal Prose Add(ProsePart part)
    {
        _parts.Add(part);
        return this;
    }
}

/// <summary>The kind of a part of a sentence.</summary>
internal enum ProseKind
{
    Text,
    Token,
    Head,
    Number,
    Matrix,
}

/// <summary>A part of a sentence: its text, the id for a token, the section that measures it for a
/// number.</summary>
internal readonly record struct ProsePart(ProseKind Kind, string Text)
{
    public int Id { get; init; }

    public string? Section { get; init; }
}

/// <summary>A sentence as plain text.</summary>
internal sealed class ProseJson : JsonConverter<Prose>
{
    public override Prose Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? "");

    public override void Write(
        Utf8JsonWriter writer, Prose value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
