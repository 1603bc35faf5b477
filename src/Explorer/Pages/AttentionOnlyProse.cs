using Vitrine.Interp.AttentionOnly;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Interp.ZeroLayer;

namespace Vitrine.Explorer;

/// <summary>What the report of an attention-only run says in sentences, with links to where each
/// number is measured.</summary>
internal static class AttentionOnlyProse
{
    /// <summary>The lead: the induction circuit, or what one layer does and how well.</summary>
    public static Prose Lead(AttentionOnlyAnalysis analysis) => analysis.Induction switch
    {
        { Score: >= InductionOptions.LeastScore } circuit => Circuit(circuit),
        { } circuit => new Prose($"No head exceeds prefix matching "
            + $"{Numerals.Score(InductionOptions.LeastScore)} on repeated random tokens; the "
            + "highest is ").Number(Numerals.Score(circuit.Score), "heads").Text(" of ")
            .Head(circuit.Head).Text(": no induction head formed. ").Add(Loss(analysis.Losses)),
        null => OneLayer(analysis),
    };

    private static Prose Circuit(InductionCircuit circuit)
    {
        AblationClaim ablation = circuit.Ablation;
        CompositionClaim composition = circuit.Composition;
        string way = ablation.Without > ablation.Intact ? "rises" : "falls";
        Prose said = new Prose("Head ").Head(circuit.Head)
            .Text(" is an induction head: on repeated random tokens it gives ")
            .Number(Numerals.Score(circuit.Score), "induction")
            .Text(" of its weight to the token that followed last time. Without ")
            .Heads(ablation.Heads).Text($" the loss on the second copy {way} from ")
            .Number(Numerals.Score(ablation.Intact), "ablation").Text(" to ")
            .Number($"{Numerals.Score(ablation.Without)} nats", "ablation")
            .Text($"; the first copy has {Numerals.Score(ablation.FirstHalf)}. Its keys are fed ")
            .Text("most by head ").Head(composition.From);
        if (composition.From == circuit.Previous.Head)
        {
            said.Text(", which gives ")
                .Number(Numerals.Score(circuit.Previous.Score), "induction")
                .Text(" of its weight to the token before");
        }

        return said.Text(" (K-composition z ")
            .Number(Numerals.Plain(composition.Z, 1), "composition").Text(").");
    }

    private static Prose OneLayer(AttentionOnlyAnalysis analysis)
    {
        HeadAnalysis[] heads = [.. analysis.Circuits.Heads];
        Prose said = new Prose(heads.Length == 1
            ? "One attention head and no MLP: the head finds a source token (QK) and moves it to "
                + "the output (OV). "
            : $"{heads.Length} attention heads and no MLP: each finds a source token (QK) and "
                + "moves it to the output (OV). ").Add(Loss(analysis.Losses));
        Copying best = heads.Select(head => head.Copying)
            .MaxBy(copying => copying.Tokens.RaiseSelf)!;
        return said.Text(heads.Length == 1 ? " When attended to, " : " Through ")
            .Text(heads.Length == 1 ? "" : "head ").Add(
                heads.Length == 1 ? new Prose() : new Prose().Head(best.Head).Text(", "))
            .Number(Numerals.Percent(best.Tokens.RaiseSelf, 0), "copying")
            .Text($" of {(best.Common is null ? "" : "common ")}tokens raise themselves, ")
            .Number(Numerals.Percent(best.Tokens.TopSelf, 0), "copying")
            .Text(" above every other.");
    }

    /// <summary>How good it is, beside what knows less.</summary>
    public static Prose Loss(HeldOutComparison losses)
    {
        Prose said = new Prose("Held-out loss is ")
            .Number($"{Numerals.Score(losses.HeldOut.Value)} nats", "loss").Text(" per token, ");
        if (losses is { ZeroLayer: { } zero, BelowZeroLayer: { } below })
        {
            said.Text(Beside(
                -below.Value, -below.High, -below.Low,
                $"the 0-layer model’s {Numerals.Score(zero.Value)}")).Text(" and ");
        }

        return said.Text(Beside(
                losses.AboveBigram.Value, losses.AboveBigram.Low, losses.AboveBigram.High,
                $"a Kneser–Ney bigram’s {Numerals.Score(losses.BigramHeldOut.Value)}"))
            .Text(losses.AboveBigram.Low is null ? "."
                : $" (95% over {losses.AboveBigram.Documents} documents).");
    }

