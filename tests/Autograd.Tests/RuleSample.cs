using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Random inputs and a random cotangent for a spec.</summary>
internal sealed class RuleSample : IDisposable
{
    private readonly RuleSpec _spec;
    private readonly Array64 _cotangent;
    private readonly Parameter[] _leaves;

    /// <param name="spec">What is sampled.</param>
    /// <param name="strided">Whether the inputs lie transposed in memory.</param>
    public RuleSample(RuleSpec spec, bool strided = false)
    {
        _spec = spec;
        var random = new Random(7);
        Inputs = [.. spec.Inputs.Select(
            shape => Array64.Random(shape, random, spec.Low, spec.High))];
        _leaves = [.. Inputs.Select((input, i) => Leaf($"input {i}", input, strided))];
        _cotangent = Array64.Random(spec.Reference(Inputs).Shape, random, -1, 1);
        Cotangent = _cotangent.ToTensor();
    }

    public Array64[] Inputs { get; }

    public Var[] Leaves => _leaves;

    public Tensor<float> Cotangent { get; }

    /// <summary>Runs forward and backward, and gives the gradients of the inputs.</summary>
    public float[][] Gradients()
    {
        using var tape = new Tape();
        tape.Backward(_spec.Run(tape, Leaves), Cotangent);
        return [.. Leaves.Select(leaf => leaf.Grad!.ToArray())];
    }

    /// <summary>The gradient of Σ cotangent · reference by one input.</summary>
    public Array64 CentralDifferences(int input)
    {
        const double Step = 1e-5;
        Array64 point = Inputs[input];
        var gradient = new double[point.Values.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            double centre = point.Values[i];
            point.Values[i] = centre + Step;
            double above = Contract();
            point.Values[i] = centre - Step;
            double below = Contract();
            point.Values[i] = centre;
            gradient[i] = (above - below) / (2 * Step);
        }

        return new Array64(point.Shape, gradient);
    }

    public void Dispose()
    {
        Cotangent.Dispose();
        Array.ForEach(_leaves, leaf => leaf.Dispose());
    }

    private double Contract() => Array64.Zip(_cotangent, _spec.Reference(Inputs), (c, y) => c * y)
        .Values.Sum();

    private static Parameter Leaf(string name, Array64 input, bool strided)
    {
        Tensor<float> value = input.ToTensor();
        if (!strided || value.Rank < 2)
        {
            return new Parameter(name, value);
        }

        using (value)
        {
            return new Parameter(
                name, value.Transpose(0, -1).Clone(), static x => x.Transpose(0, -1));
        }
    }
}
