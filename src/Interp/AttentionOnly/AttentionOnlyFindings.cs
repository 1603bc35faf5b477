using System.Globalization;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Interp.ZeroLayer;

namespace Vitrine.Interp.AttentionOnly;

/// <summary>What an analysis of an attention-only model found, in sentences computed from
/// it.</summary>
public static class AttentionOnlyFindings
{
    /// <summary>The sentences, the most important first.</summary>
    public static IReadOnlyList<Finding> Of(AttentionOnlyAnalysis analysis) =>
    [
        .. analysis.Induction is { } circuit ? Induction(circuit) : [],
        .. analysis.Reward is { } reward ? [Reward(reward)] : Array.Empty<Finding>(),
        .. Losses(analysis.Losses),
        .. Kinds(analysis.Heads),
        .. CircuitFindings.Of(analysis.Circuits),
        .. analysis.Paths is { } paths ? [Paths(paths)] : Array.Empty<Finding>(),
    ];

    /// <summary>When the circuit formed, and whether abruptly.</summary>
    public static Finding Formation(PhaseChange phase)
    {
        if (phase.Crossing is not { } crossing)
        {
            return new Finding(
                phase.Kind,
                "No head's prefix matching rises from below 0.1 to above 0.25 in this run.", false);
        }

        string share = Percent((crossing.To - crossing.From) / (double)phase.Steps[^1]);
        return new Finding(
            phase.Kind,
            $"Prefix matching of head {phase.Head} rises from below 0.1 to above 0.25 between step "
            + $"{Count(crossing.From)} and step {Count(crossing.To)} of {Count(phase.Steps[^1])}, "
            + (phase.Abrupt
                ? $"abruptly: in {share} of the run, no more than an eighth."
                : $"not abruptly: in {share} of the run, more than an eighth."),
            phase.Abrupt);
    }

    /// <summary>How good it is.</summary>
    public static IEnumerable<Finding> Losses(HeldOutComparison losses)
    {
        if (losses is { ZeroLayer: { } zero, BelowZeroLayer: { } below })
        {
            string verdict = below switch
            {
                { Low: > 0 } => $"{Number(below.Value)} less",
                { High: < 0 } => $"{Number(-below.Value)} more",
                _ => "no difference that exceeds chance",
            };
            yield return new Finding(
                losses.Kind,
                $"Over {Count(losses.HeldOut.Tokens)} held-out tokens the model has "
                + $"{Nats(losses.HeldOut)} nats per token, the "
                + $"0-layer model {Nats(zero)}: {verdict} (0-layer less model, {Spread(below)}).",
                below.Low > 0);
        }

        bool belowBigram = losses.AboveBigram.High < 0;
        yield return new Finding(
            losses.Kind,
            $"A Kneser–Ney bigram of the same text has {Nats(losses.BigramHeldOut)} nats per "
            + "token, the unigram model "
            + $"{Nats(losses.UnigramHeldOut)}; the model differs from the bigram by "
            + $"{Signed(losses.AboveBigram.Value)} "
            + $"({Spread(losses.AboveBigram)}).",
            belowBigram);
    }

