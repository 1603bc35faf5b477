using System.CommandLine;

namespace Vitrine.Cli.CommandLine;

/// <summary>The options that every command takes.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON on standard output; progress goes to standard "
            + "error",
        Recursive = true,
    };

    public static Option<ulong> Seed { get; } = new("--seed")
    {
        Description = "Seed of every random choice",
        HelpName = "N",
        Recursive = true,
    };

    public static Option<int?> Threads { get; } = Checked(
        new Option<int?>("--threads")
        {
            Description = "Threads that kernels use [default: VITRINE_THREADS, else all cores]",
            HelpName = "N",
            Recursive = true,
        },
        threads => threads is < 1 or > 1024 ? $"--threads: must be 1 … 1024; got {threads}."
            : null);

    public static Option<string?> Out { get; } = new("--out")
    {
        Description = "Where the result goes: a folder for a run, a file for anything else",
        HelpName = "PATH",
        Recursive = true,
    };

    public static Option<bool> Debug { get; } = new("--debug")
    {
        Description = "Show the stack trace of an error",
        Recursive = true,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Json, Seed, Threads, Out, Debug];

    /// <summary>The folder that a command asks.</summary>
    public static Argument<string> Model(string description = "A model or run folder") =>
        new("MODEL") { Description = description };

    /// <summary>The text that tokens are counted in.</summary>
    public static Option<string?> CountIn() => new("--text")
    {
        Description = "Count in this text [default: the one the run was trained on]",
        HelpName = "FILE|FOLDER",
    };

    /// <summary>Random tokens in a copy.</summary>
    public static Option<int?> Length() => new("--length")
    {
        Description = "Random tokens in a copy [default: 50, less where the "
            + "context or the list is shorter]",
        HelpName = "N",
    };

    /// <summary>A whole number between two.</summary>
    public static Option<int> Count(
        string name, string description, int usual, int most = int.MaxValue, int least = 1) =>
        Checked(
            new Option<int>(name)
            {
                Description = description,
                HelpName = "N",
                DefaultValueFactory = _ => usual,
            },
            count => count >= least && count <= most ? null
                : most == int.MaxValue ? $"{name}: must be at least {least}; got {count}."
                : $"{name}: must be {least} … {most}; got {count}.");

    /// <summary>The names of options that were typed, of some.</summary>
    public static string Typed(ParseResult parse, params Option[] some) => string.Join(
        ", ",
        some.Where(option => parse.GetResult(option) is { Implicit: false })
            .Select(option => option.Name));

    /// <summary>Lets an option be one of a few words.</summary>
    public static Option<string?> OneOf(Option<string?> option, params string[] words) =>
        Checked(option, given => given is null || words.Contains(given) ? null
            : $"{option.Name}: must be {string.Join(", ", words)}; got '{given}'.");

    /// <summary>Adds a check to an option; the check returns what is wrong, or null.</summary>
    public static Option<T> Checked<T>(Option<T> option, Func<T?, string?> problem)
    {
        option.Validators.Add(result =>
        {
            try
            {
                if (problem(result.GetValueOrDefault<T>()) is { } message)
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
}
