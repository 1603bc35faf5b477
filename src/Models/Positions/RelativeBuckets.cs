using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>The distance buckets for which T5's relative bias learns a number (Raffel et al.
/// 2020).</summary>
/// <remarks>Near keys have their own bucket, farther ones share buckets whose width grows with the
/// distance, and the last bucket holds everything from <c>maxDistance</c> on.</remarks>
public static class RelativeBuckets
{
    // An edge is a power that has no exact logarithm; no other distance comes this close to one.
    private const double EdgeTolerance = 1e-9;

    /// <summary>The bucket of a key.
    /// <code>
    /// causal:      n = max(distance, 0),  b = buckets,      first = 0
    /// both ways:   n = |distance|,        b = buckets / 2,  first = b for keys after the query
    /// n &lt; h = b / 2:  bucket = first + n
    /// otherwise:      bucket = first + min(h + ⌊ln(n / h) / ln(maxDistance / h) · (b − h)⌋, b − 1)
    /// </code></summary>
    /// <param name="distance">How many positions the key is before the query; negative after
    /// it.</param>
    /// <param name="causal">Whether keys after the query are never seen.</param>
    /// <param name="buckets">How many buckets there are: at least 2, or 4 and even both
    /// ways.</param>
    /// <param name="maxDistance">The distance from which all keys share the last bucket.</param>
    /// <returns>0 … buckets − 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too few buckets, or maxDistance is
    /// among those with their own bucket.</exception>
    public static int Of(int distance, bool causal = true, int buckets = 32, int maxDistance = 128)
    {
        int own = causal ? buckets : buckets / 2;
        int exact = own / 2;
        if (exact < 1 || (!causal && buckets % 2 != 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(buckets), buckets,
                "RelativeBuckets: buckets must be at least 2, or even and at least 4 both ways; "
                + $"got {buckets}.");
        }

        if (maxDistance <= exact)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxDistance), maxDistance,
                $"RelativeBuckets: maxDistance must exceed {exact}, the number of distances with "
                + $"their own bucket; got {maxDistance}.");
        }

        int first = !causal && distance < 0 ? own : 0;
        long n = causal ? Math.Max(distance, 0) : Math.Abs((long)distance);
        if (n < exact)
        {
            return first + (int)n;
        }

        double growth = Math.Log((double)n / exact) / Math.Log((double)maxDistance / exact);
        return first + Math.Min(exact + (int)((growth * (own - exact)) + EdgeTolerance), own - 1);
    }

    /// <summary>The buckets of all distances, in the order of the relative bias that
    /// <see cref="Ops.Attention"/> takes: gather a table [buckets, head] by them and
    /// transpose.</summary>
    /// <param name="queries">The number of queries.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="causal">Whether keys after the query are never seen.</param>
    /// <param name="buckets">How many buckets there are.</param>
    /// <param name="maxDistance">The distance from which all keys share the last bucket.</param>
    /// <returns>int32 [keys] for causal attention, [queries + keys − 1] otherwise; the caller owns
    /// it.</returns>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static Tensor<int> Table(
        int queries, int keys, bool causal = true, int buckets = 32, int maxDistance = 128)
    {
        int before = causal ? 0 : Math.Max(queries - 1, 0);
        Tensor<int> table = Tensor.Empty<int>([causal ? keys : Math.Max(queries + keys - 1, 0)]);
        Span<int> values = table.WritableSpan;
        for (int n = 0; n < values.Length; n++)
        {
            values[n] = Of(n - before, causal, buckets, maxDistance);
        }

        return table;
    }
}
