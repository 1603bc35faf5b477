namespace Vitrine.Tensors.Tests.Specs;

/// <summary>
/// What one public op promises. <see cref="OpTheories"/> runs the same questions over every spec,
/// and fails when a public method of <see cref="Ops"/> has none. A spec is a class with a
/// parameterless constructor anywhere in this assembly; it is found by reflection.
/// </summary>
public abstract class OpSpec
{
    /// <summary>A large prime: longer than a tile, a piece and a chunk of any kernel.</summary>
    public const int LargePrime = 131_071;

    /// <summary>The name of the method of <see cref="Ops"/>.</summary>
    public abstract string Op { get; }

    /// <summary>How far results may be from the reference, and why.</summary>
    public abstract Tolerance Tolerance { get; }

    /// <summary>Typical shapes. These are also run with strided, broadcast and small-thread
    /// inputs.</summary>
    public abstract IEnumerable<OpCase> Samples();

    /// <summary>The op with rows of length <paramref name="n"/>, called for 0 … 256 and
    /// <see cref="LargePrime"/>; empty where a length is not legal (an error case says
    /// so).</summary>
    public abstract IEnumerable<OpCase> AtLength(int n);

    /// <summary>Inputs on which a careless kernel fails: overflow, cancellation, −∞ rows,
    /// NaN.</summary>
    public virtual IEnumerable<OpCase> Hazards() => [];

    /// <summary>Why no input is a hazard; null where <see cref="Hazards"/> lists some.</summary>
    public virtual string? NoHazards => null;

    /// <summary>For *Backward ops: held against central differences.</summary>
    public virtual IEnumerable<GradientCase> Gradients() => [];

    /// <summary>Calls that are refused.</summary>
    public virtual IEnumerable<ErrorCase> Errors() => [];

    /// <summary>Why no call is refused; null where <see cref="Errors"/> lists some.</summary>
    public virtual string? NoErrors => null;

    /// <summary>How far a gradient may be from central differences, in parts of the largest
    /// entry.</summary>
    public virtual double GradientTolerance => 1e-5;

    public override string ToString() => Op;

    /// <summary>An exception-free shorthand for inputs in error cases.</summary>
    protected static Tensor<float> Zeros(params ReadOnlySpan<int> lengths) =>
        Tensor.Zeros<float>(Shape.Create(lengths));

    /// <summary>Integers for error cases and captured indices.</summary>
    protected static Tensor<int> Integers(params ReadOnlySpan<int> values) =>
        Tensor.From<int>(values);
}
