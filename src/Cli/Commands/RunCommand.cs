using System.CommandLine;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine run EXPERIMENT</c>: train, explain, report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("EXPERIMENT")
        {
            Description = $"What to train and explain: {string.Join(", ", Experiment.Names)}",
        };
        var command = new Command("run", "Train a model on real text, explain it, and write report.html") { name };
        TrainingOptions options = new TrainingOptions().AddTo(command);
        return command.Runs(
            (parse, terminal) =>
            {
                Experiment experiment = Experiment.Named(parse.GetRequiredValue(name));
                return TrainedRun.Train(
                    parse,
                    options,
                    $"run {experiment.Name}",
                    experiment,
                    terminal,
                    run => ZeroLayerExplanation.Explain(run, reportPath: null, terminal));
            },
            "vitrine run 0-layer",
            "vitrine run 0-layer --text my-texts/ --steps 300 --out runs/mine",
            "vitrine run 0-layer --resume");
    }
}
