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
            Description = "What a 2-layer model sees: mixture (text that partly repeats), repeats "
                + "(random tokens), "
                + "or text alone [default: mixture]",
            HelpName = string.Join("|", Experiment.Data),
        };
        Option<int> seeds = CommonOptions.Checked(
            new Option<int>("--seeds")
            {
                Description = "Train so many models, with --seed and the seeds behind it, each in "
                    + "a folder of its own, "
                    + "and show how far their figures spread",
                HelpName = "N",
                DefaultValueFactory = _ => 1,
            },
            count => count is < 1 or > 100 ? $"--seeds: must be 1 … 100; got {count}." : null);
        var command = new Command("run", "Train a model on real text, explain it, and write "
            + "report.html")
        {
            name, data, seeds,
        };
        TrainingOptions options = new TrainingOptions().AddTo(command, data, seeds);
        return command.Runs(
            (parse, terminal) =>
            {
                Experiment experiment = Experiment.Named(
                    parse.GetRequiredValue(name), parse.GetValue(data));
                string? path = parse.GetValue(CommonOptions.Out);
                int count = parse.GetValue(seeds);
                return count == 1
                    ? Train(
                        terminal, path,
                        run => Explanation.Show(run, reportPath: null, terminal))
                    : Several(count);

                int Train(Terminal own, string? folder, Func<TrainedRun, int> explain) =>
                    TrainedRun.Train(
                        parse, options, $"run {experiment.Name}", experiment, own, folder, explain);

                int Several(int models)
                {
                    var runs = new List<(ulong Seed, string Folder)>();
                    for (ulong seed = terminal.Seed; runs.Count < models; seed++)
                    {
                        string? folder = path is null ? null : Path.Combine(path, $"seed-{seed}");
                        Terminal own = terminal.For(seed);
                        int code = Train(own, folder, run =>
                        {
                            string[] finished = [.. runs.Select(one => one.Folder)];
                            runs.Add((own.Seed, run.Folder.Path));
                            own.Say($"Seed {own.Seed} ({runs.Count} of {models}):");
                            return Explanation.Show(run, reportPath: null, own, finished);
                        });
                        if (code != 0)
                        {
                            return code;
                        }
                    }

                    SeedSpread.Of(runs).Show(terminal);
                    return 0;
                }
            },
            "vitrine run 0-layer",
            "vitrine run 1-layer",
            "vitrine run 2-layer --data repeats",
            "vitrine run 2-layer --seed 10 --seeds 3 --out runs/three",
            "vitrine run 0-layer --text my-texts/ --steps 300 --out runs/mine",
            "vitrine run 0-layer --resume");
    }
}
