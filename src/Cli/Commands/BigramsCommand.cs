using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine bigrams MODEL TOKEN</c>: what follows a token, and what predicts
/// it.</summary>
internal static class BigramsCommand
{
    private const int ExactRows = 60;  // the page lists 50

    /// <summary>Which token, how many rows, by what rank; whether inputs that the text never has
    /// are ranked too.</summary>
    internal sealed record Request(
        string Model, TokenArgument Token, int Top, PreviousOrder By, bool Unseen)
        : SubjectRequest(Model);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model();
        Argument<string?> token = TokenArgument.Of(
            "The token's text, leading space included, or #5");
        Option<int?> id = TokenArgument.Number();
        Option<int> top = CommonOptions.Count("--top", "Rows in each table", 10, 50_257);
        var by = CommonOptions.Of<PreviousOrder?>(
            "--by", "Rank what predicts it by lift, probability or the raw logit, which favours "
            + "rare tokens [default: lift]", "lift|probability|logit");
        var unseen = CommonOptions.Of<bool>(
            "--unseen", "Also rank inputs that the training text never has");
        Option<string?> text = CommonOptions.CountIn();
        return new Command("bigrams", "What follows a token, and what predicts it, in the model "
            + "and in the text")
        {
            model, token, id, top, by, unseen, text, CommandPage.Html,
        }.Asks(
            parse => new Request(
                parse.GetRequiredValue(model), TokenArgument.Read(parse, token, id),
                parse.GetValue(top), parse.GetValue(by) ?? PreviousOrder.Lift,
                parse.GetValue(unseen))
            {
                Text = parse.GetValue(text),
            },
            Of,
            (terminal, subject, _, result) =>
            {
                BigramTablePrinter.Print(
                    terminal.Tables, result.Table, subject.Display,
                    counted: subject.Counts is not null);
                terminal.Say(BigramTablePrinter.Note(result.Table, subject.Counts is not null));
            },
            """vitrine bigrams runs/0-layer " Congress" """.TrimEnd(),
            "vitrine bigrams runs/0-layer --id 3162 --by logit --json",
            """vitrine bigrams runs/0-layer " Congress" --html congress.html""");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<NamedBigramTable> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        bool counted = subject.Counts is not null;
        int token = request.Token.In(subject);
        BigramCounts counts = subject.Counts ?? BigramCounts.Of([], 0, subject.Vocabulary);
        bool all = request.Unseen || !counted;
        using DirectPath path = DirectPath.Of(subject.Model);
        float[] logSumExp = path.LogSumExp(
            [
                .. Enumerable.Range(0, counts.Vocabulary)
                    .Where(id => all || counts.FirstCounts[id] > 0),
            ],
            cancellation: stop);
        BigramTable table = new BigramTables(path, counts, logSumExp)
            .Of(token, request.Top, request.By, all);
        string? note = subject.Heads.Count == 0 ? null
            : BigramFindings.DirectPathAlone(norm: subject.Model.LnFinal is not null);
        return new Answer<NamedBigramTable>(
            NamedBigramTable.Of(table, subject.Text, counted),
            () => Page(subject, request, table, counts, logSumExp, note),
            [
                .. TokenArgument.Uncounted(subject),
                .. note is null ? Array.Empty<string>() : [note],
            ]);
    }

    private static PageContent Page(
        Subject subject, Request request, BigramTable table, BigramCounts counts,
        float[] logSumExp, string? note)
    {
        using DirectPath path = DirectPath.Of(subject.Model);
        bool all = request.Unseen || subject.Counts is null;
        return BigramsPage.Of(
            DirectPathWeights.Of(path, counts, logSumExp), table,
            new BigramTables(path, counts, logSumExp).Of(
                table.Token, Math.Max(request.Top, ExactRows), request.By, all),
            request.By, all, TokenVocabulary.Of(subject), note);
    }
}
