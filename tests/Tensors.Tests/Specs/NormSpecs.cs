namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of the norms share; the inputs are x, then weight and bias where
/// there.</summary>
public abstract class NormSpec : OpSpec
{
    protected const float Eps = 1e-5f;

    public override Tolerance Tolerance => new(
        6 * Tolerance.Rounding, 4e-7, "deviation, rstd, their product, weight and bias are rounded; the last may cancel");

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
                ("a large mean with tiny variance", Values.Normal([4, 300], scale: 0.01, mean: 1e4)),
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
        new("a scalar", () => Call([Zeros()], "y"), $"{Op}: x needs an axis to normalise along; got []."),
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
        (var normal, var means, var rstds) = (new Values(x.Shape), new Values(rows), new Values(rows));
        int length = x.Shape[-1];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] line = x.Data[(row * length)..((row + 1) * length)];
            double mean = centred && length > 0 ? line.Average() : 0;
            double square = length == 0 ? 0 : line.Average(value => (value - mean) * (value - mean));
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
        Values[] inputs = [Values.Normal(shape, mean: 0.5), Values.Normal([shape[-1]], 2), Values.Normal([shape[-1]], 3)];
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
                y[i] = (y[i] * (x.Length > 1 ? x[1][column] : 1)) + (x.Length > 2 ? x[2][column] : 0);
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

/// <summary>What the specs of the derivatives share; the inputs are x, weight, mean, rstd,
/// dY.</summary>
public abstract class NormBackwardSpec : OpSpec
{
    private static readonly string[] Names = ["dX", "dWeight", "dBias"];

    public override Tolerance Tolerance => new(
        2e-6, 1e-5, "differences of numbers near 1; sums over rows cancel, in float32, 64 at a time");

    public override IEnumerable<OpCase> Samples() =>
    [
        .. Cases("rows", [9, 33]),
        .. Cases("batches", [2, 5, 3, 40]),
        .. Cases("one row", [50]),
        .. Cases("many rows", [700, 64]),
        .. Cases("no rows", [0, 8]),
        .. Cases("long rows", [3, 9000]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => Cases("rows", [3, n]);

    public override IEnumerable<OpCase> Hazards() => Cases(
        "a large mean with tiny variance", Values.Normal([4, 300], scale: 0.01, mean: 1e4));

    public override IEnumerable<GradientCase> Gradients()
    {
        Values[] forward = [Values.Normal([4, 11]), Values.Normal([11], 2), Values.Normal([11], 3)];
        for (int wanted = 0; wanted < (Centred ? 3 : 2); wanted++)
        {
            int input = wanted;
            yield return new GradientCase(
                Names[input],
                forward[input],
                x => Forward([.. forward.Select((other, i) => i == input ? x : other)]),
                (_, _, dY) =>
                {
                    (_, Values mean, Values rstd) = NormSpec.Reference(forward[0], Centred);
                    Tensor<float> gradient = Tensor.Zeros<float>(forward[input].Shape);
                    Call(
                        [forward[0].ToTensor(), forward[1].ToTensor(), mean.ToTensor(), rstd.ToTensor(), dY],
                        input, gradient);
                    return gradient;
                });
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a gradient of another shape",
            () => Call([Zeros(2, 3), Zeros(3), Zeros(2), Zeros(2), Zeros(3)], 0, Zeros(2, 3)),
            $"{Op}: dY must be [2, 3]; got [3]."),
        new("a destination of another shape",
            () => Call([Zeros(2, 3), Zeros(3), Zeros(2), Zeros(2), Zeros(2, 3)], 1, Zeros(2)),
            $"{Op}: dWeight must be [3]; got [2]."),
    ];

    protected abstract bool Centred { get; }

    protected abstract void Call(Tensor<float>[] x, int wanted, Tensor<float> gradient);

    private Values Forward(Values[] x)
    {
        Values y = NormSpec.Reference(x[0], Centred).Normal;
        for (int i = 0; i < y.Length; i++)
        {
            int column = i % x[0].Shape[-1];
            y[i] = (y[i] * x[1][column]) + (Centred ? x[2][column] : 0);
        }

        return y;
    }

    private IEnumerable<OpCase> Cases(string name, Shape shape) => Cases(name, Values.Normal(shape, mean: 0.5));

    private IEnumerable<OpCase> Cases(string name, Values x)
    {
        (_, Values mean, Values rstd) = NormSpec.Reference(x, Centred);
        Values[] inputs = [x, Values.Normal([x.Shape[-1]], 2), Rounded(mean), Rounded(rstd), Values.Normal(x.Shape, 5)];
        for (int i = 0; i < (Centred ? 3 : 2); i++)
        {
            int wanted = i;
            yield return new OpCase(
                $"{name}, {Names[wanted]}",
                inputs,
                (tensors, into, accumulate) =>
                {
                    Tensor<float> gradient = into ?? Tensor.Empty<float>(wanted == 0 ? x.Shape : [x.Shape[-1]]);
                    if (!accumulate)
                    {
                        gradient.Fill(0);
                    }

                    Call(tensors, wanted, gradient);
                    return gradient;
                },
                values => Reference(values)[wanted])
            {
                TakesAccumulate = true,
                Tolerance = new Tolerance(
                    Tolerance.Relative, Tolerance.Absolute * Math.Max(1, rstd.Data.DefaultIfEmpty(0).Max()), "dX has the size of rstd"),
            };
        }
    }

    private Values[] Reference(Values[] x)
    {
        Values normal = NormSpec.Reference(x[0], Centred).Normal;
        (var dX, var dWeight, var dBias) = (new Values(x[0].Shape), new Values(x[1].Shape), new Values(x[1].Shape));
        int length = x[0].Shape[-1];
        for (int row = 0; row < x[3].Length; row++)
        {
            (double mean, double slope) = (0, 0);
            for (int i = 0; i < length; i++)
            {
                double g = x[4][row, i] * x[1][i];
                mean += Centred ? g / length : 0;
                slope += g * normal[row, i] / length;
                dWeight[i] += x[4][row, i] * normal[row, i];
                dBias[i] += x[4][row, i];
            }

            for (int i = 0; i < length; i++)
            {
                dX[row, i] = x[3][row] * ((x[4][row, i] * x[1][i]) - mean - (normal[row, i] * slope));
            }
        }

        return [dX, dWeight, dBias];
    }

    private static Values Rounded(Values x) => Values.From(x.Shape, i => x[i]);
}

public class LayerNormBackwardSpec : NormBackwardSpec
{
    public override string Op => nameof(Ops.LayerNormBackward);

    protected override bool Centred => true;

    protected override void Call(Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.LayerNormBackward(
            x[0], x[1], x[2], x[3], x[4], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null,
            wanted == 2 ? gradient : null);
}

public class RmsNormBackwardSpec : NormBackwardSpec
{
    public override string Op => nameof(Ops.RmsNormBackward);

    protected override bool Centred => false;

    protected override void Call(Tensor<float>[] x, int wanted, Tensor<float> gradient) =>
        Ops.RmsNormBackward(
            x[0], x[1], x[3], x[4], wanted == 0 ? gradient : null, wanted == 1 ? gradient : null);
}
