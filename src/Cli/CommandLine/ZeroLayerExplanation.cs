using Spectre.Console;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>A trained 0-layer run explained: analyses, tables, findings, figures and
/// report.</summary>
internal static class ZeroLayerExplanation
{
    private const int RowsPrinted = 5;

    /// <summary>Runs the analyses.</summary>
    /// <param name="run">The trained run.</param>
    /// <param name="progress">Is told of stages.</param>
    /// <param name="stop">Ends them.</param>
    public static (Explanation, ReportPage) Of(
        TrainedRun run, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        ZeroLayerAnalysis analysis = Analyse(run, progress, stop);
        TrainingSummary summary = run.Summary with
        {
            UnigramHeldOutLoss = analysis.Losses.UnigramHeldOut.Value,
            BigramHeldOutLoss = analysis.Losses.BigramHeldOut.Value,
        };
        ReportPage page = ZeroLayerPage.Of(ReportOf(run, analysis));
        var found = new Explanation(
            run.Folder.Path, run.Notes, summary, page.Lead, ZeroLayerFindings.Of(analysis),
            $"Any token: vitrine bigrams {run.Folder.Path} {Example(run, analysis)}")
        {
            Examples = new(analysis.Examples, analysis.Losses, run.Corpus.Tokenizer),
        };
        return (found, page);
    }

    /// <summary>A token of the run's own text, as the command line takes it.</summary>
    private static string Example(TrainedRun run, ZeroLayerAnalysis analysis)
    {
        int id = analysis.Examples.Select(table => table.Token).FirstOrDefault();
        string text = run.Corpus.Tokenizer.Text(id);
        return text.All(one => char.IsAsciiLetterOrDigit(one) || one == ' ')
            ? $"\"{text}\"" : $"\"#{id}\"";
    }

    /// <summary>Prints the tables.</summary>
    public static void Print(Terminal terminal, BigramExamples examples)
    {
        foreach (BigramTable table in examples.Tables)
        {
            BigramTablePrinter.Print(
                terminal.Tables, table, examples.Tokenizer.Display, RowsPrinted);
        }

        terminal.Say(BigramTablePrinter.Note(examples.Tables[0]));
        PrintLosses(terminal.Tables, examples.Losses);
    }

    private static ZeroLayerAnalysis Analyse(
        TrainedRun run, IProgress<AnalysisProgress>? progress, CancellationToken stop)
    {
        using DirectPath path = DirectPath.Of(run.Model);
        return ZeroLayerAnalysis.Of(
            path,
            run.Corpus.Tokenizer,
            run.Corpus.Train,
            run.Corpus.HeldOut,
            new ZeroLayerOptions { TSne = new() { Seed = run.Notes.Recipe.Seed } },
            progress,
            stop);
    }

    private static void PrintLosses(IAnsiConsole console, LossComparison losses)
    {
        Table table = NumberTable.Titled(
            "How good is it? (nats per token)", "model", "text").AddNumbers("loss")
            .AddColumn("95% over documents").AddNumbers("perplexity");
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
            [.. run.Folder.Checkpoints.Select(checkpoint => checkpoint.Step)]) with
        {
            Changes = TrainingChange.Of(run.Notes.Recipe, run.Corpus),
        });
}
