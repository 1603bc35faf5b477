using Vitrine.Interp.Circuits;

namespace Vitrine.Interp.Findings;

/// <summary>What the weights of a model show.</summary>
internal static class CircuitFindings
{
    private const double Deviations = 3;
    private const double Shown = 4;
    private const int Named = 4;
    private const int TrialsOfTwenty = 16;

    /// <summary>The sentences, with one or two for each head.</summary>
    public static IReadOnlyList<Finding> Of(CircuitAnalysis analysis) =>
    [
        .. analysis.Heads.Select(head => head.Copying).OrderByDescending(one => one.Score)
            .Select(Copies),
        .. analysis.Heads.Select(head => head.Position).OfType<PositionShare>()
            .Select(PositionFindings.Of),
        .. OfAllHeads(analysis),
    ];

    /// <summary>The same in fewer sentences: several heads share one sentence.</summary>
    public static IReadOnlyList<Finding> Brief(CircuitAnalysis analysis)
    {
        Copying[] copying = [.. analysis.Heads.Select(head => head.Copying)];
        PositionShare[] position =
            [.. analysis.Heads.Select(head => head.Position).OfType<PositionShare>()];
        return copying.Length < 2 ? Of(analysis) :
        [
            new Finding(copying[0].Kind, Copiers(copying), true),
            .. position.Length > 0
                ? [new Finding(position[0].Kind, PositionFindings.Of(position, measured: null), true)]
                : Array.Empty<Finding>(),
            .. OfAllHeads(analysis),
        ];
    }

    private static IEnumerable<Finding> OfAllHeads(CircuitAnalysis analysis) =>
    [
        .. InText(analysis) is { } inText ? [inText] : Array.Empty<Finding>(),
        .. analysis.Check is { Trials.Count: > 0 } check ? Tried(check) : [],
        .. analysis.Composition is { } composition ? [Of(composition)] : Array.Empty<Finding>(),
    ];

    /// <summary>The strongest finding in a line: the strongest composition if any is above chance,
    /// else the head that copies most.</summary>
    public static string Title(CircuitAnalysis analysis)
    {
        if (analysis.Composition is { } composition && Title(composition) is { } linked)
        {
            return linked;
        }

        Copying best = analysis.Heads.Select(head => head.Copying).MaxBy(one => one.Score)!;
        string found = Z(best) > Deviations
            ? $"Head {best.Head} copies: score" : "No head copies: the highest score is";
        return $"{found} {Numerals.Signed(best.Score)}, random "
            + $"{Numerals.Score(best.Baseline.Mean)} ± {Numerals.Score(best.Baseline.Sd)}";
    }

    /// <summary>The strongest composition in a line; null if none is above chance.</summary>
    public static string? Title(Composition composition)
    {
        CompositionEdge best = composition.Edges.MaxBy(edge => edge.Z)!;
        return best.Z < Deviations
            ? null
            : $"Head {best.To} reads {best.From} through its {PatchingFindings.Input(best.Kind)}, "
                + $"z {Numerals.Fixed(best.Z, 1)}";
    }

    /// <summary>The first finding on each of two questions, preferring one that holds.</summary>
    public static Prose Lead(CircuitAnalysis analysis) => Prose.Joined(
        analysis.Findings.GroupBy(finding => finding.Section)
            .Select(group => (group.FirstOrDefault(one => one.Holds) ?? group.First()).Text)
            .Take(2));

    /// <summary>The strongest composition, and how many stand out.</summary>
    public static Finding Of(Composition composition)
    {
        CompositionEdge best = composition.Edges.MaxBy(edge => edge.Z)!;
        int above = composition.Edges.Count(edge => edge.Z >= Shown);
        return new Finding(
            composition.Kind,
            new Prose($"The strongest composition is {best.Kind} from head ").Head(best.From)
                .Text(" into head ").Head(best.To)
                .Text($": {Numerals.Fixed(best.Value, 3)}, compared with "
                    + $"{Numerals.Fixed(best.Mean, 3)} ± {Numerals.Fixed(best.Sd, 3)} for random "
                    + $"heads (z {Numerals.Fixed(best.Z, 1)}). "
                    + (above == 0 ? "None" : Numerals.Count(above))
                    + $" of {Numerals.Count(composition.Edges.Count)} links "
                    + (above == 1 ? "is" : "are") + " at least 4 standard deviations above "
                    + "random."),
            best.Z >= Deviations);
    }

