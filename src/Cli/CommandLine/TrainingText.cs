using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;

namespace Vitrine.Cli.CommandLine;

/// <summary>What random tokens are drawn from.</summary>
internal enum Draw
{
    /// <summary>The 8,191 commonest types of the training text.</summary>
    All,

    /// <summary>The 1,000 commonest types of the training text.</summary>
    Common,

    /// <summary>The whole vocabulary, also what the text never has.</summary>
    Vocabulary,
}

/// <summary>The training text of a model, where its folder says what that is: lists of tokens to
/// draw from, and held-out pieces.</summary>
internal sealed class TrainingText : IDisposable
{
    private const int AllTypes = 8191;
    private const int CommonTypes = 1000;
    private const int UsualLength = 50;
    private readonly SubjectModel _model;
    private readonly Corpus? _corpus;

    private TrainingText(SubjectModel model, Corpus? corpus) => (_model, _corpus) = (model, corpus);

    /// <summary>Whether the text is known.</summary>
    public bool IsKnown => _corpus is not null;

    /// <param name="path">The model's folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="terminal">Where it is said what text that is.</param>
    /// <param name="needed">Whether it is read at all.</param>
    public static TrainingText Of(
        string path, SubjectModel model, Terminal terminal, bool needed = true)
    {
        using RunFolder folder = RunFolder.Open(path);
        return new TrainingText(
            model,
            needed && model.Tokenizer is not null && File.Exists(folder[RunFolder.NotesFile])
                ? RunNotes.Read(folder).OpenText(moved: null, terminal) : null);
    }

    /// <summary>What random tokens are drawn from, in words; fewer than asked for where the text
    /// has no more.</summary>
    public string Words(Draw draw) => draw == Draw.Vocabulary ? "of the whole vocabulary"
        : $"of the {CommonTokens(draw).Length:N0} commonest";

    /// <summary>Repeated random tokens.</summary>
    /// <param name="draw">What they are drawn from.</param>
    /// <param name="length">Tokens in a copy; null for 50, or as many as there are and as the
    /// context has room for.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="UsageException">The list is not known or too short, or two copies do not
    /// fit.</exception>
    public RepeatedTokens Repeats(Draw draw, int? length, int sequences, ulong seed)
    {
        int vocabulary = _model.Vocabulary;
        int? first = _model.Tokenizer?.EndOfText;
        if (draw != Draw.Vocabulary && _corpus is null)
        {
            throw new UsageException(
                "--draw: this model's folder does not say what text it was trained on; use "
                + "vocabulary.");
        }

        int[] ids = draw == Draw.Vocabulary
            ? [.. Enumerable.Range(0, vocabulary).Where(id => id != first)]
            : CommonTokens(draw);
        int context = _model.Model.Config.Context;
        int most = context == 0 ? UsualLength : (context - (first is null ? 0 : 1)) / 2;
        int copy = length ?? Math.Max(2, Math.Min(UsualLength, Math.Min(most, ids.Length)));
        if (copy < 2 || copy > most)
        {
            throw new UsageException(
                $"--length: two copies must fit the context of {context}: 2 … {most}; got {copy}.");
        }

        return copy <= ids.Length ? RepeatedTokens.Draw(ids, copy, sequences, seed, first)
            : throw new UsageException(
                $"--length: {copy} different tokens are needed; there are {ids.Length} to draw "
                + "from.");
    }

    /// <summary>The tokens whose circuits are listed: those that the text has often, all of a small
    /// vocabulary, or null.</summary>
    public TokenSubset? Tokens()
    {
        if (_corpus is null)
        {
            return _model.Vocabulary <= AllTypes ? TokenSubset.All(_model.Vocabulary) : null;
        }

        BigramCounts counts = BigramCounts.Of(
            _corpus.Train, _corpus.Tokenizer.EndOfText, _model.Vocabulary);
        return TokenSubset.Common(counts, TokenSubset.MinCountFor(counts));
    }

    /// <summary>Held-out pieces as long as the context; null where the text is not known or all its
    /// documents are shorter.</summary>
    public IReadOnlyList<int[]>? Windows(int length, int count)
    {
        if (_corpus is null)
        {
            return null;
        }

        bool any = _corpus.HeldOutDocuments.Any(d => _corpus.Tokens(d).Length >= length);
        int endOfText = _corpus.Tokenizer.EndOfText;
        return any ? TextWindows.Of(_corpus.HeldOut, endOfText, length, count) : null;
    }

    public void Dispose() => _corpus?.Dispose();

    private int[] CommonTokens(Draw draw) =>
        _corpus!.CommonTokens(draw == Draw.All ? AllTypes : CommonTypes);
}
