using System.CommandLine;

namespace Vitrine.Cli.CommandLine;

/// <summary>The model folder and the passage of a command: <c>MODEL TEXT</c>, or <c>MODEL --ids
/// 5,17,…</c>.</summary>
internal sealed class PassageArgument
{
    public Argument<string> Model { get; } = new("MODEL") { Description = "A model or run folder" };

    public Argument<string?> Text { get; } = new("TEXT")
    {
        Description = "The passage; <|endoftext|> in it is the special token",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Ids { get; } = new("--ids")
    {
        Description = "The passage as token numbers instead",
        HelpName = "N,N,…",
    };

    /// <summary>Whether a passage is given.</summary>
    public bool IsGiven(ParseResult parse) =>
        parse.GetValue(Text) is not null || parse.GetValue(Ids) is not null;

    /// <summary>What the passage was given as: <c>TEXT</c> or <c>--ids</c>.</summary>
    public string Name(ParseResult parse) => parse.GetValue(Ids) is null ? "TEXT" : Ids.Name;

    /// <summary>The tokens, checked against the model's context.</summary>
    /// <exception cref="UsageException">There is no passage, it is no passage of the model's, or it
    /// is longer than the context.</exception>
    public int[] Tokens(ParseResult parse, SubjectModel model) =>
        Tokens(parse.GetValue(Text), parse, model);

    /// <summary>As <see cref="Tokens(ParseResult, SubjectModel)"/>, with the text from
    /// elsewhere.</summary>
    public int[] Tokens(string? text, ParseResult parse, SubjectModel model)
    {
        int[] tokens = model.Tokens("TEXT", text, "--ids", parse.GetValue(Ids));
        int context = model.Model.Config.Context;
        bool fits = model.Model.Config.Layers == 0 || tokens.Length <= context;
        return fits ? tokens : throw new UsageException(
            $"{Name(parse)}: {tokens.Length} tokens are more than the model's context of "
            + $"{context}; shorten it to end behind “{model.Display(tokens[context - 1])}”, its token "
            + $"{context - 1}.");
    }

    /// <summary>Opens the model and checks that it has attention layers.</summary>
    /// <exception cref="UsageException">It has none.</exception>
    public SubjectModel OpenWithLayers(ParseResult parse)
    {
        string path = parse.GetRequiredValue(Model);
        var model = SubjectModel.Open(path);
        if (model.Model.Config.Layers > 0)
        {
            return model;
        }

        model.Dispose();
        throw new UsageException(
            $"MODEL: {path} has no attention layers; train one that has: vitrine run 2-layer.");
    }
}
