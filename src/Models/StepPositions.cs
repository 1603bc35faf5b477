using Vitrine.Autograd;

namespace Vitrine.Models;

/// <summary>Which positions a step computes, and what it takes from outside of them.</summary>
/// <param name="First">The position of the first row.</param>
/// <param name="Earlier">The keys and values of the positions before it; null for none.</param>
/// <param name="Queries">How many of the last positions go on, the others being read as keys and
/// values alone; null for all.</param>
/// <param name="Vectors">float32 [pos, dModel] or [batch, pos, dModel]: what a shortformer adds to
/// the inputs of queries and keys; null for its weights.</param>
public readonly record struct StepPositions(
    int First = 0, KeyValues? Earlier = null, int? Queries = null, Var? Vectors = null);
