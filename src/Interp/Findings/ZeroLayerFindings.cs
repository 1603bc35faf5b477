using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;

namespace Vitrine.Interp.Findings;

/// <summary>What an analysis of a 0-layer model found, in sentences computed from it.</summary>
internal static partial class ZeroLayerFindings
{
    private const double GoodShareOfCeiling = 0.9;

    /// <summary>The sentences, in the order of the report.</summary>
    public static IReadOnlyList<Finding> Of(ZeroLayerAnalysis analysis)
    {
        var findings = new List<Finding>
        {
            AgainstBigram(analysis.Losses),
            AgainstUnigram(analysis.Losses),
            Followers(analysis.Followers),
            Heads(analysis.Followers),
        };
        foreach (NeighbourScore score in analysis.Neighbours)
        {
            findings.Add(SameClass(score));
            if (score.Groups.Count > 0)
            {
                findings.Add(Group(score));
            }
        }

        return findings;
    }

    private static Finding AgainstBigram(LossComparison losses)
    {
        LossEstimate gap = losses.AboveBigram;
        bool unclear = gap.Low <= 0 && gap.High >= 0;
        string interval = gap.Low is { } low && gap.High is { } high
            ? $" (95% over {gap.Documents} documents: {Numerals.Signed(low)} to {Numerals.Signed(high)})"
            : "";
        string verdict = unclear
            ? $"which {gap.Documents} documents cannot distinguish from the "
                + $"{Numerals.Score(losses.BigramHeldOut.Value)} of a Kneser–Ney bigram: the "
                + $"difference is {Numerals.Signed(gap.Value)}{interval}"
            : $"{Share(losses) ?? $"{Numerals.Score(Math.Abs(gap.Value))} nats"} "
                + $"{(gap.Value > 0 ? "above" : "below")} the "
                + $"{Numerals.Score(losses.BigramHeldOut.Value)} of a Kneser–Ney bigram of the "
                + $"same text; the difference is {Numerals.Signed(gap.Value)}{interval}";
        return new Finding(
            losses.Kind,
            $"Over {Numerals.Count(losses.HeldOut.Tokens)} held-out tokens the model has "
            + $"{Numerals.Score(losses.HeldOut.Value)} nats per token "
            + $"(perplexity {Numerals.Count(losses.HeldOut.Perplexity)}), {verdict}.",
            unclear || losses.RelativeToBigram <= 0.03);
    }

    /// <summary>The distance from the bigram model, as a share of its loss; null if that exceeds 1,
    /// as for a loss near zero.</summary>
    internal static string? Share(LossComparison losses) =>
        Math.Abs(losses.RelativeToBigram) is <= 1 and var share ? Numerals.Percent(share) : null;

    private static Finding AgainstUnigram(LossComparison losses)
    {
        double gain = losses.UnigramHeldOut.Value - losses.HeldOut.Value;
        double spread = losses.HeldOut.Value - losses.Train.Value;
        string knows = gain > 0
            ? $"Knowing one token saves {Numerals.Score(gain)} nats over knowing none (unigram "
                + $"{Numerals.Score(losses.UnigramHeldOut.Value)})"
            : "Knowing one token saves nothing: the unigram model has "
                + $"{Numerals.Score(losses.UnigramHeldOut.Value)} nats";
        return new Finding(
            losses.Kind,
            $"{knows}; on its training text the model has {Numerals.Score(losses.Train.Value)}, "
            + $"{Numerals.Score(Math.Abs(spread))} "
            + $"{(spread >= 0 ? "less" : "more")} than on held-out text.",
            gain > 0);
    }

    private static Finding Followers(FollowerScore score)
    {
        bool near = score.ModelShare >= GoodShareOfCeiling * score.CorpusShare;
        return new Finding(
            score.Kind,
            $"{(near ? "" : "Only ")}{Numerals.Percent(score.ModelShare, 0)} of the "
            + $"{Numerals.Count(score.Pairs)} most frequent pairs have their second token in the "
            + "model's top five; the text's own top five hold "
            + $"{Numerals.Percent(score.CorpusShare, 0)}, the most that five tokens can.",
            near);
    }

    private static Finding Heads(FollowerScore score) => new(
        score.Kind,
        $"For {score.HeadsAgreed} of the {score.Heads} most frequent first tokens, the model's "
        + "likeliest next token is also the text's.",
        score.HeadsAgreed >= GoodShareOfCeiling * score.Heads);

    private static Finding SameClass(NeighbourScore score)
    {
        double chance = score.Baseline ?? 0;
        string judged = score.SameClassShare > chance ? "by chance it would be"
            : "no more than the chance level of";
        return new Finding(
            score.Kind,
            $"In {score.Matrix}, {Numerals.Percent(score.SameClassShare, 0)} of {Numerals.Count(score.Tokens)} "
            + "tokens have a nearest "
            + $"neighbour of their own class; {judged} {Numerals.Percent(chance, 0)}.",
            score.SameClassShare > chance);
    }

    /// <summary>The group of tokens that keeps together best.</summary>
    public static Finding Group(NeighbourScore score)
    {
        NeighbourGroup best =
            score.Groups.MaxBy(group => group.WithMemberNearest / (double)group.Members.Count)!;
        bool holds = 2 * best.WithMemberNearest >= best.Members.Count;
        string said = holds
            ? $"In {score.Matrix}, {best.WithMemberNearest} of {best.Members.Count} tokens that "
                + $"are a {best.Name} have another as their nearest neighbour (by chance "
                + $"{Numerals.Score(best.Expected)}): the most of {score.Groups.Count} groups."
            : $"In {score.Matrix}, none of {score.Groups.Count} groups stays together; the best is "
                + $"the {best.Name}, where {best.WithMemberNearest} of {best.Members.Count} have "
                + "another as their nearest neighbour.";
        return new Finding(score.Kind, said, holds);
    }
}
