using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-eigenvalues</c> draws: the OV circuits of some heads. A single
/// <see cref="Copying"/> can be its data as well.</summary>
/// <param name="Heads">The heads.</param>
/// <param name="Timeline">The same at checkpoints; null where there are none.</param>
internal sealed record EigenvaluesFigure(
    IReadOnlyList<Copying> Heads, IReadOnlyList<EigenvaluesStep>? Timeline = null);

/// <summary>The OV circuits at a checkpoint.</summary>
/// <param name="Step">The checkpoint.</param>
/// <param name="Heads">The heads.</param>
internal sealed record EigenvaluesStep(int Step, IReadOnlyList<Copying> Heads);
