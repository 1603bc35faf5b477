namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What the specs of random ops share: the reference is Philox written a second time, in
/// 128-bit arithmetic, with the platform's logarithm and cosine.</summary>
public abstract class RandomSpec : OpSpec
{
    public override IEnumerable<OpCase> Samples() =>
        [Case([7]), Case([3, 5, 7]), Case([]), Case([0]), Case([40_001])];

    public override IEnumerable<OpCase> AtLength(int n) => [Case([n])];

    protected abstract Tensor<float> Call(Tensor<float> into);

    protected abstract double Reference(int i);

    internal static uint Word(ulong index, ulong seed, ulong stream)
    {
        ulong block = index / 4;
        uint[] c = [(uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32)];
        uint[] k = [(uint)seed, (uint)(seed >> 32)];
        for (int round = 0; round < 10; round++)
        {
            UInt128 a = (UInt128)c[0] * 0xD2511F53;
            UInt128 b = (UInt128)c[2] * 0xCD9E8D57;
            c = [(uint)(b >> 32) ^ c[1] ^ k[0], (uint)b, (uint)(a >> 32) ^ c[3] ^ k[1], (uint)a];
            k = [unchecked(k[0] + 0x9E3779B9), unchecked(k[1] + 0xBB67AE85)];
        }

        return c[index % 4];
    }

    /// <summary>The seed and the stream are whole: every bit counts.</summary>
    protected static readonly (ulong Seed, ulong Stream)[] Extremes =
    [
        (0, 0), (ulong.MaxValue, 0), (0, ulong.MaxValue), (ulong.MaxValue, ulong.MaxValue),
        (1UL << 63, 1UL << 32), (1UL << 32, 1),
    ];

    private OpCase Case(Shape shape) => new(
        $"shape {shape}",
        [],
        (_, into, _) => Call(into ?? Tensor.Empty<float>(shape)),
        _ => Values.From(shape, Reference));
}

public class RandomUniformSpec : RandomSpec
{
    public override string Op => nameof(Ops.RandomUniform);

    public override Tolerance Tolerance => Tolerance.OneRounding;

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("bounds in the wrong order", () => Ops.RandomUniform(Zeros(2), 1, low: 1, high: 1),
            "RandomUniform: low must be below high, both finite; got 1 … 1.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
    ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        .. Extremes.Select(at => Of($"seed {at.Seed}, stream {at.Stream}", at, -2, 3)),
        Of("an interval of one number", (5, 6), 1, MathF.BitIncrement(1)),
        Of("an interval of a few numbers", (5, 6), 1, 1 + 4e-7f),
        Of("all numbers there are", (5, 6), -float.MaxValue, float.MaxValue),
        Of("the least numbers", (5, 6), 0, 3 * float.Epsilon),
    ];

    /// <summary>high is excluded, however the last number rounds.</summary>
    private static OpCase Of(string name, (ulong Seed, ulong Stream) at, float low, float high) =>
        new(
            name,
            [],
            (_, into, _) => Ops.RandomUniform(
                into ?? Tensor.Empty<float>([501]), at.Seed, at.Stream, low, high),
            _ => Values.From([501], i => Math.Min(
                (float)(low + (((double)high - low)
                    * ((Word((ulong)i, at.Seed, at.Stream) >> 8) / 16777216.0))),
                MathF.BitDecrement(high))));

    protected override Tensor<float> Call(Tensor<float> into) =>
        Ops.RandomUniform(into, 0x1234_5678_9abc, 7, -2, 3);

    protected override double Reference(int i) =>
        -2 + (5 * (Word((ulong)i, 0x1234_5678_9abc, 7) >> 8) / 16777216.0);
}

public class RandomNormalSpec : RandomSpec
{
    public override string Op => nameof(Ops.RandomNormal);

    public override Tolerance Tolerance => new(
        1.01 * Tolerance.Rounding, 1e-14,
        "float64 rounded once; the platform's cosine differs in the last bits near its zeros");

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("a negative deviation", () => Ops.RandomNormal(Zeros(2), 1, standardDeviation: -1),
            "RandomNormal: the mean must be finite and the standard deviation finite and at least "
            + "0; got mean 0.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a mean of NaN", () => Ops.RandomNormal(Zeros(2), 1, mean: float.NaN),
            "RandomNormal: the mean must be finite and the standard deviation finite and at least "
            + "0; got mean NaN.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
    ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        .. Extremes.Select(at => Of($"seed {at.Seed}, stream {at.Stream}", at, 0.5f, 2)),
        Of("no deviation", (5, 6), -3.25f, 0) with { Tolerance = Tolerance.Exact },
        Of("the largest deviation overflows", (5, 6), 0, float.MaxValue),
        Of("a mean of 1e30", (5, 6), 1e30f, 1),
    ];

    protected override Tensor<float> Call(Tensor<float> into) =>
        Ops.RandomNormal(into, 99, 1UL << 40, 0.5f, 2);

    protected override double Reference(int i) => Normal(i, (99, 1UL << 40), 0.5, 2);

    private static OpCase Of(
        string name, (ulong Seed, ulong Stream) at, float mean, float deviation) => new(
            name,
            [],
            (_, into, _) => Ops.RandomNormal(
                into ?? Tensor.Empty<float>([501]), at.Seed, at.Stream, mean, deviation),
            _ => Values.From([501], i => Normal(i, at, mean, deviation)));

    private static double Normal(
        int i, (ulong Seed, ulong Stream) at, double mean, double deviation)
    {
        ulong pair = (ulong)i & ~1UL;
        double u = (Word(pair, at.Seed, at.Stream) + 1.0) / 4294967296.0;
        double turn = 2 * Math.PI * Word(pair + 1, at.Seed, at.Stream) / 4294967296.0;
        double radius = Math.Sqrt(-2 * Math.Log(u));
        return mean + (deviation * radius * (i % 2 == 0 ? Math.Cos(turn) : Math.Sin(turn)));
    }
}

public class RandomPermutationSpec : OpSpec
{
    public override string Op => nameof(Ops.RandomPermutation);

    public override Tolerance Tolerance => Tolerance.Exact;

    public override IEnumerable<OpCase> Samples() => [Case(10), Case(1000)];

    public override IEnumerable<OpCase> AtLength(int n) => [Case(n)];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case(100, 0, 0), Case(100, ulong.MaxValue, ulong.MaxValue), Case(100, 1UL << 63, 1UL << 32),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "a negative number", () => Ops.RandomPermutation(-1, 1),
            "RandomPermutation: n must be at least 0; got -1."),
    ];

    private static OpCase Case(int n, ulong seed = 5, ulong stream = 6) => new(
        $"n {n}, seed {seed}, stream {stream}",
        [],
        (_, _, _) =>
        {
            using Tensor<int> permutation = Ops.RandomPermutation(n, seed, stream);
            return AsFloats.Of(permutation);
        },
        _ =>
        {
            double[] order = [.. Enumerable.Range(0, n)];
            for (int i = n - 1; i > 0; i--)
            {
                ulong bits = ((ulong)RandomSpec.Word(2 * (ulong)i, seed, stream) << 32)
                    | RandomSpec.Word((2 * (ulong)i) + 1, seed, stream);
                int other = (int)(((UInt128)bits * (ulong)(i + 1)) >> 64);
                (order[i], order[other]) = (order[other], order[i]);
            }

            return Values.Of([n], order);
        })
    {
        TakesInto = false,
        NewTensors = 2,
    };
}
