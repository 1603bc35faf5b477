namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of binary elementwise ops share.</summary>
public abstract class BinarySpec : OpSpec
{
    public override Tolerance Tolerance => Tolerance.OneRounding;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("scalars", [], []),
        Case("matrices", [5, 7], [5, 7]),
        Case("a row stretched", [9, 33], [33]),
        Case("a column stretched", [9, 33], [9, 1]),
        Case("both stretched", [4, 1, 3], [5, 1]),
        Case("a scalar stretched", [], [2, 3, 4]),
        Case("many axes", [2, 1, 3, 1, 2, 5], [3, 2, 2, 1]),
        Case("long rows", [3, 2500], [3, 2500]),
        Case("nothing", [3, 0], [3, 1]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("vectors", [n], [n])];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("special values", Special(8, i => i / 8), Special(8, i => i % 8)),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("shapes that do not broadcast", () => Call(Zeros(2, 3), Zeros(2, 4), null, false),
            $"{Op}: shapes must broadcast (equal from the last axis, or 1); got [2, 3] and [2, 4]; "
            + "axis -1 has 3 and 4."),
        new("a destination of another shape", () => Call(Zeros(2, 3), Zeros(3), Zeros(3), false),
            $"{Op}: into must be [2, 3]; got [3]; leave it out for a new tensor."),
    ];

    protected abstract double Reference(double a, double b);

    protected abstract Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate);

    private OpCase Case(string name, Shape a, Shape b) =>
        Case(name, Values.Normal(a, 1), Values.Normal(b, 2));

    private OpCase Case(string name, Values a, Values b) => new(
        name,
        [a, b],
        (x, into, accumulate) => Call(x[0], x[1], into, accumulate),
        x =>
        {
            var y = new Values(Shape.Broadcast("", x[0].Shape, x[1].Shape));
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = Reference(x[0].Stretched(y.Shape, i), x[1].Stretched(y.Shape, i));
            }

            return y;
        })
    {
        TakesAccumulate = true,
    };

    private static Values Special(int count, Func<int, int> pick)
    {
        double[] values =
            [0, -0.0, 1, -2, 1e-30, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        return Values.From([count * count], i => values[pick(i)]);
    }
}

public class AddSpec : BinarySpec
{
    public override string Op => nameof(Ops.Add);

    protected override double Reference(double a, double b) => a + b;

    protected override Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate) =>
        Ops.Add(a, b, into, accumulate);
}

public class SubtractSpec : BinarySpec
{
    public override string Op => nameof(Ops.Subtract);

    protected override double Reference(double a, double b) => a - b;

    protected override Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate) =>
        Ops.Subtract(a, b, into, accumulate);
}

public class MultiplySpec : BinarySpec
{
    public override string Op => nameof(Ops.Multiply);

    protected override double Reference(double a, double b) => a * b;

    protected override Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate) =>
        Ops.Multiply(a, b, into, accumulate);
}

public class DivideSpec : BinarySpec
{
    public override string Op => nameof(Ops.Divide);

    protected override double Reference(double a, double b) => a / b;

    protected override Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate) =>
        Ops.Divide(a, b, into, accumulate);
}

public class AddScaledSpec : BinarySpec
{
    private const float Factor = -1.75f;

    public override string Op => nameof(Ops.AddScaled);

    public override Tolerance Tolerance =>
        new(
            2 * Tolerance.Rounding, 1e-6,
            "the product is rounded before it is added, and may cancel");

    protected override double Reference(double a, double b) => a + (Factor * b);

    protected override Tensor<float> Call(
        Tensor<float> a, Tensor<float> b, Tensor<float>? into, bool accumulate) =>
        Ops.AddScaled(a, b, Factor, into, accumulate);
}

