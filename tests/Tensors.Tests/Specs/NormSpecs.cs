namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of the norms share; the inputs are x, then weight and bias where
/// there.</summary>
public abstract class NormSpec : OpSpec
{
    protected const float Eps = 1e-5f;

    public override Tolerance Tolerance => new(
        6 * Tolerance.Rounding, 4e-7,
        "deviation, rstd, their product, weight and bias are rounded; the last may cancel");

    public override IEnumerable<OpCase> Samples() =>
    [
        .. Cases("rows", [9, 33], 3),
        .. Cases("without parameters", [9, 33], 1),
        .. Cases("batches", [2, 5, 3, 40], 3),
        .. Cases("one row", [50], 3),
        .. Cases("many rows", [700, 64], 3),
        .. Cases("no rows", [0, 8], 3),
        .. Cases("long rows", [3, 9000], 3),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => Cases("rows", [3, n], 3);

    public override IEnumerable<OpCase> Hazards()
    {
        foreach ((string name, Values x) in ((string, Values)[])
            [
                ("a large mean with tiny variance",
                    Values.Normal([4, 300], scale: 0.01, mean: 1e4)),
                ("numbers of 1e15", Values.Normal([4, 40], scale: 1e15)),
                ("numbers of 1e-15", Values.Normal([4, 40], scale: 1e-15)),
                ("equal numbers", Values.Fill([2, 40], 3)),
                ("NaN in one row", Values.From([3, 40], i => i == 50 ? double.NaN : i % 7)),
            ])
        {
            yield return Case(name, [x]);
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a scalar", () => Call([Zeros()], "y"),
            $"{Op}: x needs an axis to normalise along; got []."),
        new("a weight of another length", () => Call([Zeros(2, 3), Zeros(2)], "y"),
            $"{Op}: weight must be [3] to match the last axis of x [2, 3]; got [2]."),
    ];

    /// <summary>Whether the rows lose their mean.</summary>
    protected abstract bool Centred { get; }

    protected abstract Tensor<float> Call(Tensor<float>[] x, string wanted);

    /// <summary>x̂, mean and rstd of every row.</summary>
    internal static (Values Normal, Values Mean, Values Rstd) Reference(Values x, bool centred)
    {
        Shape rows = x.Shape.Without(-1);
        (var normal, var means, var rstds) =
            (new Values(x.Shape), new Values(rows), new Values(rows));
        int length = x.Shape[-1];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] line = x.Data[(row * length)..((row + 1) * length)];
            double mean = centred && length > 0 ? line.Average() : 0;
            double square = length == 0 ? 0 : line.Average(
                value => (value - mean) * (value - mean));
            means[row] = mean;
            rstds[row] = 1 / Math.Sqrt(square + Eps);
            for (int i = 0; i < length; i++)
            {
                normal[row, i] = (line[i] - mean) * rstds[row];
            }
        }

        return (normal, means, rstds);
    }

    private IEnumerable<OpCase> Cases(string name, Shape shape, int parameters)
    {
        Values[] inputs = [
            Values.Normal(shape, mean: 0.5), Values.Normal([shape[-1]], 2),
            Values.Normal([shape[-1]], 3)];
        yield return Case(name, inputs[..Math.Min(parameters, Centred ? 3 : 2)]);
        yield return Saved(name, inputs[0], "rstd");
        if (Centred)
        {
            yield return Saved(name, inputs[0], "mean");
        }
    }

    private OpCase Case(string name, Values[] inputs) => new(
        name,
        inputs,
        (x, _, _) => Call(x, "y"),
        x =>
        {
            Values y = Reference(x[0], Centred).Normal;
            for (int i = 0; i < y.Length; i++)
            {
                int column = i % x[0].Shape[-1];
                y[i] =
                    (y[i] * (x.Length > 1 ? x[1][column] : 1)) + (x.Length > 2 ? x[2][column] : 0);
            }

            return y;
        })
    {
        TakesInto = false,
        NewTensors = 5,
    };

    private OpCase Saved(string name, Values input, string wanted) => new(
        $"{name}, {wanted}",
        [input],
        (x, _, _) => Call(x, wanted),
        x => wanted == "mean" ? Reference(x[0], Centred).Mean : Reference(x[0], Centred).Rstd)
    {
        TakesInto = false,
        NewTensors = 5,
    };
}

public class LayerNormSpec : NormSpec
{
    public override string Op => nameof(Ops.LayerNorm);

    protected override bool Centred => true;

    protected override Tensor<float> Call(Tensor<float>[] x, string wanted)
    {
        Tensor<float> y = Ops.LayerNorm(
            x[0], x.ElementAtOrDefault(1), x.ElementAtOrDefault(2), out Tensor<float> mean,
            out Tensor<float> rstd, Eps);
        (Tensor<float> result, Tensor<float> first, Tensor<float> second) = wanted switch
        {
            "mean" => (mean, y, rstd),
            "rstd" => (rstd, y, mean),
            _ => (y, mean, rstd),
        };
        first.Dispose();
        second.Dispose();
        return result;
    }
}

public class RmsNormSpec : NormSpec
{
    public override string Op => nameof(Ops.RmsNorm);

    protected override bool Centred => false;

    protected override Tensor<float> Call(Tensor<float>[] x, string wanted)
    {
        Tensor<float> y = Ops.RmsNorm(x[0], x.ElementAtOrDefault(1), out Tensor<float> rstd, Eps);
        (wanted == "rstd" ? y : rstd).Dispose();
        return wanted == "rstd" ? rstd : y;
    }
}
