namespace Vitrine.Interp;

/// <summary>Keeps the best few of many scored items: a bounded heap whose root is the worst kept.
/// Higher scores first; ties by lower id. NaN is refused.</summary>
internal sealed class TopSelection(int capacity)
{
    private readonly PriorityQueue<int, (double Score, int Id)> _kept = new(Worse.Instance);
    private double _worst = double.NegativeInfinity;

    public static int[] Of(ReadOnlySpan<int> scores, int count)
    {
        var best = new TopSelection(count);
        for (int i = 0; i < scores.Length; i++)
        {
            best.Offer(i, scores[i]);
        }

        return best.Descending();
    }

    public static int[] OfPositive(ReadOnlySpan<int> scores, int count)
    {
        var best = new TopSelection(count);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > 0)
            {
                best.Offer(i, scores[i]);
            }
        }

        return best.Descending();
    }

    public static int[] Of(ReadOnlySpan<float> scores, int count)
    {
        var best = new TopSelection(count);
        for (int i = 0; i < scores.Length; i++)
        {
            best.Offer(i, scores[i]);
        }

        return best.Descending();
    }

    public void Offer(int id, double score)
    {
        if (score < _worst)
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

        // Most items are worse than all that is kept: one comparison turns them away.
        if (_kept.Count == capacity && _kept.TryPeek(out _, out (double Score, int Id) worst))
        {
            _worst = worst.Score;
        }
    }

    public int[] Descending()
    {
        int[] ids = new int[_kept.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
        {
            ids[i] = _kept.Dequeue();
        }

        return ids;
    }

    private sealed class Worse : IComparer<(double Score, int Id)>
    {
        public static Worse Instance { get; } = new();

        public int Compare((double Score, int Id) x, (double Score, int Id) y)
        {
            int byScore = x.Score.CompareTo(y.Score);
            return byScore != 0 ? byScore : y.Id.CompareTo(x.Id);
        }
    }
}
