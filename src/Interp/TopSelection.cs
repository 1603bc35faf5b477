using System.Numerics;

namespace Vitrine.Interp;

/// <summary>Keeps the best few of many scored items: a bounded heap whose root is the worst kept.
/// Higher scores first; ties by lower id. NaN is refused.</summary>
internal sealed class TopSelection<T>(int capacity)
    where T : IComparable<T>
{
    private readonly PriorityQueue<T, (double Score, T Id)> _kept = new(Worse);
    private double _floor = double.NegativeInfinity;

    /// <summary>Values below this need not be offered; may be read while other threads
    /// offer.</summary>
    public double Floor => Volatile.Read(ref _floor);

    public void Offer(T id, double score)
    {
        // Most items are worse than all that is kept: one comparison turns them away.
        if (score < _floor)
        {
            return;
        }

        if (double.IsNaN(score))
        {
            throw new ArithmeticException($"TopSelection: the score of item {id} is not a number.");
        }

        if (_kept.Count < capacity)
        {
            _kept.Enqueue(id, (score, id));
        }
        else if (capacity > 0)
        {
            _kept.EnqueueDequeue(id, (score, id));
        }

        if (_kept.Count == capacity && _kept.TryPeek(out _, out (double Score, T Id) worst))
        {
            Volatile.Write(ref _floor, worst.Score);
        }
    }

    /// <summary>The kept items, best first; removes them.</summary>
    public (T Id, double Score)[] Scored()
    {
        var best = new (T Id, double Score)[_kept.Count];
        for (int i = best.Length - 1; i >= 0; i--)
        {
            _kept.TryDequeue(out _, out (double Score, T Id) worst);
            best[i] = (worst.Id, worst.Score);
        }

        return best;
    }

    /// <inheritdoc cref="Scored"/>
    public T[] Descending() => [.. Scored().Select(one => one.Id)];

    private static Comparer<(double Score, T Id)> Worse { get; } =
        Comparer<(double Score, T Id)>.Create((x, y) =>
            x.Score != y.Score ? x.Score.CompareTo(y.Score) : y.Id.CompareTo(x.Id));
}

/// <summary>The best places of a row of scores.</summary>
internal static class TopSelection
{
    public static int[] Of<T>(ReadOnlySpan<T> scores, int count)
        where T : INumber<T>
    {
        var best = new TopSelection<int>(count);
        for (int i = 0; i < scores.Length; i++)
        {
            best.Offer(i, double.CreateChecked(scores[i]));
        }

        return best.Descending();
    }
}
