using Vitrine.Cli.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Interp.Findings;

namespace Vitrine.Cli.Tests;

/// <summary>Training and explaining without a console, as a server would call them.</summary>
public sealed class RunRequestTests(TrainedRunFixture trained) : IClassFixture<TrainedRunFixture>
{
    [Fact]
    public void A_run_is_trained_and_explained_by_records()
    {
        string folder = Path.Combine(trained.Folder, "requested");
        var steps = new Steps();
        var told = new List<string>();
        var watch = new RunObserver { Training = steps, Tell = told.Add };
        TrainCommand.Trained run = TrainCommand.Of(
            new TrainingRequest(
                Experiment.Named("0-layer"), "train", trained.Text, Steps: 3, Merges: 300,
                Out: folder),
            watch, TestContext.Current.CancellationToken);
        Assert.Equal((folder, 3, 3), (run.Folder, run.Summary.Steps, steps.Last));
        Assert.StartsWith("Training 0-layer in ", Assert.Single(told), StringComparison.Ordinal);

        Explanation found = ReportCommand.Of(
            new ReportCommand.Request(folder), new RunObserver(),
            TestContext.Current.CancellationToken);
        Assert.Equal(Path.Combine(folder, "report.html"), found.Report);
        Assert.True(File.Exists(found.Report));
        Assert.Contains(found.Findings, finding => finding.Section == "loss");
    }

    [Fact]
    public void A_run_that_is_stopped_says_how_to_go_on()
    {
        string folder = Path.Combine(trained.Folder, "stopped");
        using var stop = new CancellationTokenSource();
        var request = new RunCommand.Request(new TrainingRequest(
            Experiment.Named("0-layer"), "run 0-layer", trained.Text, Steps: 3, Merges: 300,
            Out: folder));
        StoppedException stopped = Assert.Throws<StoppedException>(() => RunCommand.Of(
            request, new RunObserver { Training = new Steps(stop.Cancel) }, stop.Token));
        Assert.StartsWith("Saved after step ", stopped.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            $"Continue with: vitrine run 0-layer --resume --out {folder}", stopped.Message,
            StringComparison.Ordinal);
    }

    private sealed class Steps(Action? then = null)
        : IProgress<Models.Training.TrainingProgress>
    {
        public int Last { get; private set; }

        public void Report(Models.Training.TrainingProgress value)
        {
            Last = value.Step;
            then?.Invoke();
        }
    }
}
