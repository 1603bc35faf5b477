using System.CommandLine;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>The options that <c>run</c> and <c>train</c> share.</summary>
internal sealed class TrainingOptions
{
    public Option<string?> Text { get; } = new("--text")
    {
        Description = "Train on this UTF-8 file, or the files of this folder [default: the "
            + "shipped corpus]",
        HelpName = "FILE|FOLDER",
    };

    public Option<int?> Steps { get; } = CommonOptions.Checked(
        new Option<int?>("--steps")
        {
            Description = "Number of updates [default: the recipe's]",
            HelpName = "N",
        },
        steps => steps < 1 ? $"--steps: must be at least 1; got {steps}." : null);

    public Option<int?> Merges { get; } = CommonOptions.Checked(
        new Option<int?>("--merges")
        {
            Description = "Make tokens with the first N of GPT-2's 50,000 merges alone: a smaller "
                + "vocabulary [default: the recipe's]",
            HelpName = "N",
        },
        merges => merges is < 0 or > Tokenizer.Gpt2Merges
            ? $"--merges: must be 0 … {Tokenizer.Gpt2Merges:N0}; got {merges}." : null);

    public Option<bool> Resume { get; } = new("--resume")
    {
        Description = "Go on with the run in --out, or else with the newest one",
    };

    public Option<bool> Overwrite { get; } = new("--overwrite")
    {
        Description = "Replace the run that --out holds",
    };

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
                        "--resume goes on with a run as it was begun and cannot take "
                            + $"{option.Name}.");
                }
            }
        });
        return this;
    }
}
