using System.CommandLine;
using Vitrine.Interp;

namespace Vitrine.Cli.CommandLine;

/// <summary>The options that every command takes.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = OfAll<bool>(
        "--json", "Print the result as JSON on standard output; progress goes to standard error");

    public static Option<ulong> Seed { get; } = OfAll<ulong>(
        "--seed", "Seed of every random choice", "N");

    public static Option<int?> Threads { get; } = OfAll<int?>(
        "--threads", "Threads used by kernels [default: VITRINE_THREADS, else all cores]", "N",
        threads => threads is < 1 or > 1024 ? $"--threads: must be 1 … 1024; got {threads}."
            : null);

    public static Option<string?> Out { get; } = OfAll<string?>(
        "--out", "Where the result goes: a folder for a run, a file for anything else", "PATH");

    public static Option<bool> AllowNan { get; } = OfAll<bool>(
        "--allow-nan", "Open a model even if weights are infinite or NaN");

    public static Option<bool> Debug { get; } = OfAll<bool>(
        "--debug", "Show the stack trace of an error");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Json, Seed, Threads, Out, AllowNan, Debug];

    /// <summary>The folder that a command asks.</summary>
    public static Argument<string> Model(string description = "A model or run folder") =>
        new("MODEL") { Description = description };

    /// <summary>The text that tokens are counted in.</summary>
    public static Option<string?> CountIn() => Of<string?>(
        "--text", "Count in this text [default: the text the run was trained on]", "FILE|FOLDER");

    /// <summary>Random tokens in a copy.</summary>
    public static Option<int?> Length() => Of<int?>(
        "--length", "Random tokens per copy [default: 50, fewer if the context or the list is "
        + "shorter]", "N");

    /// <summary>What random tokens are drawn from.</summary>
    public static Option<TokenDraw?> Draw() => Of<TokenDraw?>(
        "--draw", "Draw them from the 8,191 or the 1,000 commonest tokens of the training text, or "
        + "from the whole vocabulary [default: common; vocabulary if the text is unknown]",
        "all|common|vocabulary");

    /// <summary>A whole number between two.</summary>
    public static Option<int> Count(
        string name, string description, int usual, int most = int.MaxValue, int least = 1)
    {
        Option<int> option = Of<int>(
            name, description, "N",
            count => count >= least && count <= most ? null
                : most == int.MaxValue ? $"{name}: must be at least {least}; got {count}."
                : $"{name}: must be {least} … {most}; got {count}.");
        option.DefaultValueFactory = _ => usual;
        return option;
    }

    /// <summary>The names of options that were typed, of some.</summary>
    public static string Typed(ParseResult parse, params Option[] some) => string.Join(
        ", ",
        some.Where(option => parse.GetResult(option) is { Implicit: false })
            .Select(option => option.Name));

    /// <summary>An option.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">For the help.</param>
    /// <param name="value">What the help calls its value; null for a flag.</param>
    /// <param name="problem">What is wrong with a value, or null.</param>
    public static Option<T> Of<T>(
        string name, string description, string? value = null, Func<T?, string?>? problem = null)
    {
        var option = new Option<T>(name) { Description = description, HelpName = value };
        option.Validators.Add(result =>
        {
            try
            {
                if (problem?.Invoke(result.GetValueOrDefault<T>()) is { } message)
                {
                    result.AddError(message);
                }
            }
            catch (InvalidOperationException)
            {
                // The value could not be read as T; the parser has said so already.
            }
        });
        return option;
    }

    private static Option<T> OfAll<T>(
        string name, string description, string? value = null, Func<T?, string?>? problem = null)
    {
        Option<T> option = Of(name, description, value, problem);
        option.Recursive = true;
        return option;
    }
}
