namespace Vitrine.Tensors.Tests.Specs;

/// <summary>References of softmax and log-softmax, in float64.</summary>
public static class SoftmaxReference
{
    public static Values Softmax(Values x, int axis) => PerRow(x, axis, row =>
    {
        double max = row.Max();
        double sum = row.Sum(value => Math.Exp(value - max));
        return [.. row.Select(value => Math.Exp(value - max) / sum)];
    });

    public static Values LogSoftmax(Values x, int axis) => PerRow(x, axis, row =>
    {
        double max = row.Max();
        double log = Math.Log(row.Sum(value => Math.Exp(value - max)));
        return [.. row.Select(value => value - max - log)];
    });

    public static Values PerRow(Values x, int axis, Func<double[], double[]> f)
    {
        var y = new Values(x.Shape);
        foreach (int[] at in x.Rows(axis))
        {
            if (at.Length == 0)
            {
                continue;
            }

            double[] row = [.. at.Select(i => x[i])];
            double[] result = row.Any(double.IsNaN) ? [.. row.Select(_ => double.NaN)] : f(row);
            for (int i = 0; i < at.Length; i++)
            {
                y[at[i]] = result[i];
            }
        }

        return y;
    }
}

/// <summary>What the specs of softmax and log-softmax share.</summary>
public abstract class SoftmaxLikeSpec : OpSpec
{
    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a vector", Values.Normal([50]), -1),
        Case("rows", Values.Normal([9, 33], scale: 3), -1),
        Case("columns", Values.Normal([33, 9], scale: 3), 0),
        Case("a middle axis", Values.Normal([3, 17, 5]), 1),
        Case("no rows", Values.Normal([0, 3]), 1),
        Case("long rows", Values.Normal([3, 9000]), 1),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("rows", Values.Normal([3, n]), 1)];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("logits of ±1e4", Values.Normal([4, 100], scale: 1e4), 1),
        Case("equal logits of 1e4", Values.Fill([2, 100], 1e4), 1),
        Case(
            "some −∞", Values.From([2, 40], i => i % 3 == 0 ? double.NegativeInfinity : i * 0.1),
            1),
        Case(
            "a row of −∞ gives NaN",
            Values.From([2, 40], i => i < 40 ? double.NegativeInfinity : i * 0.1), 1),
        Case("a row with +∞ gives NaN",
            Values.From([1, 40], i => i == 5 ? double.PositiveInfinity : i * 0.1), 1) with
        {
            Reference = x => x[0].Map(_ => double.NaN),
            Run = (x, _, _) => NaNIfAny(Call(x[0], 1, null)),
        },
        Case(
            "NaN spreads over its row alone",
            Values.From([3, 40], i => i == 50 ? double.NaN : i * 0.1), 1),
        Case("a large offset", Values.Normal([2, 300], mean: 1e4), 1),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("an axis that does not exist", () => Call(Zeros(2, 3), 2, null),
            "Shape: axis 2 does not exist in [2, 3]; use -2 … 1."),
        new("a destination of another shape", () => Call(Zeros(2, 3), 1, Zeros(3)),
            $"{Op}: into must be [2, 3]; got [3]; leave it out for a new tensor."),
    ];

    protected abstract Values Reference(Values x, int axis);

    protected abstract Tensor<float> Call(Tensor<float> x, int axis, Tensor<float>? into);

    private OpCase Case(string name, Values x, int axis) => new(
        name, [x], (inputs, into, _) => Call(inputs[0], axis, into),
        inputs => Reference(inputs[0], axis));

    private static Tensor<float> NaNIfAny(Tensor<float> y)
    {
        Assert.Contains(float.NaN, y.ToArray());
        y.Fill(float.NaN);
        return y;
    }
}

public class SoftmaxSpec : SoftmaxLikeSpec
{
    public override string Op => nameof(Ops.Softmax);

    public override Tolerance Tolerance => new(
        16 * Tolerance.Rounding, 1e-44,
        "x − m down to −16 is rounded by 2⁻²¹, 8 roundings; the exponential's 3; sum and scale");

    protected override Values Reference(Values x, int axis) => SoftmaxReference.Softmax(x, axis);

    protected override Tensor<float> Call(Tensor<float> x, int axis, Tensor<float>? into) =>
        Ops.Softmax(x, axis, into);
}

public class LogSoftmaxSpec : SoftmaxLikeSpec
{
    public override string Op => nameof(Ops.LogSoftmax);

    public override Tolerance Tolerance => new(
        4 * Tolerance.Rounding, 1e-6,
        "the difference from ln Σ cancels near 0, where ln Σ is a rounded number up to 12");

    protected override Values Reference(Values x, int axis) => SoftmaxReference.LogSoftmax(x, axis);

    protected override Tensor<float> Call(Tensor<float> x, int axis, Tensor<float>? into) =>
        Ops.LogSoftmax(x, axis, into);
}

