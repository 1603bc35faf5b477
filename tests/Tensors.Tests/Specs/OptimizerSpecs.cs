namespace Vitrine.Tensors.Tests.Specs;

public class AdamWStepSpec : OpSpec
{
    private const float Scale = 0.7f;
    private const long Step = 3;
    private static readonly string[] Outputs = ["parameter", "mean", "variance", "gradient"];
    private static readonly AdamWSettings Settings = new(0.03f, 0.9f, 0.99f, 1e-8f, 0.1f);

    public override string Op => nameof(Ops.AdamWStep);

    public override Tolerance Tolerance => new(
        8 * Tolerance.Rounding, 1e-7, "a handful of roundings; m and the parameter may cancel");

    public override IEnumerable<OpCase> Samples() =>
    [
        .. All("a matrix", [5, 37]),
        .. All("a scalar", []),
        .. All("nothing", [0, 4]),
        .. All("threaded", [60, 1000]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => All("a vector", [n]);

    public override IEnumerable<OpCase> Hazards() =>
    [
        .. All("no gradient yet", Values.Fill([40], 0), Values.Fill([40], 0), Values.Fill([40], 0)),
        .. All(
            "a tiny gradient", Values.Fill([40], 1e-20), Values.Fill([40], 0),
            Values.Fill([40], 0)),
        .. All(
            "NaN", Values.From([40], i => i == 7 ? double.NaN : 1), Values.Fill([40], 0),
            Values.Fill([40], 0)),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a gradient of another shape",
            () => Ops.AdamWStep(Zeros(2), Zeros(3), Zeros(2), Zeros(2), 1, Settings),
            "AdamWStep: the gradient must have the parameter's shape [2]; got [3]."),
        new(
            "a variance of another shape",
            () => Ops.AdamWStep(Zeros(2), Zeros(2), Zeros(2), Zeros(1), 1, Settings),
            "AdamWStep: the variance must have the parameter's shape [2]; got [1]."),
        new("a transposed parameter",
            () => Ops.AdamWStep(
                Zeros(2, 3).Transpose(), Zeros(3, 2), Zeros(3, 2), Zeros(3, 2), 1, Settings),
            "AdamWStep: the parameter and the gradient must be contiguous; pass the tensors that "
            + "own the memory, not transposed views."),
        new("step 0", () => Ops.AdamWStep(Zeros(2), Zeros(2), Zeros(2), Zeros(2), 0, Settings),
            "AdamWStep: steps are counted from 1; got less; count before the step.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
    ];

    internal static Tensor<float> Keep(Tensor<float>[] tensors, int kept)
    {
        for (int i = 0; i < tensors.Length; i++)
        {
            if (i != kept)
            {
                tensors[i].Dispose();
            }
        }

        return tensors[kept];
    }

    private static OpCase[] All(string name, Shape shape) => All(
        name, Values.Normal(shape, 1), Values.Normal(shape, 2), Values.Uniform(shape, 0, 2, 3));

    private static OpCase[] All(string name, Values gradient, Values mean, Values variance) =>
        [.. Enumerable.Range(0, 4).Select(output => Case(name, output, gradient, mean, variance))];

    /// <summary>One of the four tensors that a step changes; the gradient is set to 0.</summary>
    private static OpCase Case(
        string name, int output, Values gradient, Values mean, Values variance) => new(
        $"{name}: {Outputs[output]}",
        [Values.Normal(gradient.Shape, 4), gradient, mean, variance],
        (x, _, _) =>
        {
            Tensor<float>[] copies = [x[0].Clone(), x[2].Clone(), x[3].Clone(), x[1].Clone()];
            Ops.AdamWStep(
                copies[0], copies[3], copies[1], copies[2], Step, Settings, Scale,
                zeroGradient: true);
            return Keep(copies, output);
        },
        x => Values.From(gradient.Shape, i =>
        {
            double g = x[1][i] * (double)Scale;
            double m = (Settings.Beta1 * x[2][i]) + ((1 - (double)Settings.Beta1) * g);
            double v = (Settings.Beta2 * x[3][i]) + ((1 - (double)Settings.Beta2) * g * g);
            double corrected = m / (1 - Math.Pow(Settings.Beta1, Step));
            double root = Math.Sqrt(v / (1 - Math.Pow(Settings.Beta2, Step)));
            double p = (x[0][i] * (1 - ((double)Settings.LearningRate * Settings.WeightDecay)))
                - (Settings.LearningRate * corrected / (root + Settings.Epsilon));
            return output switch { 0 => p, 1 => m, 2 => v, _ => 0 };
        }))
    {
        TakesInto = false,
        NewTensors = 5,
    };
}

public class SgdStepSpec : OpSpec
{
    private const float Scale = 0.7f;
    private static readonly SgdSettings Settings = new(0.03f, 0.9f, 0.1f);

    public override string Op => nameof(Ops.SgdStep);

    public override Tolerance Tolerance => new(
        4 * Tolerance.Rounding, 2e-7, "a handful of roundings; the sums may cancel");

    public override IEnumerable<OpCase> Samples() =>
    [
        .. All("a matrix", [5, 37]),
        .. All("a scalar", []),
        .. All("nothing", [0, 4]),
        .. All("threaded", [60, 1000]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) => All("a vector", [n]);

    public override IEnumerable<OpCase> Hazards() =>
    [
        .. Each("no gradient yet", Values.Fill([40], 0), Values.Fill([40], 0)),
        .. Each("a tiny gradient", Values.Fill([40], 1e-42), Values.Fill([40], 0)),
        .. Each("a gradient of ±1e30", Values.From([40], i => i % 2 == 0 ? 1e30 : -1e30),
            Values.Fill([40], 1)),
        .. Each("NaN stays where it is", Values.From([40], i => i == 7 ? double.NaN : 1),
            Values.Fill([40], 0)),
        .. Each("∞", Values.From([40], i => i == 9 ? double.PositiveInfinity : 1),
            Values.From([40], i => i == 3 ? double.NegativeInfinity : 0)),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a gradient of another shape",
            () => Ops.SgdStep(Zeros(2), Zeros(3), null, new SgdSettings(0.1f)),
            "SgdStep: the gradient must have the parameter's shape [2]; got [3]."),
        new(
            "a velocity of another shape",
            () => Ops.SgdStep(Zeros(2), Zeros(2), Zeros(1), Settings),
            "SgdStep: the velocity must have the parameter's shape [2]; got [1]."),
        new("momentum without a velocity", () => Ops.SgdStep(Zeros(2), Zeros(2), null, Settings),
            "SgdStep: momentum needs a velocity; got momentum 0.9 and none; pass zeros of the "
            + "parameter's shape.")
        {
            Type = typeof(ArgumentException),
        },
        new(
            "a transposed gradient",
            () => Ops.SgdStep(Zeros(3, 2), Zeros(2, 3).Transpose(), null, new SgdSettings(0.1f)),
            "SgdStep: the parameter and the gradient must be contiguous; pass the tensors that own "
            + "the memory, not transposed views."),
    ];

    private static OpCase[] Each(string name, Values gradient, Values velocity) =>
    [
        Case($"{name}: parameter", gradient, velocity, x => x[0]),
        Case($"{name}: velocity", gradient, velocity, x => x[2]),
        Case($"{name}: gradient", gradient, velocity, x => x[1]),
    ];

    private static OpCase[] All(string name, Shape shape) =>
    [
        .. Each(name, Values.Normal(shape, 2), Values.Normal(shape, 3)),
        new(
            $"{name}: without momentum",
            [Values.Normal(shape, 1), Values.Normal(shape, 2)],
            (x, _, _) =>
            {
                Tensor<float> parameter = x[0].Clone();
                using Tensor<float> gradient = x[1].Clone();
                Ops.SgdStep(parameter, gradient, null, new SgdSettings(0.5f));
                return parameter;
            },
            x => Values.From(shape, i => x[0][i] - (0.5 * x[1][i])))
        {
            TakesInto = false,
            NewTensors = 2,
        },
    ];

    private static OpCase Case(
        string name, Values gradient, Values velocity, Func<double[], double> pick) => new(
        name,
        [Values.Normal(gradient.Shape, 1), gradient, velocity],
        (x, _, _) =>
        {
            Tensor<float>[] copies = [x[0].Clone(), x[1].Clone(), x[2].Clone()];
            Ops.SgdStep(copies[0], copies[1], copies[2], Settings, Scale, zeroGradient: true);
            return AdamWStepSpec.Keep(copies, (int)pick([0, 1, 2]));
        },
        x => Values.From(gradient.Shape, i =>
        {
            double u = (Settings.Momentum * x[2][i]) + ((double)Scale * x[1][i]);
            double decay = (double)Settings.LearningRate * Settings.WeightDecay;
            double p = (x[0][i] * (1 - decay)) - (Settings.LearningRate * u);
            return pick([p, 0, u]);
        }))
    {
        TakesInto = false,
        NewTensors = 4,
    };
}
