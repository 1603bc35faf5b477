using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;

namespace Vitrine.Interp.Findings;

/// <summary>The induction circuit, its reward in the text, and when it formed.</summary>
internal static class InductionFindings
{
    /// <summary>The circuit, claim by claim.</summary>
    public static IEnumerable<Finding> Of(InductionCircuit circuit)
    {
        AblationClaim ablation = circuit.Ablation;
        bool isOne = circuit.Score >= InductionOptions.LeastScore;
        yield return new Finding(
            circuit.Kind, isOne ? Verdict(circuit) : "No induction head formed.",
            circuit.Found);
        if (!isOne)
        {
            yield break;
        }

        yield return new Finding(
            circuit.Kind,
            new Prose("Ablating ").Heads(ablation.Heads).Text(
                $" removes {Numerals.Percent(ablation.Removed, 0)} of the second copy’s gain over "
                + $"the first{Control(ablation)}."),
            ablation.Holds);
        yield return new Finding(
            circuit.Kind,
            $"It matches: {Numerals.Percent(circuit.Matching.Share, 0)} of "
            + $"{Numerals.Count(circuit.Matching.Of)} common tokens match themselves best (chance "
            + $"{Numerals.Percent(circuit.Matching.Chance, 2)}). It copies: score "
            + $"{Numerals.Score(circuit.Copying.Score)}, and "
            + $"{Numerals.Percent(circuit.Copying.RaiseSelf, 0)} of common tokens raise their own "
            + "logit.",
            circuit.Matching.Holds && circuit.Copying.Holds);
        yield return new Finding(
            circuit.Kind, Repeats(circuit),
            circuit.PrefixMatching.All(one => one.Score >= InductionOptions.LeastScore));
        yield return new Finding(
            circuit.Kind, Context(circuit.InContext), circuit.InContext.IsSeen);
    }

    /// <summary>How much of the circuit was found, in a few words.</summary>
    public static string Title(InductionCircuit circuit) =>
        circuit.Found ? "an induction circuit, taken apart"
        : circuit.Score >= InductionOptions.LeastScore
            ? "an induction head; not every claim about its circuit holds"
            : "no induction circuit found";

    /// <summary>The head, the loss without it and the head that feeds it; or a sentence that there
    /// is none.</summary>
    public static Prose Head(InductionCircuit circuit)
    {
        if (circuit.Score < InductionOptions.LeastScore)
        {
            return new Prose("No head exceeds prefix matching "
                + $"{Numerals.Score(InductionOptions.LeastScore)} on repeated random tokens; the "
                + "highest is ").Number(Numerals.Score(circuit.Score), "heads").Text(" of ")
                .Head(circuit.Head).Text(": no induction head formed.");
        }

        AblationClaim ablation = circuit.Ablation;
        string way = ablation.Without > ablation.Intact ? "rises" : "falls";
        Prose said = new Prose("Head ").Head(circuit.Head)
            .Text(" is an induction head: on repeated random tokens it gives ")
            .Number(Numerals.Score(circuit.Score), "induction")
            .Text(" of its attention to the token that followed last time. Without ")
            .Heads(ablation.Heads).Text($" the loss on the second copy {way} from ")
            .Number(Numerals.Score(ablation.Intact), "ablation").Text(" to ")
            .Number($"{Numerals.Score(ablation.Without)} nats", "ablation")
            .Text($"; the first copy has {Numerals.Score(ablation.FirstHalf)}. Its keys read ")
            .Text("most from head ").Head(circuit.Composition.From);
        if (circuit.Composition.From == circuit.Previous.Head)
        {
            said.Text(", which gives ")
                .Number(Numerals.Score(circuit.Previous.Score), "induction")
                .Text(" of its attention to the previous token");
        }

        return said.Text(" (K-composition z ")
            .Number(Numerals.Fixed(circuit.Composition.Z, 1), "composition").Text(").");
    }

    /// <summary>Whether the claims hold, on which repeats, and whether context helps on natural
    /// text.</summary>
    public static Prose Claims(InductionCircuit circuit) => Prose.Joined(
        [Verdict(circuit), Repeats(circuit), Context(circuit.InContext)]);

