using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What an experiment on two prompts asks, in a sentence.</summary>
internal static class PromptQuestion
{
    /// <summary>What an input of a head is called.</summary>
    public static string Input(string input) => input switch
    {
        "q" or "Q" => "queries",
        "k" or "K" => "keys",
        "v" or "V" => "values",
        _ => input,
    };

    /// <summary>What is compared, in both runs.</summary>
    public static Prose Asked(this Prose said, PatchingSweep sweep) => said.Asked(
        sweep.Metric, sweep.Answers[0], sweep.Versus?[0], sweep.ValueClean, sweep.ValueCorrupt,
        sweep.Clean.Count);

    /// <inheritdoc cref="Asked(Prose, PatchingSweep)"/>
    public static Prose Asked(this Prose said, PathPatchingResult paths) => said.Asked(
        paths.Metric, paths.Answers[0], paths.Versus?[0], paths.ValueClean, paths.ValueCorrupt,
        paths.Clean.Count);

    private static Prose Asked(
        this Prose said, MetricKind metric, int answer, int? versus, double clean, double corrupt,
        int pairs)
    {
        said.Text(metric switch
        {
            MetricKind.LogitDifference => "The logit of ",
            MetricKind.Probability => "The probability of ",
            MetricKind.Loss => "The loss of ",
            _ => "The divergence from the clean run, whose answer is ",
        }).Token(answer);
        if (versus is { } other)
        {
            said.Text(" less that of ").Token(other);
        }

        return said.Text(
            $" is {Numerals.Signed(clean)} after the clean prompt and {Numerals.Signed(corrupt)} "
                + "after the corrupt one"
                + (pairs > 1 ? $" (means of {Numerals.Count(pairs)} pairs). " : ". "));
    }
}
