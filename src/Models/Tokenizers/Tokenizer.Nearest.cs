namespace Vitrine.Models.Tokenizers;

/// <content>Suggestions for a word that is not one token.</content>
public sealed partial class Tokenizer
{
    private const double SpaceOrCase = 0.25;

    /// <summary>The single tokens whose text is closest to a text.</summary>
    /// <remarks> Distance is the number of characters to insert, delete, replace or swap with a
    /// neighbour (Damerau 1964, restricted), where case and the leading space count a quarter each;
    /// among equal ones the lower id, usually the commoner token, comes first. </remarks>
    /// <param name="text">Any text; only the first 64 characters count.</param>
    /// <param name="count">How many to give at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IReadOnlyList<int> NearestSingle(string text, int count)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        const int Longest = 64;
        string wanted = text.Length > Longest ? text[..Longest] : text;
        string core = Core(wanted);
        var nearest = new PriorityQueue<int, (double, int)>();
        for (int id = 0; id < _own; id++)
        {
            if (Class(id) is TokenClass.PartialUtf8 or TokenClass.SpaceOrControl)
            {
                continue;
            }

            double distance = Distance(wanted, core, Text(id));
            nearest.Enqueue(id, (-distance, -id));
            if (nearest.Count > count)
            {
                nearest.Dequeue();
            }
        }

        var ids = new int[nearest.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
        {
            ids[i] = nearest.Dequeue();
        }

        return ids;
    }

    private static double Distance(string wanted, string core, string candidate)
    {
        string other = Core(candidate);
        double distance = EditDistance.Between(core, other);
        if (wanted.StartsWith(' ') != candidate.StartsWith(' '))
        {
            distance += SpaceOrCase;
        }

        if (!wanted.AsSpan().TrimStart(' ').StartsWith(candidate.AsSpan().TrimStart(' ')[..1]))
        {
            distance += SpaceOrCase;
        }

        return distance;
    }

    private static string Core(string text) => text.TrimStart(' ').ToLowerInvariant();
}
