using System.CommandLine;

namespace Vitrine.Cli.CommandLine;

/// <summary>The model folder and the passage of a command: <c>MODEL TEXT</c>, or <c>MODEL --ids
/// 5,17,…</c>.</summary>
internal sealed class PassageArgument
{
    public Argument<string> Model { get; } = CommonOptions.Model();

    public Argument<string?> Text { get; } = new("TEXT")
    {
        Description = "The passage; <|endoftext|> in it is the special token",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Ids { get; } = CommonOptions.Of<string?>(
        "--ids", "The passage as token numbers instead", "N,N,…");

    /// <summary>The passage as it was given.</summary>
    public Passage Read(ParseResult parse) => new(parse.GetValue(Text), parse.GetValue(Ids));
}
