namespace Vitrine.Explorer;

/// <summary>A page made of sections: a report, or the answer of one command.</summary>
/// <remarks>
/// <see cref="Report.Write(string, ReportPage)"/> writes it as one file. Each section's data is
/// parsed, and its figure drawn, when the reader comes near. With a section of the component
/// <c>vt-heads</c> the page also has a page for every head, <c>#/heads/1.2</c>.
/// </remarks>
public sealed record ReportPage
{
    /// <summary>The first part of the page's addresses and its name in the bar: <c>1-layer</c>,
    /// <c>attend</c>. Letters, digits and hyphens.</summary>
    public required string Kind { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>The result in two to four lines.</summary>
    public required Prose Lead { get; init; }

    /// <summary>What was found, sentence by sentence, with what does not hold: a list below the
    /// lead.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The line below: configuration, data, steps, seed, time, commit.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>Every token of the model.</summary>
    public required TokenVocabulary Vocabulary { get; init; }

    /// <summary>Occurrences of every token in the training text, <c>[vocab]</c>; null where they
    /// are not known.</summary>
    public IReadOnlyList<int>? TokenCounts { get; init; }

    /// <summary>The name of the run, in the names of exported files.</summary>
    public required string Name { get; init; }

    /// <summary>Where the figures come from, in a line: it stands under exported figures and at the
    /// end of the page.</summary>
    public required string Signature { get; init; }

    /// <summary>The steps of the checkpoints that the shared slider visits, ascending.</summary>
    public IReadOnlyList<int> Checkpoints { get; init; } = [];

    /// <summary>What is selected when the page opens, by keys of its address; Esc returns to
    /// it.</summary>
    internal IReadOnlyDictionary<string, string> Opens { get; init; } =
        new Dictionary<string, string>();

    /// <summary>The sections, in order.</summary>
    public required IReadOnlyList<ReportSection> Sections { get; init; }
}

/// <summary>One entry of the facts line.</summary>
/// <param name="Name">The name; what follows an underscore is a subscript:
/// <c>d_model</c>.</param>
/// <param name="Value">The value, as it is shown.</param>
public sealed record ReportFact(string Name, string Value)
{
    /// <summary>How long something took, <c>3 min 12 s</c>.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="seconds">The time.</param>
    public static ReportFact Time(string name, double seconds) =>
        new(name, Numerals.Duration(seconds));
}