/// <summary>What the specs of the two gradients share.</summary>
public abstract class SoftmaxBackwardLikeSpec : OpSpec
{
    public override Tolerance Tolerance => new(
        8 * Tolerance.Rounding, 3e-7, "dY − Σ dY y cancels; its size is that of dY, about 3");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("rows", [9, 33], -1),
        Case("columns", [33, 9], 0),
        Case("a middle axis", [3, 17, 5], 1),
        Case("no rows", [0, 3], 1),
        Case("long rows", [3, 9000], 1),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("rows", [3, n], 1)];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Of("logits of ±1e4", Values.Normal([4, 100], scale: 1e4)),
        Of("logits of −∞", Values.From(
            [2, 40], i => i % 3 == 0 ? double.NegativeInfinity : i * 0.1)),
        Of("one sure entry", Values.From([3, 50], i => i % 50 == 9 ? 1e4 : 0)),
        Of("NaN spreads over its row alone", Values.From(
            [3, 40], i => i == 50 ? double.NaN : i * 0.1)),
        Of("a gradient of NaN spreads over its row alone", Values.Normal([3, 40]), Values.From(
            [3, 40], i => i == 50 ? double.NaN : i % 3)),
        Of("no gradient", Values.Normal([3, 40]), Values.Fill([3, 40], 0)),
        Of("a gradient of 1e4 everywhere", Values.Normal([3, 64]), Values.Normal(
            [3, 64], 2, mean: 1e4)) with
        {
            Tolerance = new(8 * Tolerance.Rounding, 1e-2, "sums near 1e4 round at 1e-3"),
        },
    ];

    public override IEnumerable<GradientCase> Gradients() =>
    [
        Gradient("rows", Values.Normal([4, 11]), -1),
        Gradient("columns", Values.Normal([11, 4]), 0),
        Gradient("a middle axis", Values.Normal([2, 19, 3]), 1),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("shapes that differ", () => Call(Zeros(2, 3), Zeros(2, 4), 1, null, false),
            $"{Op}: the result and its gradient must have the same shape; got [2, 3] and [2, 4]; "
            + "pass the gradient of the forward op's result."),
        new(
            "a destination of another shape",
            () => Call(Zeros(2, 3), Zeros(2, 3), 1, Zeros(3), false),
            $"{Op}: into must be [2, 3]; got [3]; leave it out for a new tensor."),
    ];

    protected abstract Values Forward(Values x, int axis);

    protected abstract double[] Reference(double[] y, double[] dY);

    protected abstract Tensor<float> Call(
        Tensor<float> y, Tensor<float> dY, int axis, Tensor<float>? into, bool accumulate);

    private OpCase Case(string name, Shape shape, int axis) =>
        Case(name, Values.Normal(shape), Values.Normal(shape, 2), axis);

    private OpCase Of(string name, Values logits, Values? dY = null) =>
        Case(name, logits, dY ?? Values.Normal(logits.Shape, 2), axis: 1);

    private OpCase Case(string name, Values logits, Values dY, int axis) => new(
        name,
        [Rounded(Forward(logits, axis)), dY],
        (x, into, accumulate) => Call(x[0], x[1], axis, into, accumulate),
        x =>
        {
            var dX = new Values(logits.Shape);
            foreach (int[] at in x[0].Rows(axis))
            {
                double[] row = Reference(
                    [.. at.Select(i => x[0][i])], [.. at.Select(i => x[1][i])]);
                for (int i = 0; i < at.Length; i++)
                {
                    dX[at[i]] = row[i];
                }
            }

            return dX;
        })
    {
        TakesAccumulate = true,
    };

    private GradientCase Gradient(string name, Values x, int axis) => new(
        name, x, values => Forward(values, axis), (_, y, dY) => Call(y, dY, axis, null, false));

    private static Values Rounded(Values x) => Values.From(x.Shape, i => x[i]);
}

public class SoftmaxBackwardSpec : SoftmaxBackwardLikeSpec
{
    public override string Op => nameof(Ops.SoftmaxBackward);

    protected override Values Forward(Values x, int axis) => SoftmaxReference.Softmax(x, axis);

    protected override double[] Reference(double[] y, double[] dY)
    {
        double dot = y.Zip(dY, (a, b) => a * b).Sum();
        return [.. y.Zip(dY, (a, b) => a * (b - dot))];
    }

    protected override Tensor<float> Call(
        Tensor<float> y, Tensor<float> dY, int axis, Tensor<float>? into, bool accumulate) =>
        Ops.SoftmaxBackward(y, dY, axis, into, accumulate);
}

public class LogSoftmaxBackwardSpec : SoftmaxBackwardLikeSpec
{
    public override string Op => nameof(Ops.LogSoftmaxBackward);

    protected override Values Forward(Values x, int axis) => SoftmaxReference.LogSoftmax(x, axis);

    protected override double[] Reference(double[] y, double[] dY)
    {
        double sum = dY.Sum();
        return [.. y.Zip(dY, (a, b) => b - (Math.Exp(a) * sum))];
    }

    protected override Tensor<float> Call(
        Tensor<float> y, Tensor<float> dY, int axis, Tensor<float>? into, bool accumulate) =>
        Ops.LogSoftmaxBackward(y, dY, axis, into, accumulate);
}
