using System.CommandLine;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.CommandLine;

/// <summary>The options that name clean and corrupt prompts, and what is compared after
/// them.</summary>
internal sealed class PromptOptions
{
    private readonly Option<string?> _clean =
        Text("--clean", "The prompt with the behaviour", "TEXT");
    private readonly Option<string?> _corrupt =
        Text("--corrupt", "The prompt without it, of as many tokens", "TEXT");
    private readonly Option<string?> _cleanIds =
        Text("--clean-ids", "The clean prompt as tokens", "5,17,…");
    private readonly Option<string?> _corruptIds =
        Text("--corrupt-ids", "The corrupt prompt as tokens", "5,17,…");
    private readonly Option<string?> _answer = Text(
        "--answer", "What the clean prompt is continued with: one token, leading space included, "
        + "or #5", "TOKEN");

    private readonly Option<string?> _versus = Text(
        "--versus", "What the corrupt prompt is continued with", "TOKEN");

    private readonly Option<string?> _prompts = Text(
        "--prompts", "Pairs or a template with slots, in place of all these "
        + "(docs/analyses/activation-patching.md)",
        "FILE");

    /// <summary>What a patch is judged by.</summary>
    public Option<MetricKind> Metric { get; } = new("--metric")
    {
        Description = "What is compared at the last position [default: logitDifference]",
        HelpName = "logitDifference|probability|loss|kl",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [_clean, _corrupt, _answer, _versus, _cleanIds, _corruptIds, _prompts, Metric])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Runs an experiment on the prompts; what they cannot mean is wrong usage.</summary>
    public T With<T>(ParseResult parse, SubjectModel subject, Func<PromptPairs, T> experiment)
    {
        try
        {
            return experiment(Read(parse, subject));
        }
        catch (ArgumentException wrong)
        {
            throw UsageException.Of(wrong);
        }
    }

    private PromptPairs Read(ParseResult parse, SubjectModel subject)
    {
        if (parse.GetValue(_prompts) is { } file)
        {
            string[] others =
            [
                .. new[] { _clean, _corrupt, _answer, _versus, _cleanIds, _corruptIds }
                    .Where(option => parse.GetValue(option) is not null)
                        .Select(option => option.Name),
            ];
            if (others.Length > 0)
            {
                throw new UsageException(
                    $"--prompts: the file says what {string.Join(", ", others)} would.");
            }

            return File.Exists(file) ? PromptFile.Read(file, subject.Tokenizer)
                : throw new FileNotFoundException(
                    $"--prompts: {file} does not exist; name a JSON file of pairs.");
        }

        int[] clean = subject.Tokens(
            _clean.Name, parse.GetValue(_clean), _cleanIds.Name, parse.GetValue(_cleanIds));
        int[] corrupt = subject.Tokens(
            _corrupt.Name, parse.GetValue(_corrupt), _corruptIds.Name, parse.GetValue(_corruptIds));
        if (clean.AsSpan().SequenceEqual(corrupt))
        {
            string name = (parse.GetValue(_corrupt) is null ? _corruptIds : _corrupt).Name;
            throw new UsageException(
                $"{name}: it is the clean prompt, token for token; change what the answer depends "
                + "on.");
        }

        int answer = subject.Token(
            _answer.Name,
            parse.GetValue(_answer) ?? throw new UsageException(
                "--answer: give the token that the clean prompt is continued with."));
        int? versus = parse.GetValue(_versus) is { } other
            ? subject.Token(_versus.Name, other) : null;
        if (versus == answer)
        {
            throw new UsageException(
                $"--versus: {subject.Display(answer)} is the answer itself; name another token.");
        }

        return new PromptPairs(
            [clean], [corrupt], [answer], versus is { } one ? [one] : null, subject.Display);
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };
}
