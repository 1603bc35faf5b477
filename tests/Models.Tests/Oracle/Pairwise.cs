namespace Vitrine.Models.Tests.Oracle;

/// <summary>Few combinations of choices in which every pair of values of every two choices
/// occurs.</summary>
internal static class Pairwise
{
    /// <summary>Greedy: of all combinations, that with the most pairs not yet seen, until none is
    /// left.</summary>
    /// <param name="values">How many values each choice has.</param>
    /// <returns>Combinations, an index for each choice.</returns>
    public static IReadOnlyList<int[]> Of(params int[] values)
    {
        int[][] all = [.. All(values)];
        var missing = all.SelectMany(Pairs).ToHashSet();
        var chosen = new List<int[]>();
        while (missing.Count > 0)
        {
            int[] best = all.MaxBy(row => Pairs(row).Count(missing.Contains))!;
            chosen.Add(best);
            missing.ExceptWith(Pairs(best));
        }

        return chosen;
    }

    private static IEnumerable<int[]> All(int[] values) => values.Aggregate(
        (IEnumerable<int[]>)[[]],
        (rows, count) => rows.SelectMany(
            _ => Enumerable.Range(0, count), (row, value) => (int[])[.. row, value]));

    private static IEnumerable<(int, int, int, int)> Pairs(int[] row) =>
        from i in Enumerable.Range(0, row.Length)
        from j in Enumerable.Range(i + 1, row.Length - i - 1)
        select (i, row[i], j, row[j]);
}

public class PairwiseTests
{
    [Fact]
    public void EveryPairOccursInFewCombinations()
    {
        IReadOnlyList<int[]> rows = Pairwise.Of(7, 2, 2, 2, 2, 2);
        Assert.InRange(rows.Count, 14, 18);
        Assert.Equal(7 * 2, rows.Select(row => (row[0], row[5])).Distinct().Count());
        Assert.Equal(2 * 2, rows.Select(row => (row[2], row[4])).Distinct().Count());
    }
}
