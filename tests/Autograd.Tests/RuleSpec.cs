using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>One use of a differentiable op: how to run it, and its formula in float64.</summary>
public sealed class RuleSpec
{
    /// <summary>The op's method on a tape.</summary>
    public required string Op { get; init; }

    /// <summary>What sets this use apart from others of the op.</summary>
    public string Case { get; init; } = "";

    public required Shape[] Inputs { get; init; }

    public required Func<Tape, Var[], Var> Run { get; init; }

    public required Func<Array64[], Array64> Reference { get; init; }

    /// <summary>The inputs are uniform in [Low, High).</summary>
    public double Low { get; init; } = -2;

    public double High { get; init; } = 2;

    public override string ToString() => Case.Length == 0 ? Op : $"{Op}, {Case}";
}
