using Vitrine.Explorer;
using Vitrine.Interp.Studies;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>What the analyses of a trained run found.</summary>
/// <param name="Summary">Its figures.</param>
/// <param name="Page">Its report.</param>
/// <param name="Findings">What it says in sentences.</param>
/// <param name="Further">Where to look next.</param>
/// <param name="Tables">The analysis whose tables come before the findings; null for one whose
/// tables are commands of their own.</param>
internal sealed record Explanation(
    TrainingSummary Summary, ReportPage Page, IReadOnlyList<Finding> Findings, string Further,
    ZeroLayerAnalysis? Tables = null)
{
    /// <summary>Explains a run, writes its summary and its report, and prints.</summary>
    /// <param name="run">The trained run.</param>
    /// <param name="reportPath">Where the page goes; null for the run's folder.</param>
    /// <param name="terminal">What to print on.</param>
    /// <param name="others">Finished runs that differ in the seed alone: their curves stand beside
    /// this one's.</param>
    /// <returns>The exit code.</returns>
    public static int Show(
        TrainedRun run, string? reportPath, Terminal terminal,
        params IReadOnlyList<string> others)
    {
        Explanation found;
        using (var stages = new StageDisplay(terminal))
        {
            found = run.Model.Config.Layers == 0
                ? ZeroLayerExplanation.Of(run, stages, Interruption.Token)
                : AttentionOnlyExplanation.Of(
                    run, others, terminal.TellOnce, stages, Interruption.Token);
        }

        run.Folder.WriteText(RunFolder.SummaryFile, found.Summary.ToJson());
        string page = Path.GetFullPath(reportPath ?? run.Folder[RunFolder.ReportFile]);
        Directory.CreateDirectory(Path.GetDirectoryName(page)!);
        Report.Write(page, found.Page);
        if (terminal.Json)
        {
            terminal.Output.WriteLine(found.Summary.ToJson());
            return 0;
        }

        if (found.Tables is { } analysis)
        {
            ZeroLayerExplanation.Print(terminal, run, analysis);
        }
        else
        {
            terminal.Say($"The model saw {AttentionOnlyPage.Words(run.Notes.Recipe.Data)}.");
        }

        foreach (Finding finding in found.Findings)
        {
            terminal.Say($"{(finding.Holds ? "•" : "✗")} {finding.Text}");
        }

        terminal.Say("");
        terminal.Say($"Report: {page}");
        terminal.Say(found.Further);
        return 0;
    }
}
