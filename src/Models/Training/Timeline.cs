namespace Vitrine.Models.Training;

/// <summary>The steps at which a run keeps its weights.</summary>
/// <remarks>0, 1, 2, 4, … while the weights change fast, then ten evenly spaced ones, at least ten
/// steps apart, the last of them the final step: 17 of a run of 600, 6 of a run of 10.</remarks>
public static class Timeline
{
    private const int MostParts = 10;
    private const int LeastGap = 10;

    /// <summary>The numbers of steps done, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is
    /// negative.</exception>
    public static IReadOnlyList<int> Of(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        int parts = Math.Clamp(steps / LeastGap, 1, MostParts);
        var kept = new SortedSet<int> { 0, steps };
        for (int step = 1; step < steps / (double)parts; step *= 2)
        {
            kept.Add(step);
        }

        for (int part = 1; part < parts; part++)
        {
            kept.Add((int)((long)steps * part / parts));
        }

        return [.. kept];
    }
}