    private static string Verdict(InductionCircuit circuit)
    {
        (string Name, bool Holds)[] claims =
        [
            ("previous token", circuit.Previous.Holds), ("composition", circuit.Composition.Holds),
            ("matching", circuit.Matching.Holds), ("copying", circuit.Copying.Holds),
            ("ablation", circuit.Ablation.Holds),
        ];
        string[] fail = [.. claims.Where(claim => !claim.Holds).Select(claim => claim.Name)];
        string[] counts = ["None", "One", "Two", "Three", "Four"];
        return fail.Length == 0
            ? "All five claims about the circuit hold, each measured separately."
            : $"{counts[5 - fail.Length]} of the five claims about the circuit "
                + $"{(fail.Length == 4 ? "holds" : "hold")}; {Numerals.Listed(fail)} "
                + (fail.Length == 1 ? "fails." : "fail.");
    }

    /// <summary>How a prompt is continued by copying.</summary>
    public static Finding Of(CopiedPrompt copied) => new(
        "induction-circuit",
        "Given a passage of held-out text followed by its first words again, "
        + $"“{copied.Passage.Trim()}{copied.Again}”, the likeliest continuation is "
        + $"“{copied.Continuation.Trim()}”: {copied.Copied} of {copied.Length} tokens copied. "
        + $"Given “{copied.Again.Trim()}” alone, it is “{copied.Alone.Trim()}”.",
        true);

    /// <summary>The benefit of induction on the text.</summary>
    public static Finding Of(InductionReward reward) => new(
        reward.Kind,
        $"In held-out text, in windows of {reward.Context}, {Numerals.Percent(reward.Followed, 0)} "
        + "of positions repeat an earlier token with the same next token; copying it saves a "
        + $"bigram model {Numerals.Fixed(reward.Bigram - reward.Induction, 3)} nats per token, and "
        + $"{Numerals.Fixed(reward.Gain, 3)} beyond copying without matching.",
        reward.Gain > 0);

    /// <summary>When the circuit formed, and whether abruptly.</summary>
    public static Finding Of(PhaseChange phase)
    {
        if (phase.Crossing is not { } crossing)
        {
            return new Finding(
                phase.Kind,
                "No head's prefix matching rises from below 0.1 to above 0.25 in this run.", false);
        }

        string share = Numerals.Percent((crossing.To - crossing.From) / (double)phase.Steps[^1]);
        return new Finding(
            phase.Kind,
            new Prose("Prefix matching of head ").Head(phase.Head).Text(
                " rises from below 0.1 to above 0.25 between step "
                + $"{Numerals.Count(crossing.From)} and step {Numerals.Count(crossing.To)} of "
                + $"{Numerals.Count(phase.Steps[^1])}, " + (phase.Abrupt
                    ? $"abruptly: within {share} of the run."
                    : $"not abruptly: over {share} of the run.")),
            phase.Abrupt);
    }

    private static Prose Repeats(InductionCircuit circuit)
    {
        PrefixMatchingResult least = circuit.PrefixMatching.MinBy(one => one.Score)!;
        return $"Prefix matching is at least {Numerals.Score(least.Score)} on "
            + $"{circuit.PrefixMatching.Count} kinds of repeats (lowest: copies of "
            + $"{(least.Length is { } length ? $"{length}" : "a length drawn for each")} from "
            + $"{Numerals.Count(least.Types)} types).";
    }

    private static Prose Context(InContextScore context)
    {
        string spread = context.StandardError is { } error
            ? $" ± {Numerals.Score(error)} (standard error)" : "";
        return $"Loss in the last quarter of the context is "
            + $"{Numerals.Score(Math.Abs(context.Score))}{spread} nats "
            + $"{(context.Score <= 0 ? "lower" : "higher")} than in the first, over "
            + $"{Numerals.Count(context.Sequences)} windows of held-out text: "
            + (context.IsSeen ? "context helps." : "no gain from context is seen.");
    }

    private static string Control(AblationClaim ablation) => ablation.OthersRemoved is { } removed
        ? $"; ablating {string.Join(", ", ablation.OtherHeads)}, "
            + (ablation.Controls == 1 ? "the other heads"
                : $"the worst of {ablation.Controls} sets of other heads")
            + $", removes {Numerals.Percent(removed, 0)}"
        : "";
}
