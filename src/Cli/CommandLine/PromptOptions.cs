using System.CommandLine;
using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.CommandLine;

/// <summary>The options that name clean and corrupt prompts, and what is compared after
/// them.</summary>
internal sealed class PromptOptions
{
    private readonly Option<string?> _clean =
        CommonOptions.Of<string?>("--clean", "The prompt with the behaviour", "TEXT");
    private readonly Option<string?> _corrupt =
        CommonOptions.Of<string?>("--corrupt", "The prompt without it, with the same number of "
            + "tokens", "TEXT");
    private readonly Option<string?> _cleanIds =
        CommonOptions.Of<string?>("--clean-ids", "The clean prompt as tokens", "5,17,…");
    private readonly Option<string?> _corruptIds =
        CommonOptions.Of<string?>("--corrupt-ids", "The corrupt prompt as tokens", "5,17,…");
    private readonly Option<string?> _answer = CommonOptions.Of<string?>(
        "--answer", "The clean prompt's continuation: one token, leading space included, or "
        + "#5", "TOKEN");

    private readonly Option<string?> _versus = CommonOptions.Of<string?>(
        "--versus", "The corrupt prompt's continuation", "TOKEN");

    private readonly Option<string?> _prompts = CommonOptions.Of<string?>(
        "--prompts", "Pairs or a template with slots, instead of all these "
        + "(docs/analyses/activation-patching.md)",
        "FILE");

    /// <summary>What a patch is judged by.</summary>
    public Option<MetricKind> Metric { get; } = CommonOptions.Of<MetricKind>(
        "--metric", "The metric at the last position [default: logitDifference]",
        "logitDifference|probability|loss|kl");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [_clean, _corrupt, _answer, _versus, _cleanIds, _corruptIds, _prompts, Metric])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The prompts as they were given.</summary>
    public Prompts Read(ParseResult parse)
    {
        var given = new Prompts(
            parse.GetValue(_clean), parse.GetValue(_corrupt), parse.GetValue(_cleanIds),
            parse.GetValue(_corruptIds), parse.GetValue(_answer), parse.GetValue(_versus),
            parse.GetValue(_prompts), parse.GetValue(Metric));
        string others = CommonOptions.Typed(
            parse, _clean, _corrupt, _answer, _versus, _cleanIds, _corruptIds);
        return given.File is null || others.Length == 0 ? given : throw new RequestException(
            $"--prompts: the file replaces {others}.");
    }
}
