using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models.Data;

namespace Vitrine.Interp;

/// <summary>The set that random tokens are drawn from.</summary>
public enum TokenDraw
{
    /// <summary>The 8,191 commonest types of the training text.</summary>
    All,

    /// <summary>The 1,000 commonest types of the training text.</summary>
    Common,

    /// <summary>The whole vocabulary, including tokens that never occur in the text.</summary>
    Vocabulary,
}

/// <summary>The inputs shown to a model: repeated random tokens and pieces of held-out
/// text.</summary>
public sealed partial class Subject
{
    private const int AllTypes = 8191;
    private const int CommonTypes = 1000;
    private const int UsualLength = 50;
    private const int MostWindowTokens = 8192;

    /// <summary>How many sequences of repeats heads are scored on where nothing else is
    /// asked.</summary>
    internal const int UsualSequences = 64;

    /// <summary>Repeated random tokens.</summary>
    /// <param name="draw">The set they are drawn from; null for the common tokens, or the
    /// vocabulary if no text is known.</param>
    /// <param name="length">Tokens per copy; null for 50, or as many as exist and fit in the
    /// context.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <exception cref="ArgumentException">The list is unknown or too short, or two copies do not
    /// fit; the parameter's name tells which.</exception>
    public RepeatedTokens Repeats(TokenDraw? draw, int? length, int sequences, ulong seed)
    {
        int[] ids = Drawn(Known(draw));
        int? first = Tokenizer?.EndOfText;
        int context = Model.Config.Context;
        int most = context == 0 ? UsualLength : (context - (first is null ? 0 : 1)) / 2;
        int copy = length ?? Math.Max(2, Math.Min(UsualLength, Math.Min(most, ids.Length)));
        if (copy < 2 || copy > most)
        {
            throw new ArgumentException(
                $"two copies must fit the context of {context}: 2 … {most}; got {copy}.",
                nameof(length));
        }

        return copy <= ids.Length ? RepeatedTokens.Draw(ids, copy, sequences, seed, first)
            : throw new ArgumentException(
                $"{copy} different tokens are needed; only {ids.Length} can be drawn.",
                nameof(length));
    }

    /// <summary>The default set that tokens are drawn from.</summary>
    internal TokenDraw Known(TokenDraw? draw) =>
        draw ?? (Corpus is null ? TokenDraw.Vocabulary : TokenDraw.Common);

    /// <summary>The set that random tokens are drawn from, in words; smaller than requested if the
    /// text has no more.</summary>
    internal string Words(TokenDraw draw) => draw == TokenDraw.Vocabulary
        ? "of the whole vocabulary" : $"of the {Drawn(draw).Length:N0} commonest";

    /// <summary>The tokens whose circuits are listed: those common in the text, all of a small
    /// vocabulary, or null.</summary>
    internal TokenSubset? CommonTokens() =>
        Counts is { } counts ? TokenSubset.Common(counts, TokenSubset.MinCountFor(counts))
        : Vocabulary <= AllTypes ? TokenSubset.All(Vocabulary) : null;

    /// <summary>Held-out pieces; null if the text is unknown or all its documents are
    /// shorter.</summary>
    internal IReadOnlyList<int[]>? Windows(int length, int count) =>
        Windows(Corpus, length, count);

    private static IReadOnlyList<int[]>? Windows(Corpus? corpus, int length, int count) =>
        corpus is { } text && text.HeldOutDocuments.Any(d => text.Tokens(d).Length >= length)
            ? TextWindows.Of(text.HeldOut, text.Tokenizer.EndOfText, length, count) : null;

    /// <summary>Held-out pieces that heads are scored on, as long as the context; null where the
    /// text is not known or all its documents are shorter.</summary>
    internal IReadOnlyList<int[]>? Pieces(Corpus? text) =>
        Windows(text, Model.Config.Context, Math.Max(1, MostWindowTokens / Model.Config.Context));

    /// <summary>All heads on random repeats of common tokens and on held-out text.</summary>
    /// <param name="text">The text, which need not be the one of the folder; null for none.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="stop">Ends it between sequences.</param>
    internal HeadTable HeadTable(Corpus? text, ulong seed, CancellationToken stop) => Scored(
        text is null ? Repeats(null, null, UsualSequences, seed)
            : RepeatedTokens.OfCommon(
                text, CommonTypes, Model.Config.Context, UsualLength, UsualSequences, seed),
        Pieces(text), stop);

    /// <summary>All heads on repeats and, where there are any, on pieces of text.</summary>
    internal HeadTable Scored(
        RepeatedTokens repeats, IReadOnlyList<int[]>? pieces, CancellationToken stop) =>
        Interp.Heads.HeadTable.Of(
        [
            HeadScores.OnRepeatedTokens(Model, repeats, cancellation: stop),
            .. pieces is null ? Array.Empty<HeadScores>()
                : [HeadScores.OnText(Model, pieces, stop)],
        ]);

    private int[] Drawn(TokenDraw draw) => draw == TokenDraw.Vocabulary
        ? [.. Enumerable.Range(0, Vocabulary).Where(id => id != Tokenizer?.EndOfText)]
        : Corpus?.CommonTokens(draw == TokenDraw.All ? AllTypes : CommonTypes)
            ?? throw new ArgumentException(
                "this model's folder does not say which text it was trained on; use vocabulary.",
                nameof(draw));
}
