namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of the derivatives share; the inputs are x, weight, mean, rstd,
/// dY.</summary>
public abstract class NormBackwardSpec : OpSpec
{
    private static readonly string[] Names = ["dX", "dWeight", "dBias"];

    public override Tolerance Tolerance => new(
        2e-6, 1e-5,
        "differences of numbers near 1; sums over rows cancel, in float32, 64 at a time");

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
                    Tensor<float>[] inputs =
                    [
                        .. forward[..2].Select(value => value.ToTensor()), mean.ToTensor(),
                        rstd.ToTensor(), dY,
                    ];
                    Call(inputs, input, gradient);
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

    private IEnumerable<OpCase> Cases(string name, Shape shape) =>
        Cases(name, Values.Normal(shape, mean: 0.5));

    private IEnumerable<OpCase> Cases(string name, Values x)
    {
        (_, Values mean, Values rstd) = NormSpec.Reference(x, Centred);
        Values[] inputs = [
            x, Values.Normal([x.Shape[-1]], 2), Rounded(mean), Rounded(rstd),
            Values.Normal(x.Shape, 5)];
        for (int i = 0; i < (Centred ? 3 : 2); i++)
        {
            int wanted = i;
            yield return OpCase.Gradient(
                $"{name}, {Names[wanted]}",
                inputs,
                wanted == 0 ? x.Shape : [x.Shape[-1]],
                (tensors, gradient) => Call(tensors, wanted, gradient),
                values => Reference(values)[wanted]) with
            {
                Tolerance = new Tolerance(
                    Tolerance.Relative,
                    Tolerance.Absolute * Math.Max(1, rstd.Data.DefaultIfEmpty(0).Max()),
                    "dX has the size of rstd"),
            };
        }
    }

    private Values[] Reference(Values[] x)
    {
        Values normal = NormSpec.Reference(x[0], Centred).Normal;
        (var dX, var dWeight, var dBias) =
            (new Values(x[0].Shape), new Values(x[1].Shape), new Values(x[1].Shape));
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
                dX[row, i] =
                    x[3][row] * ((x[4][row, i] * x[1][i]) - mean - (normal[row, i] * slope));
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
            x[0], x[1], x[2], x[3], x[4], wanted == 0 ? gradient : null,
            wanted == 1 ? gradient : null,
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
