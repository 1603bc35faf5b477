using Vitrine.Interp.Heads;

namespace Vitrine.Interp.Patching;

/// <summary>Prompts on which an induction circuit shows: random tokens that begin to repeat, and
/// the same with two of the first copy exchanged.
/// <code>
/// clean    x_1 … A B … D E … x_n  x_1 … A   → B
/// corrupt  x_1 … D B … A E … x_n  x_1 … A   → E
/// </code></summary>
/// <remarks>Both prompts hold the same tokens and end alike; which token follows is told by the one
/// that stood after A. So what is restored is induction, not a habit of single tokens.</remarks>
public static class InductionPrompts
{
    /// <summary>The least tokens of a copy.</summary>
    public const int LeastLength = 6;

    /// <summary>The pairs, one of each sequence. A is the token at a quarter of the copy, D that at
    /// three quarters.</summary>
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
