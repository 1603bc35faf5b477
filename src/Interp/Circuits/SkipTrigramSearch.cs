using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>Finds strong skip-trigrams: of all triples of tokens, of those that copy, of those that
/// a text has, and those that the factored form forces though the text never has them.</summary>
/// <remarks>Nothing is sampled: for every source the strongest destinations and outputs are enough
/// to form its strongest triples, since the strength is a product; and the text is walked over as a
/// whole.</remarks>
internal static class SkipTrigramSearch
{
    private const int SourcesAtOnce = 256;

    /// <summary>The strongest of all triples of the included tokens, at most a few per
    /// source.</summary>
    public static ScoredTrigram[] Strongest(
        SkipTrigramScores scores, TokenSubset tokens, int count, int perSource)
    {
        var best = new StrongestTrigrams(tokens.Vocabulary, perSource);
        int wanted = Math.Min(perSource, tokens.Ids.Length);
        ForEachSource(scores, tokens, wanted, (source, destinations, effects) =>
        {
            foreach ((int destination, float score) in destinations)
            {
                foreach ((int output, float effect) in effects)
                {
                    best.Offer(new ScoredTrigram(
                        new SkipTrigram(source, destination, output), score, effect));
                }
            }
        });
        return best.Falling(count);
    }

    /// <summary>The strongest that copy: for each source its best destination, and itself as the
    /// out token.</summary>
    public static ScoredTrigram[] Copying(SkipTrigramScores scores, TokenSubset tokens, int count)
    {
        var best = new StrongestTrigrams(tokens.Vocabulary, 1);
        ForEachSource(scores, tokens, 1, (source, destinations, _) => best.Offer(new ScoredTrigram(
            new SkipTrigram(source, destinations[0].Id, source),
            destinations[0].Value,
            scores.Circuits.OV[source, source])));
        return best.Falling(count);
    }

    /// <summary>Those that occur at least that often in a text, the strongest for each
    /// head.</summary>
    /// <returns>The results for each head.</returns>
    public static StrongestTrigrams[] Occurring(
        IReadOnlyList<SkipTrigramScores> heads, TokenSubset tokens, SkipTrigramText text,
        int minCount, int perSource, CancellationToken cancellation = default) =>
        Occurring(heads, tokens, text, minCount, perSource, [InText], cancellation)[0];

    /// <summary>Those that occur at least that often in a text, the strongest for each ranking and
    /// head.</summary>
    /// <returns>The results for each ranking, then head.</returns>
    public static StrongestTrigrams[][] Occurring(
        IReadOnlyList<SkipTrigramScores> heads, TokenSubset tokens, SkipTrigramText text,
        int minCount, int perSource, TrigramRanking[] rankings,
        CancellationToken cancellation = default)
    {
        StrongestTrigrams[][] best = [.. rankings.Select(_ => heads.Select(
            _ => new StrongestTrigrams(tokens.Vocabulary, perSource)).ToArray())];
        bool[] isRead = new bool[tokens.Vocabulary];
        foreach (int id in tokens.Ids)
        {
            isRead[id] = true;
        }

        text.Frequent(
            minCount,
            isRead,
            [.. heads.Select(head => head.ByDistance)],
            (trigram, _, nearness) =>
            {
                for (int head = 0; head < heads.Count; head++)
                {
                    for (int i = 0; i < rankings.Length; i++)
                    {
                        best[i][head].Offer(
                            rankings[i](heads[head], trigram, nearness[head], text.Window / 2));
                    }
                }
            },
            cancellation);
        return best;
    }

    /// <summary>By score × effect in the text: <see cref="SkipTrigramScores.InText"/>.</summary>
    public static ScoredTrigram InText(
        SkipTrigramScores head, SkipTrigram trigram, double nearness, int others) =>
        head.InText(trigram, nearness, others);

    /// <summary>By score × effect of the weights alone.</summary>
    public static ScoredTrigram ByWeights(
        SkipTrigramScores head, SkipTrigram trigram, double nearness, int others) =>
        head[trigram];