    /// <summary>Which of many heads copy.</summary>
    public static Prose Copiers(IReadOnlyList<Copying> heads)
    {
        var said = new Prose();
        Add(heads.Where(one => Z(one) > Deviations), "copy");
        Add(heads.Where(one => Z(one) < -Deviations), "do the opposite");
        return said.Text(said.IsEmpty ? $"None of {heads.Count} heads copies. " : "")
            .Text($"Random matrices score {Random(heads[0])}.");

        void Add(IEnumerable<Copying> some, string verb)
        {
            Copying[] found = [.. some.OrderByDescending(one => Math.Abs(one.Score))];
            for (int i = 0; i < Math.Min(Named, found.Length); i++)
            {
                said.Text(i > 0 ? ", " : $"{found.Length} of {heads.Count} heads {verb}: ")
                    .Head(found[i].Head).Text($" {Numerals.Signed(found[i].Score)}");
            }

            said.Text(found.Length > Named ? " and others. " : found.Length > 0 ? ". " : "");
        }
    }

    /// <summary>The strongest skip-trigram of all heads.</summary>
    public static Prose Strongest(CircuitAnalysis analysis)
    {
        (string Head, SkipTrigramRow Row)[] all =
        [
            .. analysis.Heads.SelectMany(head => head.SkipTrigrams.Rows.Select(
                row => (head.Head, row))),
        ];
        if (all.Length == 0)
        {
            return "No skip-trigram has both factors above zero.";
        }

        (string name, SkipTrigramRow best) = all.MaxBy(one => one.Row.Score * one.Row.Effect);
        return new Prose("Head ").Head(name).Text(": at ").Token(best.Destination)
            .Text(", attending to ").Token(best.Source).Text(" raises ").Token(best.Out)
            .Text($" by {Numerals.Signed(best.Effect)}, the strongest term over "
                + $"{Numerals.Count(analysis.Searched)} tokens.");
    }

    /// <summary>The head in which a token attends to another most.</summary>
    public static TokenCircuit Attending(IReadOnlyList<TokenCircuit> heads) =>
        Largest(heads, one => one.AttendsTo).Of;

    /// <summary>What a token attends to most, over the heads it was read in.</summary>
    public static Prose AttendsTo(IReadOnlyList<TokenCircuit> heads)
    {
        (TokenCircuit of, TokenValue best) = Largest(heads, one => one.AttendsTo);
        return new Prose().Token(of.Token).Text(" attends most to ").Token(best.Id)
            .Text($", {Numerals.Signed(best.Value)} in head ").Head(of.Head);
    }

    /// <summary>What attending to a token raises and lowers most.</summary>
    public static Prose Writes(IReadOnlyList<TokenCircuit> heads)
    {
        (TokenCircuit up, TokenValue raised) = Largest(heads, one => one.Raises);
        (TokenCircuit down, TokenValue lowered) = Largest(heads, one => one.Lowers, sign: -1);
        return new Prose("Attending to ").Token(up.Token).Text(" raises ").Token(raised.Id)
            .Text($" most, {Numerals.Signed(raised.Value)} in head ").Head(up.Head)
            .Text(", and lowers ").Token(lowered.Id)
            .Text($" most, {Numerals.Signed(lowered.Value)} in head ").Head(down.Head).Text(".");
    }

    /// <summary>What attends to a token most, and what raises it most.</summary>
    /// <param name="heads">The token in each head.</param>
    /// <param name="tokens">All tokens that have tables.</param>
    public static Prose Receives(IReadOnlyList<TokenCircuit> heads, IEnumerable<int> tokens)
    {
        (TokenCircuit seen, TokenValue by) = Largest(heads, one => one.AttendedBy);
        (TokenCircuit written, TokenValue from) = Largest(heads, one => one.WrittenBy);
        Prose said = new Prose().Token(by.Id).Text(" attends to ").Token(seen.Token)
            .Text($" most, {Numerals.Signed(by.Value)} in head ").Head(seen.Head)
            .Text("; attending to ").Token(from.Id)
            .Text($" raises it most, {Numerals.Signed(from.Value)} in head ").Head(written.Head)
            .Text(".");
        int[] others = [.. tokens.Where(id => id != seen.Token)];
        for (int i = 0; i < others.Length; i++)
        {
            said.Text(i == 0 ? " The tables of " : i == others.Length - 1 ? " and " : ", ")
                .Token(others[i]);
        }

        return others.Length == 0 ? said : said.Text(" are here too.");
    }

