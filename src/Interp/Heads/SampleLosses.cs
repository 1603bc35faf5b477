namespace Vitrine.Interp.Heads;

/// <summary>The loss on repeated random tokens, in nats per token: over tokens 2 … n of each copy
/// of n, since the first token of the second copy is unpredictable.</summary>
/// <param name="First">In the first copy, where nothing is predictable.</param>
/// <param name="Second">In the second copy.</param>
/// <param name="FirstDeviation">The standard deviation over sequences; null with one.</param>
/// <param name="SecondDeviation">Likewise.</param>
public sealed record RepeatLoss(
    double First, double Second, double? FirstDeviation, double? SecondDeviation)
{
    /// <summary>The gain from repetition: first minus second.</summary>
    public double Gain => First - Second;

    /// <summary>Averages the losses of sequences.</summary>
    /// <param name="losses">−ln p of the token after each position but the last, for each sequence,
    /// <c>[pos − 1]</c>.</param>
    /// <param name="tokens">The sequences.</param>
    public static RepeatLoss Of(IReadOnlyList<float[]> losses, RepeatedTokens tokens)
    {
        // losses[i] is that of token i + 1; the first token of a sequence is not predicted.
        int middle = tokens.Start + tokens.Length - 1;
        var first = Spread.Of([.. losses.Select(row => Mean(row, tokens.Start, middle))]);
        var second = Spread.Of([.. losses.Select(row => Mean(row, middle + 1, row.Length))]);
        return new RepeatLoss(first.Mean, second.Mean, first.Deviation, second.Deviation);
    }

    internal static double Mean(float[] row, int from, int to)
    {
        double sum = 0;
        for (int i = from; i < to; i++)
        {
            sum += row[i];
        }

        return sum / (to - from);
    }
}

/// <summary>How much better tokens late in a context are predicted than early ones.
/// <code>score = mean loss of the last quarter of positions − mean loss of the first</code>
/// </summary>
/// <remarks>Negative where context helps. Olsson et al. (2022) take the loss at position 500 minus
/// that at position 50 of 512; quarters are less noisy and fit any length.</remarks>
/// <param name="Early">The loss of the first quarter, nats per token.</param>
/// <param name="Late">The loss of the last quarter, nats per token.</param>
/// <param name="Deviation">The standard deviation of the score over sequences; null with
/// one.</param>
public sealed record InContextScore(double Early, double Late, double? Deviation)
{
    /// <summary>Late minus early, in nats per token.</summary>
    public double Score => Late - Early;

    /// <summary>The number of sequences.</summary>
    public int Sequences { get; init; }

    /// <summary>The standard error of the score, nats per token; null with one sequence.</summary>
    public double? StandardError => Deviation / Math.Sqrt(Sequences);

    /// <summary>Whether context helps significantly: the score is below 0 by more than two standard
    /// errors.</summary>
    public bool IsSeen => Score < -2 * StandardError;

    /// <summary>Averages the losses of sequences.</summary>
    /// <param name="losses">The losses by position for each sequence, all of the same
    /// length.</param>
    public static InContextScore Of(IReadOnlyList<float[]> losses)
    {
        int quarter = Math.Max(1, losses[0].Length / 4);
        double[] early = [.. losses.Select(row => RepeatLoss.Mean(row, 0, quarter))];
        double[] late =
            [.. losses.Select(row => RepeatLoss.Mean(row, row.Length - quarter, row.Length))];
        double? deviation = Spread.Of([.. late.Zip(early, (l, e) => l - e)]).Deviation;
        return new InContextScore(early.Average(), late.Average(), deviation)
        {
            Sequences = losses.Count,
        };
    }
}
