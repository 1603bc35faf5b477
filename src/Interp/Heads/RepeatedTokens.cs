using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Heads;

/// <summary>Sequences of repeated random tokens: the test that reveals induction heads.
/// <code>[first] x_1 … x_n x_1 … x_n</code></summary>
/// <remarks>The tokens of a sequence are drawn uniformly from a list without replacement, so every
/// token of the second copy has exactly one earlier occurrence, and only the repetition predicts
/// it. Drawn by counter: the same seed gives the same sequences on any machine, and a smaller draw
/// is a prefix of a larger one. Olsson et al. (2022), "In-context Learning and Induction Heads",
/// the repeated random tokens of the section on prefix matching.</remarks>
public sealed class RepeatedTokens
{
    private const ulong Stream = 0x5245_5045_4154;

    /// <summary>Wraps existing sequences.</summary>
    /// <param name="sequences">Each <c>[start + 2 · length]</c>.</param>
    /// <param name="length">n.</param>
    /// <exception cref="ArgumentException">A sequence is not two equal copies after at most one
    /// other token, or there is none.</exception>
    public RepeatedTokens(IReadOnlyList<int[]> sequences, int length)
        : this(sequences, length, sequences.Count > 0 ? sequences[0].Length - (2 * length) : -1)
    {
        if (Start is not (0 or 1) || !sequences.All(IsRepeated))
        {
            throw new ArgumentException(
                $"RepeatedTokens: each sequence must be {length} tokens and the same {length} "
                + $"again, after at most one other token; got {sequences.Count} sequences of "
                + $"{string.Join(", ", sequences.Select(row => row.Length).Distinct())} tokens.",
                nameof(sequences));
        }

        bool IsRepeated(int[] row) => row.Length == Positions
            && row.AsSpan(Start, length).SequenceEqual(row.AsSpan(Start + length));
    }

    private RepeatedTokens(
        IReadOnlyList<int[]> sequences, int length, int start, int? types = null) =>
        (Sequences, Length, Start, Types) = (sequences, length, start, types);

    /// <summary>The sequences, each <c>[start + 2 · length]</c>.</summary>
    public IReadOnlyList<int[]> Sequences { get; }

    /// <summary>n: the tokens of one copy.</summary>
    public int Length { get; }

    /// <summary>The start of the first copy: 1 if a token precedes it, else 0.</summary>
    public int Start { get; }

    /// <summary>How many types the tokens were drawn from; null if unknown.</summary>
    public int? Types { get; }

    /// <summary>The tokens of a sequence: both copies and any token before them.</summary>
    public int Positions => Start + (2 * Length);

    /// <summary>Draws sequences of a text's commonest tokens, after end-of-text, with copies of the
    /// requested length or as long as the context allows.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="types">How many of its commonest types tokens are drawn from.</param>
    /// <param name="context">The maximum number of tokens that a model sees; 0 for no
    /// limit.</param>
    /// <param name="length">n, if context and types allow.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the context
    /// cannot hold two copies.</exception>
    public static RepeatedTokens OfCommon(
        Corpus corpus, int types, int context, int length, int sequences, ulong seed)
    {
        int[] ids = corpus.CommonTokens(types);
        int longest = context == 0 ? length : (context - 1) / 2;
        return Draw(
            ids, Math.Min(length, Math.Min(longest, ids.Length)), sequences, seed,
            corpus.Tokenizer.EndOfText);
    }

    /// <summary>Draws sequences.</summary>
    /// <param name="ids">The ids to draw from; an id that occurs twice is twice as likely.</param>
    /// <param name="length">n.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="first">The token before each, such as end-of-text; null for none.</param>
    /// <exception cref="ArgumentException">There are fewer ids than one copy has
    /// tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public static RepeatedTokens Draw(
        ReadOnlySpan<int> ids, int length, int sequences, ulong seed, int? first)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        if (ids.Length < length)
        {
            throw new ArgumentException(
                $"RepeatedTokens: a copy needs {length} different tokens; got a list of "
                + $"{ids.Length}; use a shorter copy or a longer list.", nameof(ids));
        }

        int start = first is null ? 0 : 1;
        int[] left = ids.ToArray();
        var rows = new int[sequences][];
        for (int row = 0; row < sequences; row++)
        {
            // A shuffle that stops after n places; each sequence starts from the given order.
            ids.CopyTo(left);
            var random = new CounterRandom(seed, Stream + (ulong)row);
            int[] tokens = rows[row] = new int[start + (2 * length)];
            if (first is { } token)
            {
                tokens[0] = token;
            }

            for (int i = 0; i < length; i++)
            {
                int at = i + random.Integer((ulong)i, left.Length - i);
                (left[i], left[at]) = (left[at], left[i]);
                tokens[start + i] = tokens[start + length + i] = left[i];
            }
        }

        return new RepeatedTokens(rows, length, start, ids.Length);
    }

    /// <summary>The first sequences, at most <paramref name="count"/>.</summary>
    internal RepeatedTokens First(int count) =>
        new([.. Sequences.Take(count)], Length, Start, Types);
}