    private static (TokenCircuit Of, TokenValue Value) Largest(
        IReadOnlyList<TokenCircuit> heads, Func<TokenCircuit, IReadOnlyList<TokenValue>> rows,
        int sign = 1)
    {
        TokenCircuit best = heads.MaxBy(one => sign * rows(one)[0].Value)!;
        return (best, rows(best)[0]);
    }

    /// <summary>How the model does where a text has the skip-trigrams, beside the 0-layer model;
    /// null where that is not known.</summary>
    public static Finding? InText(CircuitAnalysis analysis)
    {
        double[] gains =
        [
            .. analysis.Heads.SelectMany(head => head.SkipTrigrams.Rows)
                .Where(row => row is { Loss: not null, LossZero: not null })
                .Select(row => row.LossZero!.Value - row.Loss!.Value),
        ];
        if (gains.Length == 0)
        {
            return null;
        }

        int better = gains.Count(gain => gain > 0);
        double mean = gains.Average();
        return new Finding(
            analysis.Heads[0].SkipTrigrams.Kind,
            $"The model predicts {Numerals.Count(better)} of these {Numerals.Count(gains.Length)} "
            + "skip-trigrams better than the 0-layer model where they occur in held-out text, on "
            + $"average {Numerals.Score(Math.Abs(mean))} nats {(mean >= 0 ? "better" : "worse")}.",
            2 * better > gains.Length);
    }

    /// <summary>The strongest skip-trigrams tested on the model, by each ranking.</summary>
    public static IEnumerable<Finding> Tried(SkipTrigramCheck check)
    {
        yield return Of(
            "score × effect in the text (distances counted)", check.Trials, check.Positive);
        if (check.WeightTrials.Count > 0)
        {
            yield return Of(
                "score × effect of the weights alone", check.WeightTrials, check.WeightPositive);
        }

        Finding Of(string ranking, IReadOnlyList<SkipTrigramTrial> trials, int positive) => new(
            check.Kind,
            $"The source raises the out token in {positive} of the {trials.Count} strongest "
            + $"skip-trigrams by {ranking} that occur at least {check.MinOccurrences} times in "
            + "held-out text; replacing it with random tokens costs "
            + $"{Numerals.Signed(trials.Average(trial => trial.Difference))} nats on average.",
            positive * 20 >= TrialsOfTwenty * trials.Count);
    }

    /// <summary>The largest attention score, and which tokens were included.</summary>
    public static Prose Read(CircuitAnalysis analysis)
    {
        var said = new Prose();
        if (analysis.Heads.SelectMany(head => head.LargestQK).MaxBy(entry => entry.Value)
            is { } looks)
        {
            said.Text("The largest attention score is from ").Token(looks.From).Text(" to ")
                .Token(looks.To)
                .Text($", {Numerals.Signed(looks.Value)} above the average token. ");
        }

        return said.Text(analysis.LeftOut == 0
            ? $"All {Numerals.Count(analysis.Searched)} tokens are included."
            : $"{Numerals.Count(analysis.Searched)} tokens that occur at least {analysis.MinCount} "
                + $"times in the text are included; {Numerals.Count(analysis.LeftOut)} are left "
                + "out, since untrained rows are noise.");
    }

    // This claim cannot fail, since most kinds of head are not meant to copy. The claim that an
    // induction head copies can fail, and is part of the induction circuit.
    private static Finding Copies(Copying copying)
    {
        string verdict = Z(copying) > Deviations ? "copies"
            : Z(copying) < -Deviations ? "does the opposite of copying" : "does not copy";
        return new Finding(
            copying.Kind,
            new Prose("Head ").Head(copying.Head).Text(
                $" {verdict}: copying score {Numerals.Signed(copying.Score)}, compared with "
                + $"{Random(copying)} for random matrices; ").Add(RaiseThemselves(copying)),
            true);
    }

    /// <summary>How many tokens raise themselves: the end of a sentence.</summary>
    public static Prose RaiseThemselves(Copying copying) =>
        new Prose("").Number(Numerals.Percent(copying.Tokens.RaiseSelf, 0), "copying")
            .Text($" of {Numerals.Count(copying.Tokens.Types)} "
                + $"{(copying.Common is null ? "" : "common ")}tokens raise themselves when attended "
                + "to, ")
            .Number(Numerals.Percent(copying.Tokens.TopSelf, 0), "copying")
            .Text(" more than any other token.");

    private static double Z(Copying one) => (one.Score - one.Baseline.Mean) / one.Baseline.Sd;

    private static string Random(Copying one) =>
        $"{Numerals.Signed(one.Baseline.Mean)} ± {Numerals.Score(one.Baseline.Sd)}";
}
