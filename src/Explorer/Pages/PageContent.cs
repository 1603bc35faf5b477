namespace Vitrine.Explorer;

/// <summary>What a page says: its title, its lead and its sections. A command adds where it comes
/// from and makes a <see cref="ReportPage"/> of it.</summary>
/// <param name="Title">The finding in a line, with its number.</param>
/// <param name="Lead">The result in two to four lines.</param>
/// <param name="Sections">The sections, in order; at least one.</param>
internal sealed record PageContent(
    string Title, Prose Lead, IReadOnlyList<ReportSection> Sections)
{
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
