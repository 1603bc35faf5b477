using Vitrine.Explorer;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Losses;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>What the analyses of a trained run found.</summary>
/// <param name="Folder">The run.</param>
/// <param name="Notes">What was trained.</param>
/// <param name="Summary">Its figures.</param>
/// <param name="Lead">The result in a few sentences.</param>
/// <param name="Findings">What it says in sentences.</param>
/// <param name="Further">Where to look next.</param>
internal sealed record Explanation(
    string Folder, RunNotes Notes, TrainingSummary Summary, Prose Lead,
    IReadOnlyList<Finding> Findings, string Further)
{
    /// <summary>The tables that come before the findings; null for a run whose tables are commands
    /// of their own.</summary>
    public BigramExamples? Examples { get; init; }

    /// <summary>The page.</summary>
    public string Report { get; init; } = "";

    /// <summary>Which of how many models; null for one alone.</summary>
    public (int Number, int Models)? Place { get; init; }

    /// <summary>Explains a run, and writes its summary and its report.</summary>
    /// <param name="run">The trained run.</param>
    /// <param name="reportPath">Where the page goes; null for the run's folder.</param>
    /// <param name="others">Finished runs that differ in the seed alone: their curves stand beside
    /// this one's.</param>
    /// <param name="watch">Is told of stages, and which 0-layer model stands beside.</param>
    /// <param name="stop">Ends it.</param>
    public static Explanation Of(
        TrainedRun run, string? reportPath, IReadOnlyList<string> others, RunObserver watch,
        CancellationToken stop = default)
    {
        (Explanation found, ReportPage page) = run.Model.Config.Layers == 0
            ? ZeroLayerExplanation.Of(run, watch.Stages, stop)
            : AttentionOnlyExplanation.Of(run, others, watch.Tell, watch.Stages, stop);
        run.Folder.WriteText(RunFolder.SummaryFile, found.Summary.ToJson());
        string path = Path.GetFullPath(reportPath ?? run.Folder[RunFolder.ReportFile]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Explorer.Report.Write(path, page with { Findings = found.Findings });
        if (reportPath is null)
        {
            ReportLinks.Write(Beside(run, path));
        }

        return found with { Report = path };
    }

    /// <summary>The report, and the newest of every other experiment in the same
    /// folder.</summary>
    private static IReadOnlyList<(string Name, string Path)> Beside(TrainedRun run, string report)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(run.Folder.Path))!;
        string own = run.Notes.Experiment;
        return
        [
            .. from name in Experiment.Names.Append(own).Distinct()
               let path = name == own ? report : TrainedRun.Runs(name, folder)
                   .Select(one => Path.Combine(one, RunFolder.ReportFile))
                   .FirstOrDefault(File.Exists)
               where path is not null
               select (name, path),
        ];
    }

    /// <summary>Prints it: its figures as JSON, or tables and sentences. Of several models one
    /// JSON is printed for all.</summary>
    public void Print(Terminal terminal)
    {
        if (terminal.Json)
        {
            if (Place is null)
            {
                terminal.Output.WriteLine(Summary.ToJson());
            }

            return;
        }

        if (Place is var (number, models))
        {
            terminal.Say($"Seed {Notes.Recipe.Seed} ({number} of {models}):");
        }

        if (Examples is { } examples)
        {
            ZeroLayerExplanation.Print(terminal, examples);
        }

        terminal.Say(Lead.ToString());
        terminal.Say("");
        foreach (Finding finding in Findings)
        {
            terminal.Say($"{(finding.Holds ? "•" : "✗")} {finding.Text}");
        }

        terminal.Say("");
        terminal.Say($"Report: {Report}");
        terminal.Say(Further);
    }
}

/// <summary>Bigrams of a 0-layer model, and its losses.</summary>
internal sealed record BigramExamples(
    IReadOnlyList<BigramTable> Tables, LossComparison Losses, Tokenizer Tokenizer);
