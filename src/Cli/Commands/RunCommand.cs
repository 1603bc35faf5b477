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
        var data = new Option<string?>("--data")
        {
            Description = "What a 2-layer model sees: mixture (text that partly repeats), repeats (random tokens), "
                + "or text alone [default: mixture]",
            HelpName = string.Join("|", Experiment.Data),
        };
        var command = new Command("run", "Train a model on real text, explain it, and write report.html")
        {
            name, data,
        };
        TrainingOptions options = new TrainingOptions().AddTo(command, data);
        return command.Runs(
            (parse, terminal) =>
            {
                Experiment experiment = Experiment.Named(
                    parse.GetRequiredValue(name), parse.GetValue(data));
                return TrainedRun.Train(
                    parse,
                    options,
                    $"run {experiment.Name}",
                    experiment,
                    terminal,
                    run => run.Explain(reportPath: null, terminal));
            },
            "vitrine run 0-layer",
            "vitrine run 1-layer",
            "vitrine run 2-layer --data repeats",
            "vitrine run 0-layer --text my-texts/ --steps 300 --out runs/mine",
            "vitrine run 0-layer --resume");
    }
}
