namespace Vitrine.Models.Training;

/// <summary>At which steps a run keeps its weights.</summary>
/// <remarks>0, 1, 2, 4, … while much changes in few steps, then ten evenly spaced ones, the last
/// of them the final step: about 17 of a run of 600.</remarks>
public static class Timeline
{
    private const int EvenParts = 10;

    /// <summary>The numbers of steps done, ascending.</summary>
    public static IReadOnlyList<int> Of(int steps)
    {
        var kept = new SortedSet<int> { 0, steps };
        for (int step = 1; step < steps / (double)EvenParts; step *= 2)
        {
            kept.Add(step);
        }

        for (int part = 1; part < EvenParts; part++)
        {
            kept.Add((int)((long)steps * part / EvenParts));
        }

        return [.. kept];
    }
}
