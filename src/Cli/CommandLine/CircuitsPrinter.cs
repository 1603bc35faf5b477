using Spectre.Console;
using Vitrine.Cli.Commands;
using Vitrine.Interp;
using Vitrine.Interp.Circuits;

namespace Vitrine.Cli.CommandLine;

/// <summary>What the weights say, as sentences and tables.</summary>
internal static class CircuitsPrinter
{
    /// <summary>Prints what a request of circuits found.</summary>
    public static void Print(
        Terminal terminal, Subject subject, CircuitsCommand.Request request, object result)
    {
        switch (result)
        {
            case CircuitsCommand.Result all:
                Print(terminal, subject, all.Circuits);
                break;
            case CircuitsCommand.TokenResult { Read: var read } tokens:
                foreach (TokenCircuit circuit in tokens.Heads)
                {
                    Print(terminal.Tables, subject, circuit);
                }

                terminal.Say(LeftOut(read.Ids.Length, read.LeftOut, read.MinCount));
                break;
            case Composition links:
                Print(terminal.Tables, links, request.Top);
                break;
        }
    }

    private static void Print(Terminal terminal, Subject subject, CircuitAnalysis analysis)
    {
        foreach (Finding finding in analysis.Findings)
        {
            terminal.Say($"{finding.Text}");
        }

        terminal.Say(LeftOut(analysis.Searched, analysis.LeftOut, analysis.MinCount));
        foreach (HeadAnalysis head in analysis.Heads)
        {
            terminal.Tables.Write(Pairs(subject, head));
            terminal.Tables.Write(Trigrams(subject, head.SkipTrigrams));
        }

        if (analysis.Check is { } check)
        {
            terminal.Tables.Write(Trials(
                subject, check.Trials, "Tested on held-out text: strongest in the text"));
            terminal.Tables.Write(Trials(
                subject, check.WeightTrials, "Tested on held-out text: strongest by the weights"));
        }

        if (analysis.Composition is { } composition)
        {
            Print(terminal.Tables, composition, 12);
        }

        terminal.Say(
            "Scores in nats and effects in logits, relative to the average token of the text. In "
            + "corpus: occurrences in the training text; losses at its places in the held-out "
            + "text.");
    }

    private static void Print(IAnsiConsole console, Composition composition, int rows)
    {
        Table table = NumberTable.Titled("Composition", "kind", "from", "into").AddNumbers(
            "value", "random", "z");
        foreach (CompositionEdge edge in composition.Edges
            .OrderByDescending(edge => edge.Z).Take(rows))
        {
            table.AddRow(
                edge.Kind, edge.From, edge.To, $"{edge.Value:F3}", $"{edge.Mean:F3} ± {edge.Sd:F3}",
                Numerals.Signed(edge.Z, 1));
        }

        console.Write(table);
        if (composition.Edges.Count > rows)
        {
            console.WriteLine(
                $"{composition.Edges.Count - rows} of {composition.Edges.Count} pairs are weaker.");
        }
    }

    private static void Print(IAnsiConsole console, Subject subject, TokenCircuit circuit)
    {
        Table table = NumberTable.Titled(
            $"{subject.Display(circuit.Token)} in head {circuit.Head}");
        (string Name, IReadOnlyList<TokenValue> Rows)[] lists =
        [
            ("attends to", circuit.AttendsTo), ("attended by", circuit.AttendedBy),
            ("raises", circuit.Raises),
            ("lowers", circuit.Lowers), ("raised by", circuit.WrittenBy),
        ];
        foreach ((string name, _) in lists)
        {
            table.AddColumn(name).AddNumbers("");
        }

        for (int row = 0; row < circuit.AttendsTo.Count; row++)
        {
            table.AddRow(
            [
                .. lists.SelectMany(list => (string[])
                [
                    Token(subject, list.Rows[row].Id), Numerals.Signed(list.Rows[row].Value, 2),
                ]),
            ]);
        }

        console.Write(table);
    }

