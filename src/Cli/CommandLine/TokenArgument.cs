using System.CommandLine;
using Vitrine.Interp;

namespace Vitrine.Cli.CommandLine;

/// <summary>A token of the command line: <c>TOKEN</c>, or <c>--id N</c>.</summary>
internal sealed record TokenArgument(string? Text, int? Id)
{
    public bool IsGiven => Text is not null || Id is not null;

    public static Argument<string?> Of(string description) => new("TOKEN")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<int?> Number() => CommonOptions.Of<int?>(
        "--id", "The token as a number instead", "N");

    public static TokenArgument Read(ParseResult parse, Argument<string?> text, Option<int?> id) =>
        new(parse.GetValue(text), parse.GetValue(id));

    /// <summary>What to know of a folder that names no text.</summary>
    public static string[] Uncounted(Subject subject) => subject.Counts is not null ? []
        : ["This folder names no text, so nothing is counted and all tokens count equally."];

    /// <summary>The token of a model.</summary>
    /// <exception cref="RequestException">It has no such token, or both forms are
    /// given.</exception>
    public int In(Subject subject) => (Text, Id) switch
    {
        (not null, not null) => throw new RequestException(
            "`token` and `id`: give one of the two."),
        (_, null) => subject.Token(Text ?? "", "`token`"),
        (_, { } id) => id >= 0 && id < subject.Vocabulary ? id : throw new RequestException(
            $"`id`: must be 0 … {subject.Vocabulary - 1}; got {id}."),
    };
}
