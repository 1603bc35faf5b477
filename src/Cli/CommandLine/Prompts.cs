using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.CommandLine;

/// <summary>Clean and corrupt prompts as they were given, or the file that has them, and what is
/// compared after them.</summary>
internal sealed record Prompts(
    string? Clean, string? Corrupt, string? CleanIds, string? CorruptIds, string? Answer,
    string? Versus, string? File, MetricKind Metric)
{
    /// <summary>Runs an experiment on the prompts; what they cannot mean is refused.</summary>
    public T With<T>(Subject subject, Func<PatchingExperiment, T> run) => With(subject, pairs =>
    {
        using var experiment = new PatchingExperiment(subject.Model, pairs, Metric);
        return run(experiment);
    });

    /// <inheritdoc cref="With{T}(Subject, Func{PatchingExperiment, T})"/>
    public T With<T>(Subject subject, Func<PromptPairs, T> run)
    {
        try
        {
            return run(Read(subject));
        }
        catch (ArgumentException wrong)
        {
            throw RequestException.Of(wrong, File);
        }
    }

    /// <summary>The pairs of prompts.</summary>
    private PromptPairs Read(Subject subject)
    {
        if (File is not null)
        {
            return System.IO.File.Exists(File) ? PromptFile.Read(File, subject.Tokenizer)
                : throw new FileNotFoundException(
                    $"`prompts`: {File} does not exist; name a JSON file of pairs.");
        }

        int[] clean = Passage.Of(subject, "`clean`", Clean, "`cleanIds`", CleanIds);
        int[] corrupt = Passage.Of(subject, "`corrupt`", Corrupt, "`corruptIds`", CorruptIds);
        if (clean.AsSpan().SequenceEqual(corrupt))
        {
            string name = Corrupt is null ? "`corruptIds`" : "`corrupt`";
            throw new RequestException(
                $"{name}: it is the clean prompt, token for token; change what the answer depends "
                + "on.");
        }

        int answer = subject.Token(
            Answer ?? throw new RequestException(
                "`answer`: give the token that continues the clean prompt."), "`answer`");
        int? versus = Versus is null ? null : subject.Token(Versus, "`versus`");
        return versus != answer
            ? new PromptPairs(
                [clean], [corrupt], [answer], versus is { } one ? [one] : null, subject.Display)
            : throw new RequestException(
                $"`versus`: {subject.Display(answer)} is the answer itself; name another token.");
    }
}
