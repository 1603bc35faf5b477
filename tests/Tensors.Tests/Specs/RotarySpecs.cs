namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What both specs share: the inputs are x (or dY), cos, sin.</summary>
public abstract class RotaryLikeSpec : OpSpec
{
    public override Tolerance Tolerance =>
        new(2 * Tolerance.Rounding, 4e-7, "two products are rounded and may cancel");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("halves", [2, 7, 3, 40], 20, RotaryPairing.Halves),
        Case("adjacent", [2, 7, 3, 40], 20, RotaryPairing.Adjacent),
        Case("a part of each head", [2, 7, 3, 13], 4, RotaryPairing.Halves),
        Case("a part of each head, adjacent", [2, 7, 3, 13], 4, RotaryPairing.Adjacent),
        Case("no pairs", [1, 2, 3, 4], 0, RotaryPairing.Halves),
        Case("no positions", [2, 0, 3, 4], 2, RotaryPairing.Halves),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
    [
        Case("halves", [1, 2, 2, n], n / 2, RotaryPairing.Halves),
        Case("adjacent", [1, 2, 1, n], n / 2, RotaryPairing.Adjacent),
    ];

    public override IEnumerable<OpCase> Hazards()
    {
        Shape shape = [1, 7, 2, 21];
        foreach (RotaryPairing pairing in Enum.GetValues<RotaryPairing>())
        {
            // A quarter of a turn only moves numbers, whatever their size; no turn leaves them.
            foreach (double angle in (double[])[0, 1, 2, 3])
            {
                yield return Case(
                    $"{angle} quarters of 1e30, {pairing}",
                    Values.Normal(shape, scale: 1e30), 10, pairing,
                    _ => angle is 1 or 3 ? 0 : 1 - angle, _ => angle is 0 or 2 ? 0 : 2 - angle)
                    with
                {
                    Tolerance = Tolerance.Exact,
                };
            }

            yield return Case(
                $"NaN stays in its pair, {pairing}",
                Values.From(shape, i => i % 40 == 3 ? double.NaN : i % 3), 10, pairing, Math.Cos,
                Math.Sin);
            yield return Case(
                $"∞ after the turned part is copied, {pairing}",
                Values.From(shape, i => i % 21 == 20 ? double.NegativeInfinity : 1), 10, pairing,
                Math.Cos, Math.Sin);
            yield return Case(
                $"turned beyond the largest number, {pairing}",
                Values.From(shape, i => i % 2 == 0 ? 3e38 : -3e38), 10, pairing,
                _ => Math.Sqrt(0.5), _ => Math.Sqrt(0.5));
            yield return Case(
                $"entries of ±1e4, {pairing}", Values.Normal(shape, scale: 1e4), 10, pairing,
                Math.Cos, Math.Sin) with
            {
                Tolerance = new(
                    2 * Tolerance.Rounding, 1e4 * 4e-7, "products of 1e4 are rounded and cancel"),
            };
        }
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("tables of other positions", () => Call(Zeros(1, 3, 2, 4), Zeros(2, 2), Zeros(2, 2)),
            $"{Op}: x must be [batch, pos, head, dHead] and cos [pos, rotaryDim / 2], rotaryDim at "
            + "most dHead; got [1, 3, 2, 4] and [2, 2]; Slice a longer table."),
        new("tables wider than a head", () => Call(Zeros(1, 3, 2, 4), Zeros(3, 3), Zeros(3, 3)),
            $"{Op}: x must be [batch, pos, head, dHead] and cos [pos, rotaryDim / 2], rotaryDim at "
            + "most dHead; got [1, 3, 2, 4] and [3, 3]; Slice a longer table."),
        new("tables of two shapes", () => Call(Zeros(1, 3, 2, 4), Zeros(3, 2), Zeros(3, 1)),
            $"{Op}: sin must be [3, 2]; got [3, 1]."),
        new(
            "a destination of another shape",
            () => Call(Zeros(1, 3, 2, 4), Zeros(3, 2), Zeros(3, 2), into: Zeros(3)),
            $"{Op}: into must be [1, 3, 2, 4]; got [3]; leave it out for a new tensor."),
    ];

    protected abstract bool IsBackward { get; }

    internal static Values Turned(
        Values x, Values cos, Values sin, RotaryPairing pairing, int direction)
    {
        Values y = x.Clone();
        (int heads, int dim, int pairs) = (x.Shape[2], x.Shape[3], cos.Shape[1]);
        for (int row = 0; row < x.Length / Math.Max(1, dim); row++)
        {
            int pos = row / heads % x.Shape[1];
            for (int i = 0; i < pairs; i++)
            {
                (int a, int b) =
                    pairing == RotaryPairing.Halves ? (i, i + pairs) : (2 * i, (2 * i) + 1);
                (double xa, double xb) = (x[(row * dim) + a], x[(row * dim) + b]);
                y[(row * dim) + a] = (xa * cos[pos, i]) - (direction * xb * sin[pos, i]);
                y[(row * dim) + b] = (xb * cos[pos, i]) + (direction * xa * sin[pos, i]);
            }
        }

        return y;
    }

    protected Tensor<float> Call(
        Tensor<float> x, Tensor<float> cos, Tensor<float> sin,
        RotaryPairing pairing = RotaryPairing.Halves,
        Tensor<float>? into = null, bool accumulate = false) => IsBackward
        ? Ops.RotaryBackward(cos, sin, x, pairing, into, accumulate)
        : Ops.Rotary(x, cos, sin, pairing, into);

    private OpCase Case(string name, Shape shape, int pairs, RotaryPairing pairing) =>
        Case(name, Values.Normal(shape), pairs, pairing, Math.Cos, Math.Sin);

    private OpCase Case(
        string name, Values x, int pairs, RotaryPairing pairing, Func<double, double> cos,
        Func<double, double> sin)
    {
        Values angles = Values.Uniform([x.Shape[1], pairs], -4, 4, 2);
        return new OpCase(
            name,
            [x, Rounded(angles.Map(cos)), Rounded(angles.Map(sin))],
            (t, into, accumulate) => Call(t[0], t[1], t[2], pairing, into, accumulate),
            t => Turned(t[0], t[1], t[2], pairing, IsBackward ? -1 : 1))
        {
            TakesAccumulate = IsBackward,
        };
    }

    private static Values Rounded(Values x) => Values.From(x.Shape, i => x[i]);
}

public class RotarySpec : RotaryLikeSpec
{
    public override string Op => nameof(Ops.Rotary);

    protected override bool IsBackward => false;
}

public class RotaryBackwardSpec : RotaryLikeSpec
{
    public override string Op => nameof(Ops.RotaryBackward);

    protected override bool IsBackward => true;

    public override IEnumerable<GradientCase> Gradients()
    {
        // Any numbers do: the map is linear in x whatever the tables hold.
        (Values cos, Values sin) = (Values.Normal([3, 2], 2), Values.Normal([3, 2], 3));
        foreach (RotaryPairing pairing in Enum.GetValues<RotaryPairing>())
        {
            yield return new GradientCase(
                $"{pairing}",
                Values.Normal([2, 3, 2, 5]),
                x => Turned(x, cos, sin, pairing, 1),
                (_, _, dY) => Ops.RotaryBackward(cos.ToTensor(), sin.ToTensor(), dY, pairing));
        }
    }
}
