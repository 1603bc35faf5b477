using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

public class CounterRandomTests
{
    /// <summary>The known answers published with the Random123 library for Philox4x32-10.</summary>
    [Fact]
    public void Philox_gives_its_known_answers()
    {
        Assert.Equal(
            new RandomWords(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
            CounterRandom.Philox(new RandomWords(0, 0, 0, 0), 0, 0));
        Assert.Equal(
            new RandomWords(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd),
            CounterRandom.Philox(new RandomWords(~0u, ~0u, ~0u, ~0u), ~0u, ~0u));
        Assert.Equal(
            new RandomWords(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
            CounterRandom.Philox(
                new RandomWords(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0xa4093822,
                0x299f31d0));
    }

    [Fact]
    public void A_generator_is_a_function_of_seed_stream_and_index()
    {
        var random = new CounterRandom(0x0123_4567_89ab_cdef, 42);
        for (ulong index = 0; index < 40; index++)
        {
            Assert.Equal(RandomSpec.Word(index, 0x0123_4567_89ab_cdef, 42), random.At(index));
        }

        Assert.Equal(
            RandomSpec.Word(ulong.MaxValue, 0x0123_4567_89ab_cdef, 42), random.At(ulong.MaxValue));
        Assert.Equal(random, new CounterRandom(random.Seed, random.Stream));
        Assert.NotEqual(random.At(0), new CounterRandom(random.Seed, 43).At(0));
        Assert.NotEqual(random.At(0), new CounterRandom(random.Seed + 1, 42).At(0));
    }

    [Fact]
    public void Integers_lie_below_their_bound_and_are_even()
    {
        var random = new CounterRandom(3);
        int[] counts = new int[7];
        for (ulong i = 0; i < 70_000; i++)
        {
            counts[random.Integer(i, 7)]++;
        }

        // χ² of six degrees of freedom is above 22.5 once in a thousand seeds.
        Assert.InRange(counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000), 0, 22.5);
        Assert.Equal(0, random.Integer(5, 1));
        Assert.StartsWith(
            "CounterRandom: below must be positive.",
            Assert.Throws<ArgumentOutOfRangeException>(() => random.Integer(0, 0)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The bits of a run's first weights: they must never change, on any machine, with any
    /// vectors, in any build.</summary>
    [Fact]
    public void Normal_and_uniform_numbers_are_pinned()
    {
        using Tensor<float> normal = Ops.RandomNormal(Tensor.Empty<float>([100_003]), 10, 1);
        using Tensor<float> uniform = Ops.RandomUniform(
            Tensor.Empty<float>([100_003]), 10, 2, -1, 1);
        Assert.Equal(
            "bdd24c89 3fd72ae4 3d73844b bf5c782a bf1e5949 3fc290c5",
            string.Join(" ", normal.ToArray().Take(6).Select(Bits)));
        Assert.Equal(
            "3f1308a4 3e031960 3f553472 3f4a0e9c bec84e88 3f3ba2ca",
            string.Join(" ", uniform.ToArray().Take(6).Select(Bits)));
        Assert.Equal("90bd4bc2f23d658d", Bits(Hash(normal)));
        Assert.Equal("10a8d453ebf541d3", Bits(Hash(uniform)));
        using Tensor<int> permutation = Ops.RandomPermutation(10, 10, 3);
        Assert.Equal("7 6 8 5 1 3 0 4 2 9", string.Join(" ", permutation.ToArray()));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_a_normal_distribution()
    {
        const int Count = 1_000_000;
        using Tensor<float> x = Ops.RandomNormal(Tensor.Empty<float>([Count]), 7, 0, 3, 2);
        double[] z = [.. x.ToArray().Select(value => (value - 3.0) / 2)];
        double Moment(int power) => z.Sum(value => Math.Pow(value, power)) / Count;

        // Five standard errors of each sample moment.
        Assert.Equal(0, Moment(1), 5 * Math.Sqrt(1.0 / Count));
        Assert.Equal(1, Moment(2), 5 * Math.Sqrt(2.0 / Count));
        Assert.Equal(0, Moment(3), 5 * Math.Sqrt(15.0 / Count));
        Assert.Equal(3, Moment(4), 5 * Math.Sqrt(96.0 / Count));
        Assert.Equal(0, z.Zip(z.Skip(1), (a, b) => a * b).Sum() / Count, 5 / Math.Sqrt(Count));
        double below = z.Count(value => value < 1) / (double)Count;
        Assert.Equal(0.841344746, below, 0.002);
        double far = z.Count(value => Math.Abs(value) > 3) / (double)Count;
        Assert.Equal(0.0026998, far, 0.0003);
    }

    [Fact]
    public void Uniform_numbers_fill_their_interval_evenly()
    {
        const int Count = 1_000_000;
        using Tensor<float> x = Ops.RandomUniform(Tensor.Empty<float>([Count]), 7);
        int[] bins = new int[100];
        foreach (float value in x.Span)
        {
            Assert.InRange(value, 0, MathF.BitDecrement(1));
            bins[(int)(value * 100)]++;
        }

        // χ² of 99 degrees of freedom is above 149 once in a thousand seeds.
        Assert.InRange(bins.Sum(count => Math.Pow(count - 10_000, 2) / 10_000), 50, 149);
        using Tensor<float> narrow = Ops.RandomUniform(
            Tensor.Empty<float>([1000]), 7, 0, 1, MathF.BitIncrement(1));
        Assert.All(narrow.ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void A_permutation_holds_every_number_once_and_every_place_is_as_likely()
    {
        int[] first = new int[10];
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            using Tensor<int> permutation = Ops.RandomPermutation(10, seed);
            Assert.Equal(Enumerable.Range(0, 10), permutation.ToArray().Order());
            first[permutation[0]]++;
        }

        // χ² of nine degrees of freedom is above 27.9 once in a thousand.
        Assert.InRange(first.Sum(count => Math.Pow(count - 1000, 2) / 1000), 0, 27.9);
    }

    private static string Bits(float value) => $"{BitConverter.SingleToUInt32Bits(value):x8}";

    private static string Bits(ulong value) => $"{value:x16}";

    /// <summary>FNV-1a over the bits of all values.</summary>
    private static ulong Hash(Tensor<float> x)
    {
        ulong hash = 14695981039346656037;
        foreach (float value in x.Span)
        {
            hash = unchecked((hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211);
        }

        return hash;
    }
}
