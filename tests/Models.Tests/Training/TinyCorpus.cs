using Vitrine.Models.Data;
using Vitrine.Models.Training;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Training;

/// <summary>A text whose next word mostly follows from the last, and a recipe that learns it in
/// seconds.</summary>
internal static class TinyCorpus
{
    private static readonly string[] Words =
        "the people of our great nation have chosen peace over war and work over rest".Split(' ');

    public static Recipe Recipe { get; } = new()
    {
        Name = "tiny",
        Seed = 5,
        Steps = 24,
        Context = 16,
        BatchSize = 4,
        Warmup = 2,
        LearningRate = 0.05f,
    };

    public static TrainerOptions Options { get; } = new()
    {
        SampleEvery = 8,
        SampleTokens = 64,
        SaveEvery = 4,
    };

    public static TransformerConfig Config { get; } =
        TransformerConfig.ZeroLayer(dModel: 4, Tokenizer.Gpt2().VocabularySize);

    /// <summary>Writes the text, 30 documents, 3 of them held out, and gives its path.</summary>
    public static string Write(string folder, int documents = 30)
    {
        string path = Path.Combine(folder, "text.txt");
        var random = new Random(11);
        int word = 0;
        File.WriteAllText(path, string.Join(
            Tokenizer.EndOfTextMark,
            Enumerable.Range(0, documents).Select(
                _ => string.Concat(Enumerable.Range(0, 40).Select(_ =>
            {
                word = random.Next(10) == 0 ? random.Next(Words.Length) : (word + 1) % Words.Length;
                return " " + Words[word];
            })))));
        return path;
    }

    public static Corpus Open(string folder) => Corpus.FromText(
        Write(folder), contextLength: Recipe.Context, tokenizer: null, cacheFolder: null);
}
