namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of unary elementwise ops share.</summary>
public abstract class UnarySpec : OpSpec
{
    public override Tolerance Tolerance => Tolerance.OneRounding;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a scalar", Inputs([])),
        Case("a matrix", Inputs([5, 37])),
        Case("many axes", Inputs([2, 3, 1, 4, 1, 5])),
        Case("long rows", Inputs([3, 2500])),
        Case("nothing", Inputs([0, 4])),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("a vector", Inputs([n]))];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("special values", Values.Of(
            [11], 0, -0.0, 1, -1, 1e-45, 1e-38, -3e38, 3e38, float.PositiveInfinity,
            float.NegativeInfinity, float.NaN)),
        Case(
            "all magnitudes",
            Values.From([2048], i => (i % 2 == 0 ? 1 : -1) * Math.Pow(2, (i - 1024) / 7.5))),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a destination of another shape", () => Call(Zeros(2, 3), Zeros(3, 2), false),
            $"{Op}: into must be [2, 3]; got [3, 2]; leave it out for a new tensor."),
    ];

    protected abstract double Reference(double x);

    protected abstract Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate);

    protected virtual Values Inputs(Shape shape) => Values.Normal(shape, scale: 3);

    protected OpCase Case(string name, Values x) =>
        new(
            name, [x], (inputs, into, accumulate) => Call(inputs[0], into, accumulate),
            inputs => inputs[0].Map(Reference))
        {
            TakesAccumulate = true,
        };
}

public class ScaleSpec : UnarySpec
{
    public override string Op => nameof(Ops.Scale);

    protected override double Reference(double x) => 0.3f * x;

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Scale(x, 0.3f, into, accumulate);
}

public class NegateSpec : UnarySpec
{
    public override string Op => nameof(Ops.Negate);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override double Reference(double x) => -x;

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Negate(x, into, accumulate);
}

public class AbsSpec : UnarySpec
{
    public override string Op => nameof(Ops.Abs);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override double Reference(double x) => Math.Abs(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Abs(x, into, accumulate);
}

public class SignSpec : UnarySpec
{
    public override string Op => nameof(Ops.Sign);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override double Reference(double x) => x < 0 ? -1 : x > 0 ? 1 : x;

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Sign(x, into, accumulate);
}

public class SquareSpec : UnarySpec
{
    public override string Op => nameof(Ops.Square);

    protected override double Reference(double x) => x * x;

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Square(x, into, accumulate);
}

public class SqrtSpec : UnarySpec
{
    public override string Op => nameof(Ops.Sqrt);

    protected override double Reference(double x) => Math.Sqrt(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Sqrt(x, into, accumulate);

    protected override Values Inputs(Shape shape) => Values.Uniform(shape, 0, 9);
}

public class RsqrtSpec : UnarySpec
{
    public override string Op => nameof(Ops.Rsqrt);

    public override Tolerance Tolerance =>
        new(2 * Tolerance.Rounding, 0, "a rounded root, then a rounded quotient");

    protected override double Reference(double x) => 1 / Math.Sqrt(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Rsqrt(x, into, accumulate);

    protected override Values Inputs(Shape shape) => Values.Uniform(shape, 0.1, 9);
}

public class ExpSpec : UnarySpec
{
    public override string Op => nameof(Ops.Exp);

    public override Tolerance Tolerance =>
        new(3 * Tolerance.Rounding, 1.5e-45, "1.5 ulp of the polynomial");

    protected override double Reference(double x) => Math.Exp(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Exp(x, into, accumulate);
}

public class LogSpec : UnarySpec
{
    public override string Op => nameof(Ops.Log);

    public override Tolerance Tolerance =>
        new(3 * Tolerance.Rounding, 0, "1.5 ulp of the polynomial");

    protected override double Reference(double x) => Math.Log(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Log(x, into, accumulate);

    protected override Values Inputs(Shape shape) => Values.Uniform(shape, 1e-3, 9);
}

public class TanhSpec : UnarySpec
{
    public override string Op => nameof(Ops.Tanh);

    public override Tolerance Tolerance => new(
        4 * Tolerance.Rounding, 1.5e-45, "2 ulp: the exponential's 1.5, damped, and two roundings");

    protected override double Reference(double x) => Math.Tanh(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Tanh(x, into, accumulate);

    protected override Values Inputs(Shape shape) => Values.Normal(shape);
}

public class SigmoidSpec : UnarySpec
{
    public override string Op => nameof(Ops.Sigmoid);

    public override Tolerance Tolerance =>
        new(
            5 * Tolerance.Rounding, 2.4e-38,
            "the exponential's 1.5 ulp and two roundings; below −88.7 it is 0, not subnormal");

    protected override double Reference(double x) => 1 / (1 + Math.Exp(-x));

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Sigmoid(x, into, accumulate);
}
