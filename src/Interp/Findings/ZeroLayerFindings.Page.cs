using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;

namespace Vitrine.Interp.Findings;

/// <summary>The shorter sentences of its report, each next to a figure.</summary>
internal static partial class ZeroLayerFindings
{
    /// <summary>The lead: how good it is, and how many bigrams it knows.</summary>
    public static Prose Lead(ZeroLayerAnalysis analysis)
    {
        LossComparison losses = analysis.Losses;
        FollowerScore followers = analysis.Followers;
        double gap = losses.AboveBigram.Value;
        string difference = Numerals.Score(Math.Abs(gap));
        Prose said = new Prose("With no attention, a token can only predict the next one through "
            + "two matrices, ").Matrix("W_E").Matrix("W_U").Text(". This model reaches ")
            .Number($"{Numerals.Score(losses.HeldOut.Value)} nats", "loss")
            .Text(" on held-out text, ");
        said = difference == Numerals.Score(0)
            ? said.Number("as much as", "loss")
            : said.Number(difference, "loss").Text(gap >= 0 ? " above" : " below");
        string pairs = followers.Pairs == 1000 ? "thousand" : Numerals.Count(followers.Pairs);
        return said
            .Text(" a Kneser–Ney bigram model of the same training text, and has the true follower "
                + "among its top five for ")
            .Number(Numerals.Percent(followers.ModelShare, 0), "tokens")
            .Text($" of the {pairs} commonest bigrams; the text’s own top five hold "
                + $"{Numerals.Percent(followers.CorpusShare, 0)}.");
    }

    /// <summary>The model's prediction after the first example token.</summary>
    public static Prose Example(ZeroLayerAnalysis analysis) =>
        analysis.Examples is [{ Next: [NextRow best, ..] } table, ..]
            ? new Prose("After ").Token(table.Token).Text(" the model gives ").Token(best.Id)
                .Text($" {Numerals.Percent(best.Probability)}; the corpus gives "
                    + $"{Numerals.Percent(best.Frequency)}.")
            : "No token is selected; search for one.";

    /// <summary>How many tokens have a nearest neighbour of the same class or group.</summary>
    public static Prose Neighbours(NeighbourScore? score)
    {
        if (score is null)
        {
            return "No neighbours were requested.";
        }

        string chance = score.Baseline is { } share
            ? $", compared with {Numerals.Percent(share, 0)} by chance" : "";
        string own = $"{Numerals.Percent(score.SameClassShare, 0)} of the "
            + $"{Numerals.Count(score.Tokens)} commonest tokens have a nearest neighbour of the "
            + $"same class{chance}.";
        if (score.Groups.Count == 0)
        {
            return own;
        }

        NeighbourGroup first = score.Groups[0];
        string[] others =
        [
            .. score.Groups.Skip(1).Select(group =>
                $"{group.Name}s {group.WithMemberNearest} of {group.Members.Count}"),
        ];
        string more = others.Length > 0 ? $" ({string.Join(", ", others)})" : "";
        string have = first.WithMemberNearest == 1 ? "has" : "have";
        return $"{first.WithMemberNearest} of the {first.Members.Count} {first.Name}s {have} "
            + $"another {first.Name} as nearest neighbour{more}; {own}";
    }

    /// <summary>How good it is compared with counting models, and when it got there.</summary>
    /// <param name="losses">The losses.</param>
    /// <param name="seen">Held-out losses during training.</param>
    /// <param name="steps">The total number of steps.</param>
    public static Prose Loss(
        LossComparison losses, IReadOnlyList<(int Step, double Value)> seen, int steps)
    {
        double gain = losses.UnigramHeldOut.Value - losses.HeldOut.Value;
        double gap = losses.AboveBigram.Value;
        string spread = losses.AboveBigram is { High: { } high, Low: { } low }
            ? $" ± {Numerals.Score((high - low) / 2)}" : "";
        string said = $"It is {Numerals.Score(Math.Abs(gain))} nats "
            + $"{(gain >= 0 ? "better" : "worse")} than frequency alone, and "
            + $"{Numerals.Score(Math.Abs(gap))}{spread} "
            + (Share(losses) is { } share ? $"({share}) " : "")
            + $"{(gap >= 0 ? "above" : "below")} the bigram model.";
        if (seen.Count < 3 || seen[0].Value <= seen[^1].Value)
        {
            return said;
        }

        double nearly = seen[^1].Value + (0.1 * (seen[0].Value - seen[^1].Value));
        int step = seen.First(one => one.Value <= nearly || one == seen[^1]).Step;
        return $"{said} The loss had completed nine tenths of its fall by step "
            + $"{Numerals.Count(step)} of {Numerals.Count(steps)}.";
    }
}