    /// <summary>The induction circuit, claim by claim.</summary>
    public static IEnumerable<Finding> Induction(InductionCircuit circuit)
    {
        bool isOne = circuit.Score >= InductionOptions.LeastScore;
        AblationClaim ablation = circuit.Ablation;
        yield return new Finding(
            circuit.Kind,
            isOne
                ? $"Head {circuit.Head} is an induction head: prefix matching "
                + $"{Number(circuit.Score)} on repeated random "
                + "tokens; without "
                + $"{(ablation.Heads.Count == 1 ? "it" : string.Join(", ", ablation.Heads))} the "
                + "loss on the "
                + $"second copy rises from {Number(ablation.Intact)} to {Number(ablation.Without)} "
                + $"(first copy {Number(ablation.FirstHalf)}): {Percent(ablation.Removed)} of the "
                + $"gain goes{Control(ablation)}."
                : $"No head exceeds prefix matching {Number(InductionOptions.LeastScore)}; the "
                + "highest is "
                + $"{Number(circuit.Score)} of head {circuit.Head}: no induction head formed.",
            isOne && ablation.Holds);
        if (!isOne)
        {
            yield break;
        }

        PreviousTokenClaim previous = circuit.Previous;
        CompositionClaim composition = circuit.Composition;
        yield return new Finding(
            circuit.Kind,
            $"Head {previous.Head} attends to the token before with {Number(previous.Score)} of "
            + "its weight, and the "
            + $"strongest K-composition into {circuit.Head} comes from {composition.From}: "
            + $"{Number(composition.Value, 3)}, "
            + $"random heads {Number(composition.Mean, 3)} ± {Number(composition.Sd, 3)} (z "
            + $"{Number(composition.Z, 1)}).",
            previous.Holds && composition.Holds);
        yield return new Finding(
            circuit.Kind,
            $"Through it, for {Percent(circuit.Matching.Share)} of {Count(circuit.Matching.Of)} "
            + "common tokens the best match is "
            + $"the token itself (chance {Percent(circuit.Matching.Chance)}); what is found is "
            + "copied: score "
            + $"{Number(circuit.Copying.Score)}, {Percent(circuit.Copying.RaiseSelf)} of common "
            + "tokens raise themselves.",
            circuit.Matching.Holds && circuit.Copying.Holds);
        bool everywhere =
            circuit.PrefixMatching.All(one => one.Score >= InductionOptions.LeastScore);
        yield return new Finding(
            circuit.Kind,
            $"Prefix matching {(everywhere ? "holds" : "does not hold everywhere")} at other "
            + "distances and on rarer tokens: " + string.Join(
                ", ", circuit.PrefixMatching.Select(one =>
                    $"{Number(one.Score)} ({Count(one.Types)} types, copies of "
                    + (one.Length is { } length ? $"{length})" : "a length drawn for each "
                    + "sequence)"))) + ".",
            everywhere);
        InContextScore context = circuit.InContext;
        yield return new Finding(
            circuit.Kind,
            $"Over {Count(context.Sequences)} windows of held-out text the last quarter of "
            + $"positions has {Signed(context.Score)}{Error(context)} nats beside the first"
            + (context.IsSeen ? ", less, as context helps." : ": no gain from context is seen."),
            context.IsSeen);
    }

    private static string Error(InContextScore context) =>
        context.StandardError is { } error ? $" ± {Number(error)} (standard error)" : "";

    private static string Control(AblationClaim ablation) => ablation.OthersRemoved is { } removed
        ? $", {Percent(removed)} without {string.Join(", ", ablation.OtherHeads)}, "
            + (ablation.Controls == 1 ? "the other heads"
                : $"the worst of {ablation.Controls} sets of other heads")
        : "";

    /// <summary>What induction is worth on the text.</summary>
    public static Finding Reward(InductionReward reward) => new(
        reward.Kind,
        $"In the held-out text, in windows of {reward.Context}, {Percent(reward.Followed)} of "
        + "positions follow an earlier occurrence of their token with the same next token; to a "
        + $"bigram model, copying that is worth {Number(reward.Bigram - reward.Induction, 3)} nats "
        + $"per token, {Number(reward.Gain, 3)} to one that copies without matching.",
        reward.Gain > 0);

    private static IEnumerable<Finding> Kinds(HeadTable heads)
    {
        foreach (HeadRow row in heads.Rows.Where(row => row.Kinds.Count > 0))
        {
            IEnumerable<string> scores = row.Scores
                .Where(score => score.Value.Value >= HeadTable.LeastScore
                && score.Key != HeadScoreNames.Copying)
                .OrderByDescending(score => score.Value.Value)
                .Select(score => $"{Words(score.Key)} {Number(score.Value.Value)}"
                    + (score.Value.Deviation is { } spread ? $" ± {Number(spread)}" : ""));
            yield return new Finding(
                heads.Kind, $"Head {row.Layer}.{row.Head}: {string.Join(", ", row.Kinds)} "
                    + $"({string.Join(", ", scores)}).",
                true);
        }

        int none = heads.Rows.Count(row => row.Kinds.Count == 0);
        if (none > 0)
        {
            yield return new Finding(
                heads.Kind,
                $"{none} of {heads.Rows.Count} heads {(none == 1 ? "is" : "are")} of none of the "
                    + "kinds asked for.", false);
        }
    }

    private static Finding Paths(PathExpansion paths) => new(
        paths.Kind,
        "Patterns frozen, the loss goes from " + string.Join(
            " to ", paths.Orders.Select(order => $"{Number(order.Loss)} ({order.Name})")) + ".",
        true);

    private static string Words(string camelCase) => string.Concat(
        camelCase.Select(c => char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));

    private static string Nats(LossEstimate loss) => Number(loss.Value);

    private static string Spread(LossEstimate loss) => loss is { Low: { } low, High: { } high }
        ? $"95% over {loss.Documents} documents: {Signed(low)} to {Signed(high)}" : "one document";

    private static string Number(double value, int decimals = 2) =>
        value.ToString("F" + decimals, CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Signed(double value) => (value > 0 ? "+" : "") + Number(value);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) =>
        share.ToString(share is > 0 and < 0.01 ? "P2" : "P0", CultureInfo.InvariantCulture)
            .Replace(" ", "").Replace('-', '−');
}
