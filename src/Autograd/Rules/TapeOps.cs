namespace Vitrine.Autograd;

/// <summary>The ops on a <see cref="Tape"/>: each computes at once, and records its
/// <see cref="Rule"/> if an input requires a gradient.</summary>
/// <remarks>Their results belong to the tape. Shapes, numerics and further exceptions are those of
/// the method of the same name in <see cref="Tensors.Ops"/>.</remarks>
public static partial class TapeOps;
