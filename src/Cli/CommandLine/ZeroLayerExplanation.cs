using Spectre.Console;
using Vitrine.Explorer;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>A trained 0-layer run explained: analyses, tables, findings, figures and
/// report.</summary>
internal static class ZeroLayerExplanation
{
    private const int RowsPrinted = 5;

    /// <summary>Runs the analyses, writes the summary and the report, and prints.</summary>
    /// <param name="run">The trained run.</param>
    /// <param name="reportPath">Where the page goes; null for the run's folder.</param>
    /// <param name="terminal">What to print on.</param>
    /// <returns>The exit code.</returns>
    public static int Explain(TrainedRun run, string? reportPath, Terminal terminal)
    {
        ZeroLayerAnalysis analysis = Analyse(run, terminal);
        TrainingSummary summary = run.Summary with
        {
            UnigramHeldOutLoss = analysis.Losses.UnigramHeldOut.Value,
            BigramHeldOutLoss = analysis.Losses.BigramHeldOut.Value,
        };
        run.Folder.WriteText(RunFolder.SummaryFile, summary.ToJson());
        string page = Path.GetFullPath(reportPath ?? run.Folder[RunFolder.ReportFile]);
        Directory.CreateDirectory(Path.GetDirectoryName(page)!);
        Report.Write(page, ZeroLayerPage.Of(ReportOf(run, analysis)));
        if (terminal.Json)
        {
            terminal.Output.WriteLine(summary.ToJson());
            return 0;
        }

        foreach (BigramTable table in analysis.Examples)
        {
            BigramTablePrinter.Print(
                terminal.Tables, table, run.Corpus.Tokenizer.Display, RowsPrinted);
        }

        terminal.Say(BigramTablePrinter.Note(analysis.Examples[0]));

        PrintLosses(terminal.Tables, analysis.Losses);
        foreach (Finding finding in ZeroLayerFindings.Of(analysis))
        {
            terminal.Say($"{(finding.Holds ? "•" : "✗")} {finding.Text}");
        }

        terminal.Say("");
        terminal.Say($"Report: {page}");
        terminal.Say($"Any token: vitrine bigrams {run.Folder.Path} \" Congress\"");
        return 0;
    }

    private static ZeroLayerAnalysis Analyse(TrainedRun run, Terminal terminal)
    {
        using DirectPath path = DirectPath.Of(run.Model);
        using var stages = new StageDisplay(terminal);
        return ZeroLayerAnalysis.Of(
            path,
            run.Corpus.Tokenizer,
            run.Corpus.Train,
            run.Corpus.HeldOut,
            new ZeroLayerOptions { TSne = new() { Seed = run.Notes.Recipe.Seed } },
            stages,
            Interruption.Token);
    }

    private static void PrintLosses(IAnsiConsole console, LossComparison losses)
    {
        Table table = new Table().Border(TableBorder.Minimal).Title("How good is it? (nats per "
            + "token)");
        table.AddColumn("model").AddColumn("text");
        table.AddColumn(new TableColumn("loss").RightAligned());
        table.AddColumn(new TableColumn("95% over documents"));
        table.AddColumn(new TableColumn("perplexity").RightAligned());
        (string Model, string Text, LossEstimate Loss)[] rows =
        [
            ("0-layer", "training", losses.Train),
            ("0-layer", "held out", losses.HeldOut),
            ("Kneser–Ney bigram", "held out", losses.BigramHeldOut),
            ("unigram", "held out", losses.UnigramHeldOut),
        ];
        foreach ((string model, string text, LossEstimate loss) in rows)
        {
            table.AddRow(
                model,
                text,
                $"{loss.Value:F3}",
                loss is { Low: { } low, High: { } high } ? $"{low:F2} … {high:F2}" : "–",
                $"{loss.Perplexity:N0}");
        }

        console.Write(table);
    }

    private static ZeroLayerReport ReportOf(TrainedRun run, ZeroLayerAnalysis analysis) => new(
        new RunFacts
        {
            Name = Path.GetFileName(run.Folder.Path),
            DModel = run.Model.Config.DModel,
            VocabularySize = run.Model.Config.Vocabulary,
            Parameters = run.Model.Parameters.Sum(parameter => parameter.Value.Length),
            Corpus = run.Corpus.Name,
            TrainTokens = run.Corpus.Train.Length,
            Steps = run.Summary.Steps,
            Seed = run.Notes.Recipe.Seed,
            Seconds = run.Summary.Seconds,
            Commit = run.Notes.Commit,
        },
        TokenVocabulary.Of(run.Corpus.Tokenizer),
        analysis,
        LossHistory.Of(
            TrainingMetrics.Of(run.Folder),
            analysis.Losses,
            [.. run.Folder.Checkpoints.Select(checkpoint => checkpoint.Step)]));
}
