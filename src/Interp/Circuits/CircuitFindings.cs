using System.Globalization;
using Vitrine.Interp.ZeroLayer;

namespace Vitrine.Interp.Circuits;

/// <summary>What the weights of a model say, in sentences computed from them.</summary>
public static class CircuitFindings
{
    private const double Deviations = 3;
    private const int TrialsOfTwenty = 16;

    /// <summary>The sentences.</summary>
    public static IReadOnlyList<Finding> Of(CircuitAnalysis analysis)
    {
        var findings = new List<Finding>();
        findings.AddRange(
            analysis.Heads.Select(head => head.Copying).OrderByDescending(one => one.Score)
                .Select(Copies));
        findings.AddRange(analysis.Heads.Where(head => head.Position is not null)
            .Select(head => Place(head.Position!)));
        findings.AddRange(
            analysis.Heads.Where(head => head.SkipTrigrams.Rows.Any(row => row.Loss is not null))
            .Select(head => Losses(head.SkipTrigrams)).OfType<Finding>());
        if (analysis.Check is { Trials.Count: > 0 } check)
        {
            findings.Add(Behaviour(
                check, "score × effect in the text, its distances counted", check.Trials,
                check.Positive));
            if (check.WeightTrials.Count > 0)
            {
                findings.Add(Behaviour(
                    check, "score × effect of the weights alone", check.WeightTrials,
                    check.WeightPositive));
            }
        }

        if (analysis.Composition is { } composition)
        {
            findings.Add(Of(composition));
        }

        return findings;
    }

    // No claim that could fail: most kinds of heads are not there to copy. That an induction head
    // copies is one, and stands with the induction circuit.
    private static Finding Copies(Copying copying)
    {
        double z = (copying.Score - copying.Baseline.Mean) / copying.Baseline.Sd;
        CopyingAmong tokens = copying.Tokens;
        string verdict = z > Deviations
            ? "copies" : z < -Deviations ? "does the opposite of copying" : "does not copy";
        return new Finding(
            copying.Kind,
            $"Head {copying.Head} {verdict}: copying score {Signed(copying.Score)}, where random "
            + "matrices have "
            + $"{Signed(copying.Baseline.Mean)} ± {Number(copying.Baseline.Sd)}; of "
            + $"{Count(tokens.Types)} "
            + $"{(copying.Common is null ? "" : "common ")}tokens {Percent(tokens.RaiseSelf)} "
            + "raise themselves when "
            + $"attended to, {Percent(tokens.TopSelf)} above every other.",
            true);
    }

    private static Finding Place(PositionShare share)
    {
        double near = 0;
        int half = 0;
        while (half < share.ByDistance.Count && near + share.ByDistance[half] < 0.5)
        {
            near += share.ByDistance[half++];
        }

        string where = share.PositionAlone + share.TokenAndPosition < 0.01
            ? "it looks by tokens alone"
            : half == 0 ? "by position alone most of its attention falls on the token itself"
            : half < share.ByDistance.Count - 1
                ? $"by position alone half its attention falls within {half + 1} tokens, the token "
                + "itself counted"
                : "by position alone its attention is spread over the whole context";
        return new Finding(
            share.Kind,
            $"Of head {share.Head}'s scores {Percent(share.PositionAlone)} of the variance is "
            + "position alone, "
            + $"{Percent(share.SourceToken)} the source token alone, {Percent(share.TokenPair)} "
            + $"the pair of tokens; {where}.",
            true);
    }

    private static Finding? Losses(SkipTrigramTable table)
    {
        var both = table.Rows.Where(row => row is { Loss: not null, LossZero: not null }).ToList();
        if (both.Count == 0)
        {
            return null;
        }

        int better = both.Count(row => row.Loss < row.LossZero);
        return new Finding(
            table.Kind,
            $"At the held-out places of {both.Count} skip-trigrams of head {table.Head} the model "
            + "is better than the "
            + $"0-layer model for {better}, on average by "
            + $"{Number(both.Average(row => row.LossZero!.Value - row.Loss!.Value))} nats.",
            2 * better > both.Count);
    }

    private static Finding Behaviour(
        SkipTrigramCheck check, string ranking, IReadOnlyList<SkipTrigramTrial> trials,
        int positive) => new(
            check.Kind,
            $"Of the {trials.Count} strongest skip-trigrams by {ranking}, that the held-out text "
            + $"has at least {check.MinOccurrences} times, the source raises the out token in "
            + $"{positive}; replacing it by random tokens costs "
            + $"{Signed(trials.Average(trial => trial.Difference))} nats on average.",
            positive * 20 >= TrialsOfTwenty * trials.Count);

    /// <summary>What the strongest composition is.</summary>
    /// <param name="composition">How heads work together.</param>
    public static Finding Of(Composition composition)
    {
        CompositionEdge best = composition.Edges.MaxBy(edge => edge.Z)!;
        int above = composition.Edges.Count(edge => edge.Z >= Deviations);
        return new Finding(
            composition.Kind,
            $"The strongest composition is {best.Kind} from head {best.From} into head {best.To}: "
            + $"{Number(best.Value)}, where random heads have {Number(best.Mean)} ± "
            + $"{best.Sd.ToString("0.000", CultureInfo.InvariantCulture)} (z "
            + $"{best.Z.ToString("0.0", CultureInfo.InvariantCulture)}); {above} of "
            + $"{composition.Edges.Count} pairs reach z 3.",
            best.Z >= Deviations);
    }

    private static string Number(double value) =>
        value.ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Signed(double value)
    {
        string digits = Number(Math.Abs(value));
        return digits == "0.00" ? digits : (value < 0 ? "−" : "+") + digits;
    }

    private static string Percent(double share) =>
        (100 * share).ToString("F0", CultureInfo.InvariantCulture) + "%";

    private static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
