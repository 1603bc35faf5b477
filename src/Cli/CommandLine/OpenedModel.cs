using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.CommandLine;

/// <summary>A model folder opened to be looked at, with the counts of the text it was trained
/// on.</summary>
internal sealed class OpenedModel : IDisposable
{
    private OpenedModel(Transformer model, Corpus corpus)
    {
        Model = model;
        Corpus = corpus;
        Path = DirectPath.Of(model);
        Counts = BigramCounts.Of(
            corpus.Train, corpus.Tokenizer.EndOfText, corpus.Tokenizer.VocabularySize);
    }

    public Transformer Model { get; }

    public Corpus Corpus { get; }

    public Tokenizer Tokenizer => Corpus.Tokenizer;

    public DirectPath Path { get; }

    public BigramCounts Counts { get; }

    /// <param name="path">The folder.</param>
    /// <param name="text">The text to count in; null for the one the run was trained on.</param>
    /// <param name="terminal">Where it is said what text that is.</param>
    /// <exception cref="InvalidDataException">The vocabulary is not the tokenizer's.</exception>
    public static OpenedModel Open(string path, string? text, Terminal terminal)
    {
        using RunFolder folder = RunFolder.Open(path);
        Transformer model = Transformer.Load(path);
        try
        {
            Corpus corpus = text is null
                ? RunNotes.Read(folder).OpenText(null, terminal)
                : TrainedRun.Open(text, contextLength: 1, terminal);
            return model.Config.Vocabulary == corpus.Tokenizer.VocabularySize
                ? new OpenedModel(model, corpus)
                : throw new InvalidDataException(
                    $"{path}: its vocabulary is {model.Config.Vocabulary}; the text's tokenizer "
                    + "has "
                    + $"{corpus.Tokenizer.VocabularySize}.");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Path.Dispose();
        Model.Dispose();
        Corpus.Dispose();
    }
}
