namespace Vitrine.Interp.Findings;

/// <summary>One sentence computed from the data.</summary>
/// <param name="Section">The kind of result it comes from, as in
/// <see cref="Analysis.Kind"/>.</param>
/// <param name="Text">The sentence, with its numbers.</param>
/// <param name="Holds">Whether the expected result holds; if not, the sentence says the
/// opposite.</param>
public sealed record Finding(string Section, Prose Text, bool Holds);
