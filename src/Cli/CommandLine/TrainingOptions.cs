using System.CommandLine;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>What is trained: a new run, or one that is gone on with.</summary>
/// <param name="Experiment">What is trained; null, when resuming, for what the run is.</param>
/// <param name="Command">The command, to say how to go on: <c>run 0-layer</c>.</param>
/// <param name="Text">What it is trained on; null for the shipped corpus.</param>
/// <param name="Steps">Updates; null for the recipe's.</param>
/// <param name="Merges">Merges of the tokenizer; null for the recipe's.</param>
/// <param name="Seed">Of every random choice.</param>
/// <param name="Out">The folder; null for a new one under <c>runs/</c>.</param>
/// <param name="Resume">Whether the run that is there is gone on with.</param>
/// <param name="Overwrite">Whether a run that is there is replaced.</param>
internal sealed record TrainingRequest(
    Experiment? Experiment, string Command, string? Text = null, int? Steps = null,
    int? Merges = null, ulong Seed = 0, string? Out = null, bool Resume = false,
    bool Overwrite = false);

/// <summary>The options that <c>run</c> and <c>train</c> share.</summary>
internal sealed class TrainingOptions
{
    public Option<string?> Text { get; } = CommonOptions.Of<string?>(
        "--text", "Train on this UTF-8 file, or the files of this folder [default: the shipped "
        + "corpus]", "FILE|FOLDER");

    public Option<int?> Steps { get; } = CommonOptions.Of<int?>(
        "--steps", "Number of updates [default: the recipe's]", "N",
        steps => steps < 1 ? $"--steps: must be at least 1; got {steps}." : null);

    public Option<int?> Merges { get; } = CommonOptions.Of<int?>(
        "--merges", "Tokenize with only the first N of GPT-2's 50,000 merges: a smaller vocabulary "
        + "[default: the recipe's]", "N",
        merges => merges is < 0 or > Tokenizer.Gpt2Merges
            ? $"--merges: must be 0 … {Tokenizer.Gpt2Merges:N0}; got {merges}." : null);

    public Option<bool> Resume { get; } = CommonOptions.Of<bool>(
        "--resume", "Continue the run in --out, or else the newest one");

    public Option<bool> Overwrite { get; } = CommonOptions.Of<bool>(
        "--overwrite", "Replace the run that --out holds");

    /// <summary>The request as it was given.</summary>
    public TrainingRequest Read(ParseResult parse, Experiment? experiment, string command) => new(
        experiment, command, parse.GetValue(Text), parse.GetValue(Steps), parse.GetValue(Merges),
        parse.GetValue(CommonOptions.Seed), parse.GetValue(CommonOptions.Out),
        parse.GetValue(Resume), parse.GetValue(Overwrite));

    public TrainingOptions AddTo(Command command, params Option[] alsoFixedByTheRun)
    {
        Option[] own = [Text, Steps, Merges, Resume, Overwrite];
        foreach (Option option in own)
        {
            command.Options.Add(option);
        }

        Option[] fixedByTheRun =
            [Steps, Merges, Overwrite, CommonOptions.Seed, .. alsoFixedByTheRun];
        command.Validators.Add(result =>
        {
            if (!result.GetValue(Resume))
            {
                return;
            }

            foreach (Option option in fixedByTheRun)
            {
                if (result.GetResult(option) is { Implicit: false })
                {
                    result.AddError(
                        $"--resume continues a run unchanged and cannot take {option.Name}.");
                }
            }
        });
        return this;
    }
}
