using Vitrine.Tensors;

namespace Vitrine.Interp.Heads;

/// <summary>Where a head of a certain kind would attend: a set of keys for every query.
/// <code>D[i, j] = 1 if j is one of them, else 0</code></summary>
/// <remarks>Kinds and the two measures <see cref="Share"/> and <see cref="Likeness"/> are those of
/// TransformerLens' head detector; the kinds themselves come from Olsson et al. (2022) and Wang et
/// al. (2022).</remarks>
public sealed class DetectionPattern
{
    private readonly int[][] _keys;

    private DetectionPattern(int[][] keys)
    {
        _keys = keys;
        Queries = keys.Count(some => some.Length > 0);
    }

    /// <summary>The tokens of the sequence.</summary>
    public int Positions => _keys.Length;

    /// <summary>Queries with at least one key.</summary>
    public int Queries { get; }

    /// <summary><see cref="MeanAttention"/> of a head that attends uniformly to all it can see.
    /// <code>mean_i |D_i| / (i + 1), over the queries i that have keys</code></summary>
    public double UniformAttention =>
        _keys.Select((some, i) => some.Length / (i + 1.0)).Sum() / Queries;

    /// <summary>The previous token: j = i − 1.</summary>
    public static DetectionPattern PreviousToken(ReadOnlySpan<int> tokens) =>
        AtDistance(tokens.Length, 1);

    /// <summary>The token a fixed distance back, whatever it is: j = i − distance.</summary>
    /// <param name="positions">The tokens of the sequence.</param>
    /// <param name="distance">How far back.</param>
    public static DetectionPattern AtDistance(int positions, int distance) =>
        new([.. Enumerable.Range(0, positions).Select(
            i => i >= distance ? new[] { i - distance } : [])]);

    /// <summary>The token itself: j = i. The first position, which sees nothing else, is left
    /// out.</summary>
    public static DetectionPattern CurrentToken(ReadOnlySpan<int> tokens) =>
        new([.. Enumerable.Range(0, tokens.Length).Select(i => i > 0 ? new[] { i } : [])]);

    /// <summary>The first token: j = 0, for all queries but the first.</summary>
    public static DetectionPattern FirstToken(ReadOnlySpan<int> tokens) =>
        new([.. Enumerable.Range(0, tokens.Length).Select(i => i > 0 ? new[] { 0 } : [])]);

    /// <summary>Earlier tokens equal to this one: t[j] = t[i], j &lt; i.</summary>
    public static DetectionPattern DuplicateToken(ReadOnlySpan<int> tokens) => new(Earlier(tokens));

    /// <summary>The tokens after earlier tokens equal to this one: t[j − 1] = t[i], j ≤
    /// i.</summary>
    public static DetectionPattern Induction(ReadOnlySpan<int> tokens) =>
        new([.. Earlier(tokens).Select(some => some.Select(j => j + 1).ToArray())]);

    /// <summary>The token after the latest earlier token equal to this one.</summary>
    public static DetectionPattern LatestInduction(ReadOnlySpan<int> tokens) =>
        new([.. Earlier(tokens).Select(some => some.Length > 0 ? new[] { some[^1] + 1 } : [])]);

    /// <summary>The keys of a query, ascending.</summary>
    public ReadOnlySpan<int> Keys(int query) => _keys[query];

    /// <summary>The mean share of attention that a query gives to its keys, over the queries that
    /// have any.
    /// <code>mean_i Σ_j P[i, j] D[i, j],  i with Σ_j D[i, j] &gt; 0</code>
    /// With <see cref="LatestInduction"/> the prefix-matching score, with
    /// <see cref="PreviousToken"/> the mean of the diagonal below the main one.</summary>
    /// <param name="pattern">P, float32 [queryPos, keyPos], row-major.</param>
    /// <exception cref="ShapeException">The pattern is of another length.</exception>
    /// <exception cref="InvalidOperationException">No query has a key.</exception>
    public double MeanAttention(ReadOnlySpan<float> pattern)
    {
        Check(pattern);
        return Queries > 0
            ? Inside(pattern, 0, excluding: false) / Queries
            : throw new InvalidOperationException(
                $"DetectionPattern: none of the {Positions} tokens has a key to attend to; use a "
                + "longer text.");
    }

    /// <summary>The share of all attention that goes to the keys.
    /// <code>Σ P D / Σ P</code></summary>
    /// <param name="pattern">P, float32 [queryPos, keyPos], row-major.</param>
    /// <param name="excluding">Whether attention to the first token and to the token itself is set
    /// to 0 first.</param>
    /// <exception cref="ShapeException">The pattern is of another length.</exception>
    public double Share(ReadOnlySpan<float> pattern, bool excluding = false)
    {
        Check(pattern);
        return Inside(pattern, 0, excluding) / All(pattern, excluding);
    }

    /// <summary>The similarity of pattern and detection pattern.
    /// <code>1 − Σ |P − D| / pos</code></summary>
    /// <param name="pattern">P, float32 [queryPos, keyPos], row-major.</param>
    /// <param name="excluding">Whether differences at the first token and at the token itself do
    /// not count.</param>
    /// <exception cref="ShapeException">The pattern is of another length.</exception>
    public double Likeness(ReadOnlySpan<float> pattern, bool excluding = false)
    {
        Check(pattern);
        double inside = Inside(pattern, 0, excluding);
        double missing = Inside(pattern, 1, excluding);
        return 1 - ((All(pattern, excluding) - inside + missing) / Positions);
    }

    private static int[][] Earlier(ReadOnlySpan<int> tokens)
    {
        var seen = new Dictionary<int, List<int>>();
        var keys = new int[tokens.Length][];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!seen.TryGetValue(tokens[i], out List<int>? places))
            {
                seen[tokens[i]] = places = [];
            }

            keys[i] = [.. places];
            places.Add(i);
        }

        return keys;
    }

    // Σ P over the keys, or with 1 as `from` Σ |1 − P|: a weight is never above 1.
    private double Inside(ReadOnlySpan<float> pattern, int from, bool excluding)
    {
        double sum = 0;
        for (int i = 0; i < Positions; i++)
        {
            foreach (int j in _keys[i])
            {
                if (!excluding || (j != 0 && j != i))
                {
                    sum += Math.Abs(from - (double)pattern[(i * Positions) + j]);
                }
            }
        }

        return sum;
    }

    private double All(ReadOnlySpan<float> pattern, bool excluding)
    {
        double sum = 0;
        for (int i = 0; i < Positions; i++)
        {
            for (int j = 0; j < Positions; j++)
            {
                if (!excluding || (j != 0 && j != i))
                {
                    sum += pattern[(i * Positions) + j];
                }
            }
        }

        return sum;
    }

    private void Check(ReadOnlySpan<float> pattern)
    {
        if (pattern.Length != (long)Positions * Positions)
        {
            throw new ShapeException(
                $"DetectionPattern: the pattern must be [{Positions}, {Positions}]; got "
                + $"{pattern.Length} values.");
        }
    }
}
