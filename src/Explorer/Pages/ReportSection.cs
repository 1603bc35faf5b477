using Vitrine.Interp;

namespace Vitrine.Explorer;

/// <summary>A question, its answer in a sentence, a figure, and how it was computed.</summary>
public sealed record ReportSection
{
    /// <summary>The section's part of the address: <c>attention</c>. Lower-case letters, digits and
    /// hyphens; one of its kind on the page.</summary>
    public required string Key { get; init; }

    /// <summary>The name in the contents.</summary>
    public required string Name { get; init; }

    /// <summary>The group of sections that this one begins or goes on with: a title above them and
    /// in the contents; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The question, or the name of what is shown.</summary>
    public required string Heading { get; init; }

    /// <summary>The result with its numbers, computed from the data.</summary>
    public required Prose Finding { get; init; }

    /// <summary>The element that draws the data: <c>vt-attention</c>, as a module of <c>Web/</c>
    /// registers it.</summary>
    public required string Component { get; init; }

    /// <summary>What the element draws: a record, or a
    /// <see cref="System.Text.Json.JsonElement"/>. Names become camel case; values that are not
    /// finite become null.</summary>
    public required object Data { get; init; }

    /// <summary>Large arrays of the data, by the names under which the data refers to
    /// them.</summary>
    internal IReadOnlyDictionary<string, PackedArray> Arrays { get; init; } =
        new Dictionary<string, PackedArray>();

    /// <summary>Method, formula, residual.</summary>
    public Prose Caption { get; init; } = new();

    /// <summary>The numbers behind the finding, for readers without JavaScript.</summary>
    public ReportTable? Table { get; init; }

    /// <summary>How many of the page's twelve columns the section takes; sections that fit stand
    /// side by side on wide screens.</summary>
    public int Columns { get; init; } = 12;

    /// <summary>The section of an analysis: its question, and its method as the caption.</summary>
    internal static ReportSection Of(
        Analysis analysis, string key, string name, string component, Prose finding,
        object? data = null) => new()
        {
            Key = key,
            Name = name,
            Heading = analysis.Title,
            Finding = finding,
            Component = component,
            Data = data ?? analysis,
            Caption = analysis.Method,
        };
}

/// <summary>A table of the page without JavaScript.</summary>
/// <param name="Columns">The headings; numbers stand at the right where every cell of a column
/// starts with a digit or a sign.</param>
/// <param name="Rows">The cells, row by row.</param>
public sealed record ReportTable(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<Prose>> Rows)
{
    /// <summary>A row for each of <paramref name="items"/>.</summary>
    internal static ReportTable Of<T>(
        IReadOnlyList<string> columns, IEnumerable<T> items, Func<T, IReadOnlyList<Prose>> row) =>
        new(columns, [.. items.Select(row)]);
}
