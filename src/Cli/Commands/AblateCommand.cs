using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine ablate MODEL --heads 1.3,1.0</c>: the loss without some heads.</summary>
internal static class AblateCommand
{
    public static Command Create()
    {
        var passage = new PassageArgument();
        var page = new CommandPage();
        var heads = new Option<string>("--heads")
        {
            Description = "The heads that are taken out",
            HelpName = "1.3,1.0",
            Required = true,
        };
        var kind = new Option<AblationKind?>("--kind")
        {
            Description = "What they write instead: nothing, their mean, or what they write in "
                + "another sequence [default: mean]",
            HelpName = "zero|mean|resample",
        };
        var repeats = new Option<bool>("--repeats")
        {
            Description = "In place of a text, random tokens that come twice: what the second copy "
                + "gains",
        };
        var length = new Option<int?>("--length")
        {
            Description = "Random tokens in a copy [default: 50, less where the "
                + "context or the list is shorter]",
            HelpName = "N",
        };
        Option<int> sequences = CommonOptions.Checked(
            new Option<int>("--sequences")
            {
                Description = "How many sequences of repeated random tokens",
                HelpName = "N",
                DefaultValueFactory = _ => 64,
            },
            count => count is < 1 or > 10_000 ? $"--sequences: must be 1 … 10000; got {count}."
                : null);
        var draw = new Option<Draw?>("--draw")
        {
            Description = "Draw them from the 8,191 or the 1,000 commonest tokens of the training "
                + "text, or from the "
                + "whole vocabulary [default: common; vocabulary where the text is not known]",
            HelpName = "all|common|vocabulary",
        };
        return new Command("ablate", "Take heads out: what does the model lose without them?")
        {
            passage.Model, passage.Text, passage.Ids, heads, kind, repeats, length, sequences, draw,
            page.Html,
        }.Runs(
            (parse, terminal) =>
            {
                using SubjectModel subject = passage.OpenWithLayers(parse);
                Head[] chosen =
                [
                    .. parse.GetRequiredValue(heads).Split(',')
                        .Select(part => subject.Head("--heads", part)).Distinct(),
                ];
                bool twice = parse.GetValue(repeats);
                if (twice && passage.IsGiven(parse))
                {
                    throw new UsageException(
                        "--repeats: it draws its tokens; leave out TEXT and --ids.");
                }

                string[] idle =
                [
                    .. new Option[] { length, sequences, draw }
                        .Where(option => parse.GetResult(option) is { Implicit: false })
                        .Select(option => option.Name),
                ];
                if (!twice && idle.Length > 0)
                {
                    throw new UsageException(
                        $"{string.Join(", ", idle)}: these are of random tokens; add --repeats.");
                }

                string path = parse.GetRequiredValue(passage.Model);
                RepeatedTokens? drawn = twice
                    ? Repeats(
                        path, subject, terminal, parse.GetValue(draw), parse.GetValue(length),
                        parse.GetValue(sequences))
                    : null;
                int[] text = twice ? [] : passage.Tokens(parse, subject);
                if (text.Length == 1)
                {
                    throw new UsageException(
                        $"{passage.Name(parse)}: at least 2 tokens are needed; got 1.");
                }

                try
                {
                    using Tensor<int> rows = drawn is null
                        ? subject.Model.Batch(text) : subject.Model.Batch([.. drawn.Sequences]);
                    AblationKind instead = parse.GetValue(kind) ?? AblationKind.Mean;
                    Show(terminal, subject, rows, chosen, instead, twice);
                }
                catch (ArgumentException wrong)
                {
                    throw UsageException.Of(wrong);
                }

                page.Write(
                    parse, terminal, path, subject, () => AblationPage.Of(
                        chosen, [.. SubjectHeads.All(subject)],
                        drawn is null
                            ? new AblationText(
                                "this text", AblationTrials.Of(subject.Model, [text]))
                            : AblationText.Of(subject.Model, drawn)));
                return 0;
            },
            "vitrine ablate runs/2-layer --heads 1.3 --repeats",
            """vitrine ablate runs/2-layer --heads 1.3,L1H0 "The Congress shall" --kind zero""",
            "vitrine ablate runs/2-layer --heads 1.3 --repeats --html ablate.html");
    }

    private static void Show(
        Terminal terminal, SubjectModel subject, Tensor<int> rows, Head[] heads, AblationKind kind,
        bool twice)
    {
        if (twice)
        {
            RepeatLossAblation repeated = Ablation.RepeatLoss(subject.Model, rows, heads, kind);
            terminal.Show(repeated, CliJson.Readable.RepeatLossAblation, console =>
            {
                Table table = Losses();
                Row(table, "first copy", repeated.First, repeated.FirstAblated);
                Row(table, "second copy", repeated.Second, repeated.SecondAblated);
                console.Write(table);
                double rise = repeated.SecondAblated.Value - repeated.Second.Value;
                terminal.Say(
                    $"The second copy gains {Numerals.Fixed(repeated.Gain, 2)} nats; without "
                    + $"{string.Join(", ", heads)} its loss {(rise < 0 ? "falls" : "rises")} by "
                    + $"{Math.Abs(rise):F2}"
                    + (rise > 0 && repeated.Gain > 0
                        ? $": {100 * repeated.RemovedShare:F0}% of that gain is lost." : "."));
            });
            return;
        }

        AblationResult result = Ablation.Losses(subject.Model, rows, heads, kind);
        terminal.Show(result, CliJson.Readable.AblationResult, console =>
        {
            Table table = Losses();
            Row(table, $"{result.Before.Tokens} tokens", result.Before, result.After);
            console.Write(table);
            terminal.Say(
                $"Without {string.Join(", ", heads)} the loss changes by "
                + $"{Numerals.Signed(result.Increase.Value, 3)} nats per token.");
        });
    }

    private static Table Losses()
    {
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("nats per token");
        foreach (string column in (string[])["whole", "95%", "without", "95%"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static void Row(Table table, string name, LossEstimate before, LossEstimate after) =>
        table.AddRow(
        name, $"{before.Value:F3}", Interval(before), $"{after.Value:F3}", Interval(after));

    private static string Interval(LossEstimate loss) =>
        loss is { Low: { } low, High: { } high } ? $"{low:F2} … {high:F2}" : "";

    private static RepeatedTokens Repeats(
        string path, SubjectModel subject, Terminal terminal, Draw? draw, int? length,
        int sequences)
    {
        using var text = TrainingText.Of(path, subject, terminal);
        return text.Repeats(
            draw ?? (text.IsKnown ? Draw.Common : Draw.Vocabulary), length, sequences,
            terminal.Seed);
    }
}
