using System.Globalization;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>A model folder opened to be experimented on, with its tokenizer where it has one:
/// tokens of a folder without one are given by <c>--ids</c> and shown as <c>#5</c>.</summary>
internal sealed class SubjectModel : IDisposable
{
    private readonly string _path;
    private TokenVocabulary? _tokens;

    private SubjectModel(string path, Transformer model, Tokenizer? tokenizer)
    {
        _path = path;
        Model = model;
        Tokenizer = tokenizer;
    }

    public Transformer Model { get; }

    /// <summary>Null for a folder without one.</summary>
    public Tokenizer? Tokenizer { get; }

    public int Vocabulary => Model.Config.Vocabulary;

    /// <summary>Every token as a page shows it.</summary>
    public TokenVocabulary AllTokens => _tokens ??= Tokenizer is { } tokenizer
        ? TokenVocabulary.Of(tokenizer) : TokenVocabulary.Numbered(Vocabulary);

    /// <exception cref="InvalidDataException">The vocabulary is not the tokenizer's.</exception>
    public static SubjectModel Open(string path)
    {
        Transformer model = Transformer.Load(path);
        try
        {
            Tokenizer? tokenizer = Tokenizer.IsIn(path) ? Tokenizer.Load(path) : null;
            return tokenizer is null || tokenizer.VocabularySize == model.Config.Vocabulary
                ? new SubjectModel(path, model, tokenizer)
                : throw new InvalidDataException(
                    $"{path}: its vocabulary is {model.Config.Vocabulary}; its tokenizer has "
                    + $"{tokenizer.VocabularySize}.");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The token's text; <c>#5</c> without a tokenizer.</summary>
    public string Text(int id) => Tokenizer?.Text(id) ?? $"#{id}";

    /// <summary>The token as a table shows it.</summary>
    public string Display(int id) => Tokenizer?.Display(id) ?? $"#{id}";

    /// <summary>The tokens of an argument and its <c>--ids</c> form, of which exactly one is
    /// given.</summary>
    /// <param name="name">What the argument is called: <c>TEXT</c>, <c>--clean</c>.</param>
    /// <param name="text">The text; <c>&lt;|endoftext|&gt;</c> in it is the special token.</param>
    /// <param name="idsName">What the other form is called: <c>--ids</c>.</param>
    /// <param name="ids">Numbers with commas between.</param>
    public int[] Tokens(string name, string? text, string idsName, string? ids)
    {
        if (text is null == (ids is null))
        {
            throw new UsageException(
                text is null
                    ? $"{name}: give a text, or tokens as {idsName} 5,17,…"
                    : $"{name} and {idsName}: give one of the two.");
        }

        if (ids is not null)
        {
            return [.. ids.Split(',').Select(part => Id(idsName, part))];
        }

        if (Tokenizer is null)
        {
            throw new UsageException($"{name}: {_path} has no tokenizer; give {idsName} 5,17,…");
        }

        int[] tokens = Tokenizer.Encode(text!, allowSpecial: true);
        return tokens.Length > 0 ? tokens : throw new UsageException($"{name}: the text is empty.");
    }

    /// <summary>One token: its text, leading space included, or <c>#5</c>.</summary>
    public int Token(string name, string text)
    {
        if (text.Length > 1 && text[0] == '#' && text[1..].All(char.IsAsciiDigit))
        {
            return int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture,
                out int id) && id < Vocabulary
                ? id : throw new UsageException(
                    $"{name}: tokens are #0 … #{Vocabulary - 1}; got “{text}”.");
        }

        return Tokenizer is { } tokenizer
            ? TokenArgument.Resolve(tokenizer, text, name)
            : throw new UsageException($"{name}: {_path} has no tokenizer; give the token as #5.");
    }

    /// <summary>A head of this model, given as <c>1.3</c> or <c>L1H3</c>.</summary>
    public Head Head(string name, string text)
    {
        if (!Interp.Head.TryParse(text, out Head head))
        {
            throw new UsageException($"{name}: a head is written 1.3 or L1H3; got “{text}”.");
        }

        try
        {
            return head.In(Model.Config.Layers, Model.Config.Heads);
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new UsageException($"{name}: {wrong.Message}");
        }
    }

    public void Dispose() => Model.Dispose();

    private int Id(string name, string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        && id < Vocabulary
            ? id
            : throw new UsageException(
                $"{name}: tokens are numbers 0 … {Vocabulary - 1} with commas between; got "
                + $"“{text}”.");
}
