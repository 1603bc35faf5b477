using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Heads;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine heads MODEL [TEXT]</c>: what every head does, by scores.</summary>
internal static class HeadsCommand
{
    private const int MostWindowTokens = 8192;
    private const int StudiedSequences = 32;

    private static readonly (string Score, string Header)[] Columns =
    [
        (HeadScoreNames.PrefixMatching, "prefix\nmatch"),
        (HeadScoreNames.Copying, "copies\n(logits)"),
        (HeadScoreNames.PreviousToken, "prev.\ntoken"),
        (HeadScoreNames.DuplicateToken, "dupl.\ntoken"),
        (HeadScoreNames.FirstToken, "first\ntoken"),
        (HeadScoreNames.CurrentToken, "same\ntoken"),
    ];

    public static Command Create()
    {
        var passage = new PassageArgument();
        var page = new CommandPage();
        var repeats = Positive(
            "--repeats", "How many sequences of repeated random tokens", 64, 10_000);
        var length = new Option<int?>("--length")
        {
            Description = "Random tokens in a copy [default: 50, less where the "
                + "context or the list is shorter]",
            HelpName = "N",
        };
        var draw = new Option<Draw?>("--draw")
        {
            Description = "Draw them from the 8,191 or the 1,000 commonest tokens of the training "
                + "text, or the whole vocabulary [default: all; vocabulary if there is no text]",
            HelpName = "all|common|vocabulary",
        };
        return new Command("heads", "What every head does: scores on random repeats and on text")
        {
            passage.Model, passage.Text, passage.Ids, repeats, length, draw, page.Html,
        }.Runs(
            (parse, terminal) =>
            {
                using SubjectModel model = passage.OpenWithLayers(parse);
                string path = parse.GetRequiredValue(passage.Model);
                bool given = passage.IsGiven(parse);
                bool needed = !given || parse.GetValue(draw) != Draw.Vocabulary;
                using var text = TrainingText.Of(path, model, terminal, needed);
                int context = model.Model.Config.Context;
                Draw from = parse.GetValue(draw) ?? (text.IsKnown ? Draw.All : Draw.Vocabulary);
                RepeatedTokens tokens = text.Repeats(
                    from, parse.GetValue(length), parse.GetValue(repeats), terminal.Seed);
                CancellationToken stop = Interruption.Token;
                var samples = new List<HeadScores>
                {
                    HeadScores.OnRepeatedTokens(model.Model, tokens, cancellation: stop),
                };
                if (given)
                {
                    samples.Add(
                        OnPassage(model, passage.Tokens(parse, model), passage.Name(parse)));
                }
                else if (text.Windows(context, WindowsOf(context)) is { } windows)
                {
                    samples.Add(HeadScores.OnText(model.Model, windows, stop));
                }

                var table = HeadTable.Of(samples);
                terminal.Show(
                    table,
                    CliJson.Readable.HeadTable,
                    console => Print(console, terminal, table, text.Words(from), tokens.Length));
                page.Write(
                    parse, terminal, path, model, () => Section(
                        model, table, tokens, given
                            ? [passage.Tokens(parse, model)]
                            : text.Windows(context, WindowsOf(context)),
                        text, terminal.Seed));
                return 0;
            },
            "vitrine heads runs/2-layer",
            """vitrine heads runs/2-layer "A nation. A nation" --repeats 16 --draw common""");
    }

    private static int WindowsOf(int context) => Math.Max(1, MostWindowTokens / context);

    private static HeadScores OnPassage(SubjectModel model, int[] tokens, string name) =>
        tokens.Length > 1 ? HeadScores.OnText(model.Model, [tokens])
        : throw new UsageException($"{name}: at least 2 tokens are needed; got {tokens.Length}.");

    private static Option<int> Positive(string name, string description, int standard, int most) =>
        CommonOptions.Checked(
            new Option<int>(name)
            {
                Description = description,
                HelpName = "N",
                DefaultValueFactory = _ => standard,
            },
            count => count < 1 || count > most
                ? $"{name}: must be 1 … {most}; got {count}." : null);

    private static ReportSection Section(
        SubjectModel model, HeadTable table, RepeatedTokens repeats, IReadOnlyList<int[]>? pieces,
        TrainingText text, ulong seed)
    {
        var few = new RepeatedTokens(
            [.. repeats.Sequences.Take(StudiedSequences)], repeats.Length);
        HeadStudy study = HeadStudy.Of(
            model.Model, table, few,
            pieces is null or [{ Length: < 3 }] ? null : [.. pieces.Take(StudiedSequences)],
            text.Tokens(), seed, Interruption.Token);
        return HeadsSection.Of(
            table, SubjectHeads.Patterns(model, repeats.Sequences[0]), "Random repeats", study);
    }

    private static void Print(
        IAnsiConsole console, Terminal terminal, HeadTable heads, string drawn, int length)
    {
        Table table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("head");
        foreach ((_, string header) in Columns)
        {
            table.AddColumn(new TableColumn(header).RightAligned());
        }

        table.AddColumn("kind");
        foreach (HeadRow row in heads.Rows)
        {
            table.AddRow(
            [
                $"{row.Layer}.{row.Head}",
                .. Columns.Select(column => Cell(row, column.Score)),
                row.Kinds.Count > 0 ? string.Join("\n", row.Kinds) : "–",
            ]);
        }

        console.Write(table);
        HeadScores repeats = heads.Samples[0];
        RepeatLoss loss = repeats.Repeats!;
        terminal.Say(
            $"{repeats.Sequences} sequences of {length} random tokens ({drawn}) and the same "
            + $"{length}: loss {loss.First:F2} in the first copy, {loss.Second:F2} in the second.");
        if (heads.Samples is [_, { InContext: { } score } text])
        {
            string spread = score.Deviation is { } deviation ? $" ± {deviation:F2}" : "";
            terminal.Say(
                $"{text.Sequences} {(text.Sequences == 1 ? "passage" : "pieces")} of "
                + $"{text.Positions} tokens of text: loss {score.Early:F2} in the first quarter, "
                + $"{score.Late:F2} in the last; in-context score "
                + $"{Numerals.Signed(score.Score)}{spread}.");
        }

        terminal.Say(
            "Prefix match and copies on random tokens, the rest on text where there is some; ± is "
            + "the standard deviation over sequences. A kind is named from a score of 0.3 and "
            + "twice that of a uniform head on.");
    }

    private static string Cell(HeadRow row, string name)
    {
        if (!row.Scores.TryGetValue(name, out RankedScore? score))
        {
            return "–";
        }

        bool logits = name == HeadScoreNames.Copying;
        string value = logits ? Numerals.Signed(score.Value) : Numerals.Weight(score.Value);
        return score.Deviation is { } deviation ? $"{value}\n±{deviation:F2}" : value;
    }
}
