using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Heads;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine heads MODEL [TEXT]</c>: what every head does, by scores.</summary>
internal static class HeadsCommand
{
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

    /// <summary>What heads are shown: random tokens that repeat, and a passage or held-out
    /// text.</summary>
    internal sealed record Request(
        string Model, Passage Passage, int Repeats, int? Length, TokenDraw? Draw)
        : SubjectRequest(Model);

    public static Command Create()
    {
        var passage = new PassageArgument();
        Option<int> repeats = CommonOptions.Count(
            "--repeats", "How many sequences of repeated random tokens",
            Subject.UsualSequences, 10_000);
        Option<int?> length = CommonOptions.Length();
        Option<TokenDraw?> draw = CommonOptions.Draw();
        return new Command("heads", "What every head does: scores on random repeats and on text")
        {
            passage.Model, passage.Text, passage.Ids, repeats, length, draw, CommandPage.Html,
        }.Asks(
            parse => new Request(
                parse.GetRequiredValue(passage.Model), passage.Read(parse),
                parse.GetValue(repeats), parse.GetValue(length), parse.GetValue(draw)),
            Of, Print,
            "vitrine heads runs/2-layer",
            """vitrine heads runs/2-layer "A nation. A nation" --repeats 16 --draw common""");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<HeadTable> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        Passage.NeedsLayers(subject);
        (HeadTable table, RepeatedTokens repeats, IReadOnlyList<int[]>? pieces) =
            Measured(subject, request, stop);
        return new Answer<HeadTable>(
            table,
            () => PageContent.Of(
                Section(subject, table, repeats, pieces, request.Seed, stop),
                TokenVocabulary.Of(subject)));
    }

    /// <summary>All heads as this command measures them where nothing else is asked for, as a
    /// section of the page of another.</summary>
    public static ReportSection Heads(Subject subject, ulong seed, CancellationToken stop)
    {
        var usual = new Request(
            subject.Path, new Passage(null, null), Subject.UsualSequences, null, null)
        {
            Seed = seed,
        };
        (HeadTable table, RepeatedTokens repeats, _) = Measured(subject, usual, stop);
        return HeadsSection.Of(
            table, CommandPage.Patterns(subject, repeats.Sequences[0]), "Random repeats");
    }

    private static (HeadTable Table, RepeatedTokens Repeats, IReadOnlyList<int[]>? Pieces) Measured(
        Subject subject, Request request, CancellationToken stop)
    {
        RepeatedTokens repeats = Passage.Repeats(
            subject, request.Draw, request.Length, request.Repeats, request.Seed);
        IReadOnlyList<int[]>? pieces = request.Passage.IsGiven
            ? [request.Passage.Tokens(subject, least: 2)] : subject.Pieces(subject.Corpus);
        HeadTable table = subject.Scored(repeats, pieces, stop);
        return (table, repeats, pieces);
    }

    private static ReportSection Section(
        Subject subject, HeadTable table, RepeatedTokens repeats, IReadOnlyList<int[]>? pieces,
        ulong seed, CancellationToken stop)
    {
        RepeatedTokens few = repeats.First(StudiedSequences);
        HeadStudy study = HeadStudy.Of(
            subject.Model, table, few,
            pieces is null or [{ Length: < 3 }] ? null : [.. pieces.Take(StudiedSequences)],
            subject.CommonTokens(), seed, stop);
        return HeadsSection.Of(
            table, CommandPage.Patterns(subject, repeats.Sequences[0]), "Random repeats", study);
    }

    private static void Print(
        Terminal terminal, Subject subject, Request request, HeadTable heads)
    {
        Table table = NumberTable.Titled(null, "head")
            .AddNumbers([.. Columns.Select(column => column.Header)]).AddColumn("kind");
        foreach (HeadRow row in heads.Rows)
        {
            table.AddRow(
            [
                $"{row.Layer}.{row.Head}",
                .. Columns.Select(column => Cell(row, column.Score)),
                row.Kinds.Count > 0 ? string.Join("\n", row.Kinds) : "–",
            ]);
        }

        terminal.Tables.Write(table);
        HeadScores repeats = heads.Samples[0];
        RepeatLoss loss = repeats.Repeats!;
        int length = repeats.Positions / 2;
        string drawn = subject.Words(subject.Known(request.Draw));
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
