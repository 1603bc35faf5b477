using System.Globalization;
using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Interp;

/// <summary>A model folder opened for analysis: the model, its tokenizer if it has one, and the
/// text it was trained on if known.</summary>
/// <remarks>Tokens of a folder without a tokenizer are given by number and shown as <c>#5</c>. Text
/// and counts are read on first use. Several threads may use it at once.</remarks>
/// <example>
/// <code>
/// using Subject subject = Subject.Open("runs/2-layer");
/// var read = PassageAttention.Of(subject.Model, subject.Tokens("A nation. A"), top: 3);
/// </code>
/// </example>
public sealed partial class Subject : IDisposable
{
    private readonly Lazy<Corpus?> _corpus;
    private readonly Lazy<BigramCounts?> _counts;

    private Subject(string path, Transformer model, Tokenizer? tokenizer, Func<Corpus?> text)
    {
        (Path, Model, Tokenizer) = (path, model, tokenizer);
        _corpus = new Lazy<Corpus?>(text);
        _counts = new Lazy<BigramCounts?>(() => Corpus is { } corpus
            ? BigramCounts.Of(corpus.Train, corpus.Tokenizer.EndOfText, Vocabulary) : null);
        Heads = [.. Interp.Head.All(model.Config)];
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The model; it belongs to the subject.</summary>
    public Transformer Model { get; }

    /// <summary>Null for a folder without one.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>The size of the vocabulary.</summary>
    public int Vocabulary => Model.Config.Vocabulary;

    /// <summary>Every head, layer by layer.</summary>
    public IReadOnlyList<Head> Heads { get; }

    /// <summary>The text that the model was trained on, or the one given instead; null if none is
    /// known.</summary>
    /// <exception cref="FileNotFoundException">It no longer exists.</exception>
    /// <exception cref="InvalidDataException">Its tokens do not match the model.</exception>
    public Corpus? Corpus => _corpus.Value;

    /// <summary>The counts of the text; null without one.</summary>
    public BigramCounts? Counts => _counts.Value;

    /// <summary>Opens a model.</summary>
    /// <param name="path">A model or run folder, or a GGUF file.</param>
    /// <param name="text">The text to count in; null for the text the run was trained on.</param>
    /// <param name="opened">Receives the text when it is read.</param>
    /// <param name="allowNan">Whether the model's weights may be infinite or NaN.</param>
    /// <exception cref="IOException">There is no model at the path.</exception>
    /// <exception cref="InvalidDataException">Its vocabulary does not match its
    /// tokenizer.</exception>
    public static Subject Open(
        string path, string? text = null, Action<Corpus>? opened = null, bool allowNan = false)
    {
        Transformer model = Transformer.Load(path, allowNan: allowNan);
        try
        {
            Tokenizer? tokenizer =
                Transformer.LoadTokenizer(path)?.PaddedTo(model.Config.Vocabulary);
            Check(path, model, tokenizer, "its");
            return new Subject(path, model, tokenizer, () =>
            {
                Corpus? corpus = TextOf(path, model, text);
                if (corpus is not null)
                {
                    opened?.Invoke(corpus);
                }

                return corpus;
            });
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Opens another text with the model's tokens; the caller owns it.</summary>
    internal Corpus OpenText(string text) => TextOf(Path, Model, text)!;

    /// <summary>The token's text; <c>#5</c> without a tokenizer.</summary>
    public string Text(int id) => Tokenizer?.Text(id) ?? $"#{id}";

    /// <summary>The token as a table shows it.</summary>
    public string Display(int id) => Tokenizer?.Display(id) ?? $"#{id}";

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text; <c>&lt;|endoftext|&gt;</c> in it is the special token.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="RequestException">It is empty, or the folder has no
    /// tokenizer.</exception>
    public int[] Tokens(string text, string name = "Subject.Tokens")
    {
        int[] tokens = Tokenizer?.EncodeInput(text, allowSpecial: true).Ids ?? throw new RequestException(
            $"{name}: {Path} has no tokenizer; give the tokens as numbers.");
        return tokens.Length > 0 ? tokens
            : throw new RequestException($"{name}: the text is empty.");
    }

    /// <summary>Tokens by number.</summary>
    /// <param name="numbers">Numbers separated by commas.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="RequestException">One is not a token.</exception>
    public int[] Ids(string numbers, string name = "Subject.Ids") =>
    [
        .. numbers.Split(',').Select(part => Number(part.Trim()) ?? throw new RequestException(
            $"{name}: tokens are numbers 0 … {Vocabulary - 1} separated by commas; got “{part}”.")),
    ];

    /// <summary>One token: its text, leading space included, or <c>#5</c>.</summary>
    /// <param name="text">The token.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="RequestException">It is not one token; the message names the pieces and
    /// the nearest tokens.</exception>
    public int Token(string text, string name = "Subject.Token")
    {
        if (text.Length > 1 && text[0] == '#' && text[1..].All(char.IsAsciiDigit))
        {
            return Number(text[1..]) ?? throw new RequestException(
                $"{name}: tokens are #0 … #{Vocabulary - 1}; got “{text}”.");
        }

        if (Tokenizer is not { } tokenizer)
        {
            throw new RequestException(
                $"{name}: {Path} has no tokenizer; give the token as #5.");
        }

        if (text.Length == 0)
        {
            throw new RequestException(
                $"{name}: give the token's text, leading space included, or its number.");
        }

        if (tokenizer.TrySingle(text, out int single))
        {
            return single;
        }

        int[] pieces = tokenizer.Encode(text, allowSpecial: true);
        throw new RequestException(
            $"{name}: “{text}” is not one token but {pieces.Length}: {Join(pieces)}. "
            + $"Nearest single tokens: {Join(tokenizer.NearestSingle(text, 5))} (· is a space).");

        string Join(IEnumerable<int> ids) => string.Join("  ", ids.Select(tokenizer.Display));
    }

    /// <summary>A head of this model.</summary>
    /// <param name="text">Its name: <c>1.3</c> or <c>L1H3</c>.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="RequestException">The head does not exist.</exception>
    public Head Head(string text, string name = "Subject.Head")
    {
        if (!Interp.Head.TryParse(text, out Head head))
        {
            throw new RequestException($"{name}: a head is written 1.3 or L1H3; got “{text}”.");
        }

        try
        {
            return head.In(Model.Config);
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new RequestException($"{name}: {wrong.Message}");
        }
    }

    /// <summary>Closes model and text.</summary>
    public void Dispose()
    {
        Model.Dispose();
        if (_corpus is { IsValueCreated: true, Value: { } corpus })
        {
            corpus.Dispose();
        }
    }

    private static Corpus? TextOf(string path, Transformer model, string? text)
    {
        if (text is null && !Directory.Exists(path))
        {
            return null;    // a file of weights names no text
        }

        Corpus? corpus = RunNotes.TextOf(path, text, model.Config.Vocabulary);
        Check(path, model, corpus?.Tokenizer, "the text's");
        return corpus;
    }

    private int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        && id < Vocabulary ? id : null;

    private static void Check(string path, Transformer model, Tokenizer? tokenizer, string whose)
    {
        if (tokenizer is not null && tokenizer.VocabularySize != model.Config.Vocabulary)
        {
            throw new InvalidDataException(
                $"{path}: its vocabulary is {model.Config.Vocabulary}; {whose} tokenizer has "
                + $"{tokenizer.VocabularySize}.");
        }
    }
}
