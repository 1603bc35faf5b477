using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-position</c> draws: how much of each head's score is position, and how far
/// back it looks.</summary>
/// <param name="Heads">What the weights say, for heads whose positions are added; may be
/// empty.</param>
/// <param name="Measured">The attention on a text; null for none.</param>
internal sealed record PositionFigure(
    IReadOnlyList<PositionShare> Heads, AttentionByDistance? Measured = null);
