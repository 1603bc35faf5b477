namespace Vitrine.Interp.Heads;

/// <summary>The commonest tokens of a text.</summary>
public static class CommonTokens
{
    /// <summary>The commonest types, falling; ties by lower id. Types that do not occur are never
    /// among them: a model knows nothing about those.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="vocabulary">How many types there are.</param>
    /// <param name="count">How many types at most.</param>
    /// <param name="except">A type that does not count, such as end-of-text; null for none.</param>
    public static int[] Of(ReadOnlySpan<int> stream, int vocabulary, int count, int? except)
    {
        int[] counts = new int[vocabulary];
        foreach (int token in stream)
        {
            counts[token]++;
        }

        if (except is { } type)
        {
            counts[type] = 0;
        }

        return TopSelection.OfPositive(counts, count);
    }
}
