namespace Vitrine.Models;

/// <summary>How far a text is from another, to offer the nearest names and words.</summary>
internal static class EditDistance
{
    /// <summary>The number of characters to insert, delete, replace or swap with a neighbouring one
    /// (Damerau 1964, restricted: a swapped pair is not edited again).</summary>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<int> rows = stackalloc int[3 * (b.Length + 1)];
        Span<int> before = rows[..(b.Length + 1)];
        Span<int> above = rows.Slice(b.Length + 1, b.Length + 1);
        Span<int> row = rows[(2 * (b.Length + 1))..];
        for (int j = 0; j <= b.Length; j++)
        {
            above[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above[j], row[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            Span<int> freed = before;
            before = above;
            above = row;
            row = freed;
        }

        return above[b.Length];
    }
}