    /// <summary>The bugs of a head: if <c>s … d → o</c> and <c>s … d′ → o′</c> are strong and
    /// occur, QK × OV raises <c>s … d → o′</c> too, since attention is chosen independently of what
    /// is written.</summary>
    /// <param name="occurring">The skip-trigrams in the text, by source.</param>
    /// <param name="scores">The head.</param>
    /// <param name="text">The text in which the forced one must never occur, nor its pair without
    /// the source.</param>
    /// <param name="count">How many.</param>
    public static ForcedTrigram[] UnintendedTrigrams(
        StrongestTrigrams occurring, SkipTrigramScores scores, SkipTrigramText text, int count)
    {
        var forced = new Dictionary<SkipTrigram, ForcedTrigram>();
        foreach (IReadOnlyList<ScoredTrigram> strong in occurring.BySource())
        {
            foreach (ScoredTrigram one in strong)
            {
                foreach (ScoredTrigram other in strong)
                {
                    var crossed = new SkipTrigram(
                        one.Trigram.Source, one.Trigram.Destination, other.Trigram.Out);
                    if (one.Trigram.Destination != other.Trigram.Destination
                        && one.Trigram.Out != other.Trigram.Out
                        && !forced.ContainsKey(crossed)
                        && text.CountPair(crossed.Destination, crossed.Out) == 0)
                    {
                        forced[crossed] = new ForcedTrigram(
                            scores[crossed], one.Trigram.Out, other.Trigram.Destination);
                    }
                }
            }
        }

        return
        [
            .. forced.Values.Where(bug => bug.Scored.Strength > 0)
                .OrderBy(bug => bug.Scored, StrongestTrigrams.Stronger).Take(count),
        ];
    }

    private static void ForEachSource(
        SkipTrigramScores scores, TokenSubset tokens, int wanted,
        Action<int, (int Id, float Value)[], (int Id, float Value)[]> each)
    {
        using HeadCircuits among = scores.Circuits.Among(tokens.Ids);
        for (int start = 0; start < tokens.Ids.Length; start += SourcesAtOnce)
        {
            int sources = Math.Min(SourcesAtOnce, tokens.Ids.Length - start);
            (int, float)[][] destinations = Best(
                among.QK.Right.Slice(0, start, sources), among.QK.Left, wanted, tokens);
            (int, float)[][] effects = Best(
                among.OV.Left.Slice(0, start, sources), among.OV.Right, wanted, tokens);
            for (int i = 0; i < sources; i++)
            {
                each(tokens.Ids[start + i], destinations[i], effects[i]);
            }
        }
    }

    private static (int, float)[][] Best(
        Tensor<float> sources, Tensor<float> others, int wanted, TokenSubset tokens)
    {
        using Tensor<float> products = Ops.MatMul(sources, others.Transpose());
        (Tensor<float> values, Tensor<int> indices) = Ops.TopK(products, wanted);
        using (values)
        using (indices)
        {
            var best = new (int, float)[sources.Shape[0]][];
            for (int row = 0; row < best.Length; row++)
            {
                best[row] = new (int, float)[wanted];
                for (int i = 0; i < wanted; i++)
                {
                    best[row][i] = (tokens.Ids[indices[row, i]], values[row, i]);
                }
            }

            return best;
        }
    }
}

/// <summary>The strength of a skip-trigram in a text, for one head.</summary>
/// <param name="head">The head.</param>
/// <param name="trigram">The tokens.</param>
/// <param name="nearness">The mean contribution of the source's distance to the score.</param>
/// <param name="others">The number of other tokens in the context.</param>
internal delegate ScoredTrigram TrigramRanking(
    SkipTrigramScores head, SkipTrigram trigram, double nearness, int others);

/// <summary>A skip-trigram that the factored form forces.</summary>
/// <param name="Scored">It.</param>
/// <param name="KnownOut">The out token that its destination predicts after the source.</param>
/// <param name="KnownDestination">The destination that its out token follows after the
/// source.</param>
internal readonly record struct ForcedTrigram(
    ScoredTrigram Scored, int KnownOut, int KnownDestination);
