using System.CommandLine;
using System.Text.Json.Serialization;
using Vitrine.Cli.CommandLine;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine train</c>: training alone, from a preset or a file.</summary>
internal static class TrainCommand
{
    /// <summary>The file of <c>--config</c>.</summary>
    internal sealed record ConfigFile(
        [property: JsonConverter(typeof(TransformerConfigConverter))] TransformerConfig Model,
        Recipe? Recipe = null);

    /// <summary>What a run reached.</summary>
    internal sealed record Trained(string Folder, TrainingSummary Summary);

    public static Command Create()
    {
        var preset = CommonOptions.Of<string?>(
            "--preset",
            $"What to train: {string.Join(", ", Experiment.Names)} [default: 0-layer]", "NAME");
        var config = CommonOptions.Of<string?>(
            "--config", """JSON: {"model": {…}, "recipe": {…}}, """
            + "fields as in config.json and docs/cli.md", "FILE");
        var command = new Command("train", "Train a model, without analyses")
        {
            preset,
            config,
        };
        TrainingOptions options = new TrainingOptions().AddTo(command, preset, config);
        command.Validators.Add(result =>
        {
            if (result.GetResult(preset) is not null && result.GetResult(config) is not null)
            {
                result.AddError("--preset and --config both say what to train; give one.");
            }
        });
        return command.Trains(
            parse => options.Read(
                parse,
                parse.GetValue(options.Resume) ? null
                    : parse.GetValue(config) is { } file ? FromFile(file)
                    : Experiment.Named(parse.GetValue(preset) ?? "0-layer"),
                "train"),
            Of, Print,
            "vitrine train --preset 0-layer --steps 200 --out runs/short",
            "vitrine train --config model.json --text my-texts/",
            "vitrine train --resume --out runs/short");
    }

    /// <summary>Answers the request: trains.</summary>
    public static Trained Of(
        TrainingRequest request, RunObserver watch, CancellationToken stop = default) =>
        TrainedRun.Train(
            request, watch, run => new Trained(run.Folder.Path, run.Summary), stop);

    private static void Print(Terminal terminal, Trained run)
    {
        TrainingSummary summary = run.Summary;
        if (terminal.Json)
        {
            terminal.Output.WriteLine(summary.ToJson());
            return;
        }

        terminal.Say(
            $"Held-out loss {summary.HeldOutLoss:F3} nats per token after "
                + $"{Numerals.Counted(summary.Steps, "step")}, {summary.Tokens:N0} tokens, {summary.Seconds:F0} s.");
        terminal.Say($"Run: {run.Folder}");
    }

    /// <summary>What a file of <c>--config</c> says.</summary>
    internal static Experiment FromFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"--config: {path} does not exist; name a JSON file with a \"model\".");
        }

        string name = Path.GetFileNameWithoutExtension(path);
        return JsonFile.Parse($"--config: {path}", InputFile.ReadAllBytes(path), json =>
        {
            ConfigFile file = json.As(ConfigFileJson.Default.ConfigFile);
            Recipe recipe = (file.Recipe ?? new Recipe()).Validate(file.Model);
            return new Experiment(name, _ => file.Model, recipe with { Name = name });
        });
    }
}

/// <summary>The JSON of <c>--config</c>: what it does not know is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainCommand.ConfigFile))]
internal sealed partial class ConfigFileJson : JsonSerializerContext;
