using Vitrine.Interp.Bigrams;
using Vitrine.Models.Data;

namespace Vitrine.Cli.CommandLine;

/// <summary>A model opened to look at its embeddings, with the counts of the text it was trained
/// on, where its folder or <c>--text</c> names one.</summary>
internal sealed class OpenedModel : IDisposable
{
    private readonly Corpus? _corpus;

    private OpenedModel(SubjectModel subject, Corpus? corpus)
    {
        Subject = subject;
        _corpus = corpus;
        Path = DirectPath.Of(subject.Model);
        Counts = corpus is null ? null : BigramCounts.Of(
            corpus.Train, corpus.Tokenizer.EndOfText, corpus.Tokenizer.VocabularySize);
    }

    public SubjectModel Subject { get; }

    public DirectPath Path { get; }

    /// <summary>Null where no text is known.</summary>
    public BigramCounts? Counts { get; }

    /// <param name="path">The folder.</param>
    /// <param name="text">The text to count in; null for the one the run was trained on.</param>
    /// <param name="terminal">Where it is said what text that is.</param>
    /// <exception cref="InvalidDataException">The vocabulary is not the tokenizer's.</exception>
    public static OpenedModel Open(string path, string? text, Terminal terminal)
    {
        var subject = SubjectModel.Open(path);
        try
        {
            Corpus? corpus = RunNotes.TextOf(path, text, terminal);
            if (corpus is not null && corpus.Tokenizer.VocabularySize != subject.Vocabulary)
            {
                throw new InvalidDataException(
                    $"{path}: its vocabulary is {subject.Vocabulary}; the text's tokenizer has "
                    + $"{corpus.Tokenizer.VocabularySize}.");
            }

            if (corpus is null)
            {
                terminal.Error.WriteLine(
                    "This folder names no text: nothing is counted, and all tokens are alike.");
            }

            return new OpenedModel(subject, corpus);
        }
        catch
        {
            subject.Dispose();
            throw;
        }
    }

    /// <summary>A token of the command line: <c>TOKEN</c>, or <c>--id N</c>.</summary>
    public int Token(string? text, int? id)
    {
        if (id is { } number)
        {
            return text is not null
                ? throw new UsageException("TOKEN and --id: give one of the two.")
                : number >= 0 && number < Subject.Vocabulary ? number
                : throw new UsageException(
                    $"--id: must be 0 … {Subject.Vocabulary - 1}; got {number}.");
        }

        return Subject.Token("TOKEN", text ?? "");
    }

    public void Dispose()
    {
        Path.Dispose();
        Subject.Dispose();
        _corpus?.Dispose();
    }
}
