namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of the activations' derivatives share: dX = dY · f′(x).</summary>
public abstract class ActivationBackwardSpec : OpSpec
{
    public override Tolerance Tolerance => new(
        2e-6, 3e-7, "terms of size |x| · rounding that cancel near the function's minimum");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a scalar", []),
        Case("a matrix", [5, 37]),
        Case("long rows", [3, 2500]),
        Case("nothing", [0, 4]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("a vector", [n])];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case(
            "far out", Values.Of([6], -3e4, -90, -20, 20, 90, 3e4), Values.Fill([6], 0.5)),
        Case("NaN in a gradient", Values.Of([2], 1, 2), Values.Of([2], double.NaN, 1)),
    ];

    public override IEnumerable<GradientCase> Gradients()
    {
        Values x = Values.Normal([3, 40], 1, scale: 2);
        yield return new GradientCase(
            "x", x, values => values.Map(Function),
            (_, _, dY) =>
            {
                using Tensor<float> input = x.ToTensor();
                return Call(input, dY, null, false);
            });
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient of another shape", () => Call(Zeros(2, 3), Zeros(3, 2), null, false),
            $"{Op}: dY must be [2, 3]; got [3, 2]."),
    ];

    protected abstract double Function(double x);

    protected abstract double Derivative(double x);

    protected abstract Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate);

    private OpCase Case(string name, Shape shape) =>
        Case(name, Values.Normal(shape, 1, scale: 3), Values.Normal(shape, 2));

    private OpCase Case(string name, Values x, Values dY) =>
        new(
            name, [x, dY], (inputs, into, accumulate) => Call(inputs[0], inputs[1], into, accumulate),
            inputs => Values.From(
                inputs[0].Shape, i => inputs[1][i] * Derivative(inputs[0][i])))
        {
            TakesAccumulate = true,
        };
}

public class ReluBackwardSpec : ActivationBackwardSpec
{
    public override string Op => nameof(Ops.ReluBackward);

    protected override double Function(double x) => Math.Max(x, 0);

    protected override double Derivative(double x) => x > 0 ? 1 : 0;

    protected override Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate) =>
        Ops.ReluBackward(x, dY, into, accumulate);
}

public class SiluBackwardSpec : ActivationBackwardSpec
{
    public override string Op => nameof(Ops.SiluBackward);

    protected override double Function(double x) => x / (1 + Math.Exp(-x));

    protected override double Derivative(double x)
    {
        double s = 1 / (1 + Math.Exp(-x));
        return s * (1 + (x * (1 - s)));
    }

    protected override Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate) =>
        Ops.SiluBackward(x, dY, into, accumulate);
}

public class GeluBackwardSpec : ActivationBackwardSpec
{
    public override string Op => nameof(Ops.GeluBackward);

    protected override double Function(double x) => x * Normal.Distribution(x);

    protected override double Derivative(double x) =>
        Normal.Distribution(x) + (x * Normal.Density(x));

    protected override Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate) =>
        Ops.GeluBackward(x, dY, into, accumulate);
}

public class GeluTanhBackwardSpec : ActivationBackwardSpec
{
    public override string Op => nameof(Ops.GeluTanhBackward);

    protected override double Function(double x) => x * Logistic(x);

    protected override double Derivative(double x)
    {
        double s = Logistic(x);
        double slope = 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x));
        return s + (x * s * (1 - s) * slope);
    }

    protected override Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate) =>
        Ops.GeluTanhBackward(x, dY, into, accumulate);

    private static double Logistic(double x) =>
        1 / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}

public class ClampBackwardSpec : ActivationBackwardSpec
{
    public override string Op => nameof(Ops.ClampBackward);

    protected override double Function(double x) => Math.Clamp(x, -1, 2.5);

    protected override double Derivative(double x) => x is >= -1 and <= 2.5 ? 1 : 0;

    protected override Tensor<float> Call(
        Tensor<float> x, Tensor<float> dY, Tensor<float>? into, bool accumulate) =>
        Ops.ClampBackward(x, dY, -1, 2.5f, into, accumulate);
}