    private static string Beside(double more, double? low, double? high, string other)
    {
        bool unclear = low <= 0 && high >= 0;
        string interval = low is { } from && high is { } to
            ? unclear ? $" [{Numerals.Signed(from)}, {Numerals.Signed(to)}]"
                : more > 0 ? $" [{Numerals.Score(from)}, {Numerals.Score(to)}]"
                : $" [{Numerals.Score(-to)}, {Numerals.Score(-from)}]"
            : "";
        return unclear ? $"not to be told from {other}{interval}"
            : $"{Numerals.Score(Math.Abs(more))}{interval} {(more > 0 ? "above" : "below")} "
                + other;
    }

    /// <summary>Whether the claims hold, on which repeats, and what natural text has of
    /// it.</summary>
    public static Prose Induction(InductionCircuit circuit)
    {
        (string Name, bool Holds)[] claims =
        [
            ("previous token", circuit.Previous.Holds), ("composition", circuit.Composition.Holds),
            ("matching", circuit.Matching.Holds), ("copying", circuit.Copying.Holds),
            ("ablation", circuit.Ablation.Holds),
        ];
        string[] fail = [.. claims.Where(claim => !claim.Holds).Select(claim => claim.Name)];
        Prose said = fail.Length == 0
            ? "Five claims, each measured on its own, and all hold."
            : new Prose($"Of five claims {5 - fail.Length} hold; these fail: "
                + $"{string.Join(", ", fail)}.");
        if (circuit.PrefixMatching.Count > 1)
        {
            PrefixMatchingResult least = circuit.PrefixMatching.MinBy(one => one.Score)!;
            said.Text($" Prefix matching is at least {Numerals.Score(least.Score)} on "
                + $"{circuit.PrefixMatching.Count} kinds of repeats (least: copies of "
                + $"{(least.Length is { } length ? $"{length}" : "a length drawn for each")} from "
                + $"{Numerals.Count(least.Types)} types).");
        }

        InContextScore context = circuit.InContext;
        string spread = context.StandardError is { } error
            ? $" ± {Numerals.Score(error)} (standard error)" : "";
        return said.Text($" Over {Numerals.Count(context.Sequences)} windows of held-out text the "
            + $"last quarter has {Numerals.Signed(context.Score)}{spread} nats beside the first: "
            + (context.IsSeen ? "less, as context helps." : "no gain from context is seen."));
    }

    /// <summary>What became easier across the rise.</summary>
    public static Prose Easier(TokenLosses losses)
    {
        const string repeats = "random-repeats";
        string[] text =
            [.. losses.Passages.Select(one => one.Name).Where(name => name != repeats)];
        string steps = $"From step {Numerals.Count(losses.Before)} to step "
            + $"{Numerals.Count(losses.After)} ";
        string falls = string.Join(", ", text.Select(name => Numerals.Signed(losses.Fall(name))));
        string passages = text.Length == 1 ? $"passage {text[0]}" : "passages "
            + string.Join(", ", text[..^1]) + $" and {text[^1]}";
        if (text.Length == losses.Passages.Count)
        {
            return $"{steps}tokens of {passages} became easier by {falls} nats on average.";
        }

        double fall = losses.Fall(repeats);
        string easier = fall >= 0 ? "easier" : "harder";
        string said = $"{steps}repeated random tokens became {Numerals.Score(Math.Abs(fall))} nats "
            + $"{easier} on average";
        return text.Length == 0 ? $"{said}." : $"{said}, those of {passages} easier by {falls}.";
    }

    /// <summary>What the strongest composition is, and how many stand out.</summary>
    public static Prose Composition(Composition composition)
    {
        const double shown = 4;
        CompositionEdge best = composition.Edges.MaxBy(edge => edge.Z)!;
        int above = composition.Edges.Count(edge => edge.Z >= shown);
        return new Prose($"The strongest composition is {best.Kind} from head ").Head(best.From)
            .Text(" into head ").Head(best.To)
            .Text($": {Numerals.Plain(best.Value)}, where random heads have "
                + $"{Numerals.Plain(best.Mean)} ± {Numerals.Plain(best.Sd)} (z "
                + $"{Numerals.Plain(best.Z, 1)}). Of {Numerals.Count(composition.Edges.Count)} links "
                + (above == 0 ? "none stands" : above == 1 ? "1 stands" : $"{above} stand")
                + " at least 4 deviations above random.");
    }
}
