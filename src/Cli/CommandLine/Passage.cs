using Vitrine.Interp;
using Vitrine.Interp.Heads;

namespace Vitrine.Cli.CommandLine;

/// <summary>A passage as it was given: <c>TEXT</c>, or its tokens by number.</summary>
internal sealed record Passage(string? Text, string? Ids)
{
    public bool IsGiven => Text is not null || Ids is not null;

    /// <summary>Its name in messages.</summary>
    private string Name => Ids is null ? "`text`" : "`ids`";

    /// <summary>The tokens, checked against the model's context.</summary>
    /// <param name="subject">The model.</param>
    /// <param name="least">How many there must be.</param>
    /// <exception cref="RequestException">There is no passage, it is no passage of the model's, or
    /// it is shorter than asked for or longer than the context.</exception>
    public int[] Tokens(Subject subject, int least = 1)
    {
        int[] tokens = Of(subject, "`text`", Text, "`ids`", Ids);
        int context = subject.Model.Config.Context;
        if (subject.Heads.Count > 0 && tokens.Length > context)
        {
            throw new RequestException(
                $"{Name}: {tokens.Length} tokens exceed the model's context of {context}; shorten "
                + $"it to end after “{subject.Display(tokens[context - 1])}”, its token "
                + $"{context - 1}.");
        }

        return tokens.Length >= least ? tokens : throw new RequestException(
            $"{Name}: at least {least} tokens are required; got {tokens.Length}.");
    }

    /// <summary>The tokens of a text and its form by number, of which exactly one is
    /// given.</summary>
    public static int[] Of(
        Subject subject, string name, string? text, string idsName, string? ids) =>
        (text, ids) switch
        {
            (null, null) => throw new RequestException(
                $"{name}: give a text, or tokens as {idsName} 5,17,…"),
            (null, { } numbers) => subject.Ids(numbers, idsName),
            ({ } words, null) => subject.Tokenizer is null ? throw new RequestException(
                    $"{name}: {subject.Path} has no tokenizer; give {idsName} 5,17,…")
                : subject.Tokens(words, name),
            _ => throw new RequestException($"{name} and {idsName}: give one of the two."),
        };

    /// <summary>Repeated random tokens in place of a passage.</summary>
    /// <inheritdoc cref="Subject.Repeats" path="/param"/>
    public static RepeatedTokens Repeats(
        Subject subject, TokenDraw? draw, int? length, int sequences, ulong seed)
    {
        try
        {
            return subject.Repeats(draw, length, sequences, seed);
        }
        catch (ArgumentException wrong)
        {
            throw RequestException.Of(wrong, $"`{wrong.ParamName}`");
        }
    }

    /// <summary>Checks that the model has attention layers.</summary>
    public static void NeedsLayers(Subject subject)
    {
        if (subject.Heads.Count == 0)
        {
            throw new RequestException(
                $"`model`: {subject.Path} has no attention layers; train one that does: vitrine "
                + "run 2-layer.");
        }
    }
}
