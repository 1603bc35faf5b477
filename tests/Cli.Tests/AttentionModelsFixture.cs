using Vitrine.Models;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.Tests;

/// <summary>A model of random weights without a tokenizer, and one with GPT-2's.</summary>
public sealed class AttentionModelsFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-patch-").FullName;

    public AttentionModelsFixture()
    {
        Ids = Saved("ids", vocabulary: 40);
        Texts = Saved("texts", Tokenizer.Gpt2().VocabularySize);
        Tokenizer.Gpt2().Save(Texts);
        ZeroLayer = Path.Combine(_folder, "0-layer");
        using Transformer model = Transformer.Initial(TransformerConfig.ZeroLayer(4, 40), seed: 1);
        model.Save(ZeroLayer);
    }

    public string Ids { get; }

    public string Texts { get; }

    public string ZeroLayer { get; }

    public string Written(string text)
    {
        string path = Path.Combine(_folder, "prompts.json");
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Saved(string name, int vocabulary)
    {
        string path = Path.Combine(_folder, name);
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 8, dHead: 4, vocabulary, context: 16);
        using Transformer model = Transformer.Initial(config, seed: 1, standardDeviation: 0.7f);
        model.Save(path);
        return path;
    }
}
