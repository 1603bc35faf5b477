using Vitrine.Interp.Bigrams;

namespace Vitrine.Explorer;

/// <summary>What a page says: its title, its lead and its sections. A command adds where it comes
/// from and makes a <see cref="ReportPage"/> of it.</summary>
/// <param name="Title">The finding in a line, with its number.</param>
/// <param name="Lead">The result in two to four lines.</param>
/// <param name="Sections">The sections, in order; at least one.</param>
internal sealed record PageContent(
    string Title, Prose Lead, IReadOnlyList<ReportSection> Sections)
{
    /// <summary>What is selected when the page opens, by keys of its address:
    /// <c>token</c>.</summary>
    public IReadOnlyDictionary<string, string> Opens { get; init; } =
        new Dictionary<string, string>();

    /// <summary>The counts of the training text; null where the page needs none.</summary>
    public BigramCounts? Counts { get; init; }

    /// <summary>What is asked, in place of the name and the shape of the model; null for
    /// these.</summary>
    public (string Name, IReadOnlyList<ReportFact> Facts)? About { get; init; }

    /// <summary>Whether heads are named, so that all heads follow.</summary>
    public bool NamesHeads { get; init; } = true;

    /// <summary>A page of one section: what it finds first is the title, the rest the
    /// lead.</summary>
    /// <param name="section">The section.</param>
    /// <param name="vocabulary">The tokens that the title may name.</param>
    public static PageContent Of(ReportSection section, TokenVocabulary vocabulary)
    {
        (Prose first, Prose rest) = section.Finding.Split();
        return new(
            first.Plain(vocabulary.Quoted), rest, [section with { Finding = new Prose() }]);
    }
}
