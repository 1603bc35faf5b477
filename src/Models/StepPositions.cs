using Vitrine.Autograd;
using Vitrine.Models.Positions;

namespace Vitrine.Models;

/// <summary>The positions that a step computes, and its inputs from other positions.</summary>
/// <param name="First">The position of the first row.</param>
/// <param name="Earlier">The keys and values of the positions before it; null for none.</param>
/// <param name="Queries">How many of the last positions continue, the others serving only as keys
/// and values; null for all.</param>
/// <param name="Vectors">float32 [pos, dModel] or [batch, pos, dModel]: the vectors that a
/// shortformer adds to the inputs of queries and keys; null for its weights.</param>
public readonly record struct StepPositions(
    int First = 0, KeyValues? Earlier = null, int? Queries = null, Var? Vectors = null)
{
    /// <summary>Which keys are padding; null for none.</summary>
    internal Padding? Padding { get; init; }

    /// <summary>float32 [batch, source pos, dModel]: what the encoder gave; null without
    /// one.</summary>
    public Var? Encoded { get; init; }

    /// <summary>Which of the encoder's positions are padding; null for none.</summary>
    internal Padding? EncodedPadding { get; init; }
}
