using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-ablation</c> draws: the loss without some heads, on each of some
/// texts.</summary>
/// <param name="Groups">One a text.</param>
/// <param name="Unit">The unit of the losses.</param>
/// <param name="Spread">What the lines through the bars are: <c>95% over 64 sequences</c>.</param>
internal sealed record AblationFigure(
    IReadOnlyList<AblationGroup> Groups, string Unit = "nats per token", string? Spread = null);
