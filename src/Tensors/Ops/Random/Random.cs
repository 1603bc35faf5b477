namespace Vitrine.Tensors;

/// <content>Random numbers.</content>
public static partial class Ops
{
    /// <summary>Fills a tensor with uniform random numbers.</summary>
    /// <remarks>
    /// <para>xᵢ = low + (high − low) · uᵢ with uᵢ = <see cref="CounterRandom.Uniform"/>(i), i in
    /// row-major order; in [low, high). The same numbers on any machine and thread count.</para>
    /// </remarks>
    /// <param name="into">float32 [...], overwritten.</param>
    /// <param name="seed">Which sequence of numbers.</param>
    /// <param name="stream">Which of the seed's independent streams.</param>
    /// <param name="low">The lower bound, inclusive.</param>
    /// <param name="high">The upper bound, exclusive.</param>
    /// <returns><paramref name="into"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bounds are not finite, or high is not
    /// above low.</exception>
    public static Tensor<float> RandomUniform(
        Tensor<float> into, ulong seed, ulong stream = 0, float low = 0, float high = 1)
    {
        if (!float.IsFinite(low) || !float.IsFinite(high) || !(low < high))
        {
            throw new ArgumentOutOfRangeException(
                nameof(high), high,
                $"RandomUniform: low must be below high, both finite; got {low} … {high}.");
        }

        return FillRandom(
            nameof(RandomUniform), into, new CounterRandom(seed, stream), false, low, high);
    }

    /// <summary>Fills a tensor with normal random numbers.</summary>
    /// <remarks>
    /// <para>xᵢ = mean + standardDeviation · zᵢ with z by Box and Muller: each block of four words
    /// of the stream gives elements 4b … 4b + 3 in row-major order. |z| is at most 6.67. Computed
    /// in double precision from operations that every machine rounds identically: the same numbers
    /// on any machine and thread count.</para>
    /// </remarks>
    /// <param name="into">float32 [...], overwritten.</param>
    /// <param name="seed">Which sequence of numbers.</param>
    /// <param name="stream">Which of the seed's independent streams.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="standardDeviation">The standard deviation, at least 0.</param>
    /// <returns><paramref name="into"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, or the standard
    /// deviation is negative or not finite.</exception>
    public static Tensor<float> RandomNormal(
        Tensor<float> into,
        ulong seed,
        ulong stream = 0,
        float mean = 0,
        float standardDeviation = 1)
    {
        if (!float.IsFinite(mean) || !float.IsFinite(standardDeviation) || standardDeviation < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(standardDeviation),
                standardDeviation,
                "RandomNormal: the mean must be finite and the standard deviation finite and at "
                + $"least 0; got mean {mean}.");
        }

        return FillRandom(
            nameof(RandomNormal), into, new CounterRandom(seed, stream), true, mean,
            standardDeviation);
    }

    /// <summary>The numbers 0 … n − 1 in random order, every order equally likely.</summary>
    /// <remarks>
    /// <para>Fisher and Yates: for i = n − 1 … 1, entries i and
    /// <see cref="CounterRandom.Integer"/>(i, i + 1) are swapped. The same order on any
    /// machine.</para>
    /// </remarks>
    /// <param name="n">How many numbers, at least 0.</param>
    /// <param name="seed">Which sequence of numbers.</param>
    /// <param name="stream">Which of the seed's independent streams.</param>
    /// <returns>int32 [n]; the caller owns it.</returns>
    /// <exception cref="ShapeException">n is negative.</exception>
    public static Tensor<int> RandomPermutation(int n, ulong seed, ulong stream = 0)
    {
        if (n < 0)
        {
            throw new ShapeException($"RandomPermutation: n must be at least 0; got {n}.");
        }

        var random = new CounterRandom(seed, stream);
        Tensor<int> permutation = Tensor.Empty<int>([n]);
        Span<int> order = permutation.WritableSpan;
        for (int i = 0; i < n; i++)
        {
            order[i] = i;
        }

        for (int i = n - 1; i > 0; i--)
        {
            int other = random.Integer((ulong)i, i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return permutation;
    }

    private static Tensor<float> FillRandom(
        string op, Tensor<float> into, CounterRandom random, bool normal, float a, float b)
    {
        Device.RequireCpu(op, into);
        into.RequireWritable(op);
        if (into.IsContiguous)
        {
            RandomFill.Run(into, random, normal, a, b);
            into.MarkWritten();
            into.KeepAlive();
        }
        else
        {
            using Tensor<float> values = Tensor.Empty<float>(into.Shape, into.Device);
            RandomFill.Run(values, random, normal, a, b);
            into.CopyFrom(values);
        }

        return into;
    }
}
