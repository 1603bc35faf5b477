namespace Vitrine.Interp.Heads;

/// <summary>One number for every head, with its spread over sequences.</summary>
/// <param name="Name">What is measured: one of <see cref="HeadScoreNames"/>.</param>
/// <param name="Mean">The mean over sequences, <c>[layer][head]</c>.</param>
/// <param name="Deviation">The standard deviation over sequences (of a sample: n − 1),
/// <c>[layer][head]</c>; null with one sequence.</param>
/// <param name="Uniform">The score of uniform attention; null if not meaningful.</param>
public sealed record HeadScore(string Name, double[][] Mean, double[][]? Deviation, double? Uniform)
{
    /// <summary>The mean of a head.</summary>
    internal double this[Head head] => Mean[head.Layer][head.Index];

    /// <summary>Every head, layer by layer.</summary>
    internal IEnumerable<Head> Heads => Head.All(Mean.Length, Mean[0].Length);

    /// <summary>The head with the highest mean; the first if tied.</summary>
    public Head Best() => Heads.MaxBy(head => this[head]);

    /// <summary>The standard deviation of a head; null with one sequence.</summary>
    internal double? DeviationOf(Head head) => Deviation?[head.Layer][head.Index];
}

/// <summary>The names of scores, in the order of tables.</summary>
public static class HeadScoreNames
{
    /// <summary>Attention to the token after the latest earlier occurrence of the current
    /// token.</summary>
    public const string PrefixMatching = "prefixMatching";

    /// <summary>How much attending to a token raises that token's logit.</summary>
    public const string Copying = "copying";

    /// <summary>Attention to the previous token.</summary>
    public const string PreviousToken = "previousToken";

    /// <summary>Attention to earlier occurrences of the current token.</summary>
    public const string DuplicateToken = "duplicateToken";

    /// <summary>Attention to the tokens after all earlier occurrences of the current
    /// token.</summary>
    public const string Induction = "induction";

    /// <summary>Attention to the first token.</summary>
    public const string FirstToken = "firstToken";

    /// <summary>Attention to the token itself.</summary>
    public const string CurrentToken = "currentToken";
}
