using System.CommandLine;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine run EXPERIMENT</c>: train, explain, report.</summary>
internal static class RunCommand
{
    /// <summary>What is trained, and how many models, with seeds one after the other.</summary>
    internal sealed record Request(TrainingRequest Training, int Seeds = 1);

    /// <summary>What was found.</summary>
    /// <param name="Models">Each model explained.</param>
    /// <param name="Spread">How far several differ; null of one.</param>
    internal sealed record Result(IReadOnlyList<Explanation> Models, SeedSpread? Spread);

    public static Command Create()
    {
        var name = new Argument<string>("EXPERIMENT")
        {
            Description = $"What to train and explain: {string.Join(", ", Experiment.Names)}",
        };
        var data = CommonOptions.Of<string?>(
            "--data", "What a 2-layer model sees: mixture (text that partly repeats), repeats "
            + "(random tokens), or text alone [default: mixture]",
            string.Join("|", Experiment.Data));
        Option<int> seeds = CommonOptions.Count(
            "--seeds", "Train so many models, with --seed and the seeds after it, each in a "
            + "folder of its own, and show how far their figures spread", usual: 1, most: 100);
        var command = new Command("run", "Train a model on real text, explain it, and write "
            + "report.html")
        {
            name, data, seeds,
        };
        TrainingOptions options = new TrainingOptions().AddTo(command, data, seeds);
        return command.Trains(
            parse =>
            {
                var experiment = Experiment.Named(
                    parse.GetRequiredValue(name), parse.GetValue(data));
                return new Request(
                    options.Read(parse, experiment, $"run {experiment.Name}"),
                    parse.GetValue(seeds));
            },
            Of, (terminal, found) => found.Spread?.Print(terminal),
            "vitrine run 0-layer",
            "vitrine run 1-layer",
            "vitrine run 2-layer --data repeats",
            "vitrine run 2-layer --seed 10 --seeds 3 --out runs/three",
            "vitrine run 0-layer --text my-texts/ --steps 300 --out runs/mine",
            "vitrine run 0-layer --resume");
    }

    /// <summary>Answers the request: trains each model, explains it, and writes its
    /// report.</summary>
    public static Result Of(
        Request request, RunObserver watch, CancellationToken stop = default)
    {
        var found = new List<Explanation>();
        while (found.Count < request.Seeds)
        {
            ulong seed = request.Training.Seed + (ulong)found.Count;
            TrainingRequest one = request.Training with { Seed = seed };
            if (request.Seeds > 1 && one.Out is { } folder)
            {
                one = one with { Out = Path.Combine(folder, $"seed-{seed}") };
            }

            found.Add(TrainedRun.Train(
                one, watch,
                run => Explanation.Of(
                    run, null, [.. found.Select(other => other.Folder)], watch, stop) with
                {
                    Place = request.Seeds > 1 ? (found.Count + 1, request.Seeds) : null,
                },
                stop));
            watch.Explained?.Invoke(found[^1]);
        }

        return new Result(found, found.Count > 1 ? SeedSpread.Of(found) : null);
    }
}
