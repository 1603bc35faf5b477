namespace Vitrine.Interp.Findings;

/// <summary>One sentence that the data say.</summary>
/// <param name="Section">The kind of result it is drawn from, as in
/// <see cref="Analysis.Kind"/>.</param>
/// <param name="Text">The sentence, with its numbers.</param>
/// <param name="Holds">Whether what one hopes for is so; a sentence says the opposite where it is
/// not.</param>
public sealed record Finding(string Section, Prose Text, bool Holds);
