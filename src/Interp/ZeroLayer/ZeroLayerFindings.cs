using System.Globalization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;

namespace Vitrine.Interp.ZeroLayer;

/// <summary>One sentence that the data say.</summary>
/// <param name="Section">The kind of result it is drawn from, as in
/// <see cref="Analysis.Kind"/>.</param>
/// <param name="Text">The sentence, with its numbers.</param>
/// <param name="Holds">Whether what one hopes for is so; a sentence says the opposite where it is
/// not.</param>
public sealed record Finding(string Section, string Text, bool Holds);

/// <summary>What an analysis of a 0-layer model found, in sentences computed from it.</summary>
public static class ZeroLayerFindings
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
            ? $" (95% over {gap.Documents} documents: {Signed(low)} to {Signed(high)})"
            : "";
        string verdict = unclear
            ? $"which {gap.Documents} documents cannot tell from the {Nats(losses.BigramHeldOut)} "
                + "of a Kneser–Ney bigram: "
                + $"the difference is {Signed(gap.Value)}{interval}"
            : $"{Percent(Math.Abs(losses.RelativeToBigram), 1)} "
                + $"{(gap.Value > 0 ? "above" : "below")} the "
                + $"{Nats(losses.BigramHeldOut)} of a Kneser–Ney bigram of the same text; the "
                + "difference is "
                + $"{Signed(gap.Value)}{interval}";
        return new Finding(
            losses.Kind,
            $"Over {Count(losses.HeldOut.Tokens)} held-out tokens the model has "
            + $"{Nats(losses.HeldOut)} nats per token "
            + $"(perplexity {Count(losses.HeldOut.Perplexity)}), {verdict}.",
            unclear || losses.RelativeToBigram <= 0.03);
    }

    private static Finding AgainstUnigram(LossComparison losses)
    {
        double gain = losses.UnigramHeldOut.Value - losses.HeldOut.Value;
        double spread = losses.HeldOut.Value - losses.Train.Value;
        string knows = gain > 0
            ? $"Knowing one token saves {Number(gain)} nats over knowing none (unigram "
                + $"{Nats(losses.UnigramHeldOut)})"
            : "Knowing one token saves nothing: the unigram model has "
                + $"{Nats(losses.UnigramHeldOut)} nats";
        return new Finding(
            losses.Kind,
            $"{knows}; on its training text the model has {Nats(losses.Train)}, "
            + $"{Number(Math.Abs(spread))} "
            + $"{(spread >= 0 ? "less" : "more")} than on held-out text.",
            gain > 0);
    }

    private static Finding Followers(FollowerScore score)
    {
        bool near = score.ModelShare >= GoodShareOfCeiling * score.CorpusShare;
        return new Finding(
            score.Kind,
            $"Of the {Count(score.Pairs)} most frequent pairs, "
            + $"{(near ? "" : "only ")}{Percent(score.ModelShare, 0)} have their "
            + "second token in the model's top five; the text's own top five hold "
            + $"{Percent(score.CorpusShare, 0)}, "
            + "the most that five tokens can.",
            near);
    }

    private static Finding Heads(FollowerScore score) => new(
        score.Kind,
        $"For {score.HeadsAgreed} of the {score.Heads} most frequent first tokens the model's "
        + "likeliest next token is "
        + "the text's.",
        score.HeadsAgreed >= GoodShareOfCeiling * score.Heads);

    private static Finding SameClass(NeighbourScore score)
    {
        double chance = score.Baseline ?? 0;
        string judged = score.SameClassShare > chance ? "by chance it would be"
            : "no more than the chance level of";
        return new Finding(
            score.Kind,
            $"In {score.Matrix}, {Percent(score.SameClassShare, 0)} of {Count(score.Tokens)} "
            + "tokens have a nearest "
            + $"neighbour of their own class; {judged} {Percent(chance, 0)}.",
            score.SameClassShare > chance);
    }

    private static Finding Group(NeighbourScore score)
    {
        NeighbourGroup best =
            score.Groups.MaxBy(group => group.WithMemberNearest / (double)group.Members.Count)!;
        bool holds = 2 * best.WithMemberNearest >= best.Members.Count;
        string said = holds
            ? $"In {score.Matrix}, of {best.Members.Count} tokens that are a {best.Name}, "
                + $"{best.WithMemberNearest} have "
                + $"another as their nearest neighbour (by chance {Number(best.Expected)}): the "
                + "most of "
                + $"{score.Groups.Count} groups asked."
            : $"In {score.Matrix}, none of {score.Groups.Count} groups asked keeps together; best "
                + $"is the {best.Name}, "
                + $"where {best.WithMemberNearest} of {best.Members.Count} have another as their "
                + "nearest neighbour.";
        return new Finding(score.Kind, said, holds);
    }

    private static string Nats(LossEstimate loss) => Number(loss.Value);

    private static string Number(double value) =>
        value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Signed(double value)
    {
        string digits = Number(Math.Abs(value));
        return digits == "0.00" ? digits : (value < 0 ? "−" : "+") + digits;
    }

    private static string Percent(double share, int decimals) =>
        (100 * share).ToString($"F{decimals}", CultureInfo.InvariantCulture) + "%";

    private static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
