using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Patching;

/// <summary>Prompts that reveal an induction circuit: random tokens that begin to repeat, and the
/// same with two tokens of the first copy swapped.
/// <code>
/// clean    x_1 … A B … D E … x_n  x_1 … A   → B
/// corrupt  x_1 … D B … A E … x_n  x_1 … A   → E
/// </code></summary>
/// <remarks>Both prompts contain the same tokens and have the same ending; the next token is
/// determined by the token that followed A. So patching restores induction, not statistics of
/// single tokens.</remarks>
public static class InductionPrompts
{
    /// <summary>The minimum length of a copy.</summary>
    public const int LeastLength = 6;

    /// <summary>The pairs, one per sequence. A is the token at a quarter of the copy, D the token
    /// at three quarters.</summary>
    /// <param name="tokens">Repeated random tokens; the first copy is used.</param>
    /// <exception cref="ArgumentException">A copy is too short.</exception>
    public static PromptPairs Of(RepeatedTokens tokens)
    {
        int n = tokens.Length;
        if (n < LeastLength)
        {
            throw new ArgumentException(
                $"InductionPrompts: a copy must have at least {LeastLength} tokens; got {n}.",
                nameof(tokens));
        }

        (int a, int d) = (tokens.Start + (n / 4), tokens.Start + (3 * n / 4));
        int[][] clean =
        [
            .. tokens.Sequences.Select(row =>
                row[..(n + a + 1)]),
        ];
        int[][] corrupt =
        [
            .. clean.Select(row =>
            {
                int[] swapped = [.. row];
                (swapped[a], swapped[d]) = (row[d], row[a]);
                return swapped;
            }),
        ];
        return new PromptPairs(
            clean, corrupt, [.. clean.Select(row => row[a + 1])],
            [.. clean.Select(row => row[d + 1])]);
    }
}
