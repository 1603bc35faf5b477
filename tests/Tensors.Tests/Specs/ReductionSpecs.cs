namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of reductions share.</summary>
public abstract class ReductionSpec : OpSpec
{
    public override Tolerance Tolerance => Tolerance.OneRounding;

    protected virtual bool OfNothing => true;

    protected virtual bool TakesAccumulate => true;

    protected virtual bool TakesInto => true;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("all of a scalar", Values.Normal([]), null, false),
        Case("all of a matrix", Values.Normal([7, 9]), null, true),
        Case("rows", Values.Normal([40, 33]), 1, false),
        Case("columns", Values.Normal([33, 40]), 0, false),
        Case("a middle axis, kept", Values.Normal([3, 17, 5]), 1, true),
        Case("the first of four axes", Values.Normal([19, 2, 3, 4]), -4, false),
        Case("an axis of length 1", Values.Normal([4, 1, 3]), 1, false),
        Case("no rows", Values.Normal([0, 3]), 1, false),
        Case("long columns", Values.Normal([1500, 18]), 0, false),
        Case("long rows, all", Values.Normal([3, 50_000]), null, false),
        Case("two chunks along the first axis", Values.Normal([66_000, 3]), 0, true),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => n == 0 && !OfNothing
        ? []
        : [
            Case("rows", Values.Normal([3, n]), 1, false),
            Case("columns", Values.Normal([n, 3]), 0, false),
            Case("all", Values.Normal([n]), null, false),
        ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("NaN", Values.From([5, 40], i => i == 17 ? double.NaN : i), 1, false),
        Case(
            "a NaN at every place", Values.From([70, 70], i => i % 71 == 0 ? double.NaN : -i), 1,
            false),
        Case("infinities of both signs", Values.Of(
            [4, 2], 1, float.PositiveInfinity, float.NegativeInfinity, 1, float.NegativeInfinity,
            float.PositiveInfinity, 3e38, 3e38), 1, false),
        Case("rows of −∞", Values.Fill([3, 40], double.NegativeInfinity), 1, false),
        Case("a large mean", Values.Normal([2, 5000], scale: 1e-3, mean: 1e4), 1, false),
        Case(
            "large values that cancel",
            Values.From([3, 3000], i => (i % 2 == 0 ? 1e30 : -1e30) + i), 1, false),
        Case("values of ±1e4", Values.Normal([3, 300], scale: 1e4), 1, false),
    ];

    public override IEnumerable<ErrorCase> Errors()
    {
        yield return new ErrorCase(
            "an axis that does not exist",
            () => Call(Zeros(2, 3), 2, false, null, false),
            "Shape: axis 2 does not exist in [2, 3]; use -2 … 1.");
        if (TakesInto)
        {
            yield return new ErrorCase(
                "a destination of another shape",
                () => Call(Zeros(2, 3), 1, true, Zeros(2), false),
                $"{Op}: into must be [2, 1]; got [2]; leave it out for a new tensor.");
        }

        if (!OfNothing)
        {
            yield return new ErrorCase(
                "an empty axis",
                () => Call(Zeros(2, 0), 1, false, null, false),
                $"{Op}: the reduced axis must not be empty; got [2, 0], axis 1; {Op} of nothing "
                + "has no value.");
            yield return new ErrorCase(
                "nothing at all",
                () => Call(Zeros(0), null, false, null, false),
                $"{Op}: the reduced axis must not be empty; got [0]; {Op} of nothing has no "
                + "value.");
        }
    }

    protected abstract double Reference(double[] row);

    protected abstract Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate);

    private OpCase Case(string name, Values values, int? axis, bool keepAxis) => new(
        name,
        [values],
        (x, into, accumulate) => Call(x[0], axis, keepAxis, into, accumulate),
        x =>
        {
            var y = new Values(Reduction.ResultShape(x[0].Shape, axis, keepAxis));
            int row = 0;
            foreach (int[] at in axis is { } one ? x[0]
                .Rows(one) : [[.. Enumerable.Range(0, x[0].Length)]])
            {
                y[row++] = Reference([.. at.Select(i => x[0][i])]);
            }

            return y;
        })
    {
        TakesAccumulate = TakesAccumulate,
        TakesInto = TakesInto,
    };
}