    /// <summary>Every token that an analysis names.</summary>
    public static IEnumerable<int> Ids(CircuitAnalysis analysis)
    {
        foreach (HeadAnalysis head in analysis.Heads)
        {
            foreach (CircuitEntry entry in head.LargestQK.Concat(head.LargestOV))
            {
                yield return entry.From;
                yield return entry.To;
            }

            foreach (SkipTrigramRow row in head.SkipTrigrams.Rows)
            {
                int[] named = [row.Source, row.Destination, row.Out, .. row.Because ?? []];
                foreach (int id in named)
                {
                    yield return id;
                }
            }
        }

        foreach (SkipTrigramTrial trial in analysis.Check is { } check
            ? check.Trials.Concat(check.WeightTrials) : [])
        {
            yield return trial.Source;
            yield return trial.Destination;
            yield return trial.Out;
        }
    }

    private static string LeftOut(int searched, int leftOut, int minCount) => leftOut == 0
        ? $"All {searched:N0} tokens are included."
        : $"{searched:N0} tokens are included; {leftOut:N0} that occur fewer than {minCount} times "
        + "in the text, and the token before each document, are left out: rows never seen in "
        + "training are noise.";

    private static Table Pairs(Subject subject, HeadAnalysis head)
    {
        Table table = NumberTable.Titled(
            $"Head {head.Head}: largest entries", "token", "attends to")
            .AddNumbers("score")
            .AddColumn("attending to").AddColumn("raises").AddNumbers("logit");
        for (int i = 0; i < head.LargestQK.Count; i++)
        {
            CircuitEntry looks = head.LargestQK[i];
            CircuitEntry writes = head.LargestOV[i];
            table.AddRow(
                Token(subject, looks.From), Token(subject, looks.To),
                Numerals.Signed(looks.Value, 1),
                Token(subject, writes.From), Token(subject, writes.To),
                Numerals.Signed(writes.Value, 2));
        }

        return table;
    }

    private static Table Trigrams(Subject subject, SkipTrigramTable skip)
    {
        Table table = NumberTable.Titled(
            $"Head {skip.Head}: skip-trigrams", "source … destination → out")
            .AddNumbers("score", "effect", "in corpus", "loss");
        bool beside = skip.Rows.Any(row => row.LossZero is not null);
        if (beside)
        {
            table.AddNumbers("0-layer");
        }

        table.AddColumn("");
        foreach (SkipTrigramRow row in skip.Rows)
        {
            table.AddRow(
            [
                Trigram(subject, row.Source, row.Destination, row.Out),
                Numerals.Signed(row.Score, 1),
                Numerals.Signed(row.Effect, 2),
                row.Count is { } count ? $"{count:N0}" : "–",
                Nats(row.Loss),
                .. beside ? [Nats(row.LossZero)] : Array.Empty<string>(),
                row.Bug ? "bug" : row.Copy ? "copy" : "",
            ]);
        }

        return table;
    }

    private static Table Trials(
        Subject subject, IReadOnlyList<SkipTrigramTrial> trials, string title)
    {
        Table table = NumberTable.Titled(title, "head", "source … destination → out")
            .AddNumbers("times", "log p", "replaced", "source adds").AddColumn("");
        foreach (SkipTrigramTrial trial in trials)
        {
            string error = trial.Error is { } deviation ? $" ± {deviation:F2}" : "";
            table.AddRow(
                trial.Head,
                Trigram(subject, trial.Source, trial.Destination, trial.Out),
                $"{trial.Occurrences:N0}",
                Numerals.Signed(trial.With, 2),
                Numerals.Signed(trial.Without, 2),
                Numerals.Signed(trial.Difference, 2) + error,
                Markup.Escape(trial.Reason ?? ""));
        }

        return table;
    }

    private static string Trigram(Subject subject, int source, int destination, int output) =>
        $"{Token(subject, source)} … {Token(subject, destination)} → {Token(subject, output)}";

    private static string Token(Subject subject, int id) => Markup.Escape(subject.Display(id));

    private static string Nats(double? loss) => loss is { } value ? $"{value:F2}" : "–";
}