public class SumSpec : ReductionSpec
{
    public override string Op => nameof(Ops.Sum);

    protected override double Reference(double[] row) => row.Sum();

    protected override Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate) =>
        Ops.Sum(x, axis, keepAxis, into, accumulate);
}

public class MeanSpec : ReductionSpec
{
    public override string Op => nameof(Ops.Mean);

    protected override double Reference(double[] row) => row.Sum() / row.Length;

    protected override Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate) =>
        Ops.Mean(x, axis, keepAxis, into, accumulate);
}

public class MaxSpec : ReductionSpec
{
    public override string Op => nameof(Ops.Max);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override bool OfNothing => false;

    protected override bool TakesAccumulate => false;

    protected override double Reference(double[] row) =>
        row.Any(double.IsNaN) ? double.NaN : row.Max();

    protected override Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate) =>
        Ops.Max(x, axis, keepAxis, into);
}

public class LogSumExpSpec : ReductionSpec
{
    public override string Op => nameof(Ops.LogSumExp);

    public override Tolerance Tolerance => new(
        2 * Tolerance.Rounding, 2e-7,
        "the exponentials' 1.5 ulp, relative to their sum, becomes absolute in the logarithm");

    protected override bool TakesAccumulate => false;

    protected override double Reference(double[] row)
    {
        if (row.Any(double.IsNaN))
        {
            return double.NaN;
        }

        double max = row.Length == 0 ? double.NegativeInfinity : row.Max();
        return double.IsInfinity(max) ? max : max + Math.Log(row.Sum(x => Math.Exp(x - max)));
    }

    protected override Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate) =>
        Ops.LogSumExp(x, axis, keepAxis, into);
}

public class ArgMaxSpec : ReductionSpec
{
    public override string Op => nameof(Ops.ArgMax);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override bool OfNothing => false;

    protected override bool TakesAccumulate => false;

    protected override bool TakesInto => false;

    protected override double Reference(double[] row)
    {
        int nan = Array.FindIndex(row, double.IsNaN);
        return nan >= 0 ? nan : Array.IndexOf(row, row.Max());
    }

    protected override Tensor<float> Call(
        Tensor<float> x, int? axis, bool keepAxis, Tensor<float>? into, bool accumulate)
    {
        using Tensor<int> indices = Ops.ArgMax(x, axis, keepAxis);
        return AsFloats.Of(indices);
    }
}

public class SumOfSquaresSpec : OpSpec
{
    public override string Op => nameof(Ops.SumOfSquares);

    public override Tolerance Tolerance => Tolerance.OneRounding;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a scalar", Values.Normal([])),
        Case("a matrix", Values.Normal([5, 37])),
        Case("nothing", Values.Normal([0, 4])),
        Case("many chunks", Values.Normal([4, 50_000])),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => [Case("a vector", Values.Normal([n]))];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("squares that overflow float32, scaled", Values.Fill([3], 1e-30)),
        Case("NaN", Values.Of([3], 1, float.NaN, 2)),
        Case("∞", Values.Of([3], 1, float.NegativeInfinity, 2)),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a tensor that was released", () =>
        {
            Tensor<float> x = Zeros(3);
            x.Dispose();
            Ops.SumOfSquares(x);
        }, "Tensor: its memory was released; it, the tensor it is a view of, or the tape scope "
            + "that owned it was disposed; Clone() tensors that must live longer.")
        {
            Type = typeof(ObjectDisposedException),
        },
    ];

    private static OpCase Case(string name, Values x) => new(
        name,
        [x],
        (inputs, _, _) => Tensor.Full([], (float)Ops.SumOfSquares(inputs[0])),
        inputs => Values.Fill([], inputs[0].Data.Sum(value => value * value)))
    {
        TakesInto = false,
    };
}

/// <summary>Indices as floats, to be compared like any result; exact below 2²⁴.</summary>
public static class AsFloats
{
    public static Tensor<float> Of(Tensor<int> indices)
    {
        Tensor<float> floats = Tensor.Empty<float>(indices.Shape);
        for (int i = 0; i < indices.Length; i++)
        {
            floats.WritableSpan[i] = indices.Span[i];
        }

        return floats;
    }
}
