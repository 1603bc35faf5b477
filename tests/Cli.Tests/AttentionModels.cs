using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.Tests;

/// <summary>Two untrained models with two layers of two heads: one with GPT-2's tokenizer, one of
/// 61 tokens without any and with norms.</summary>
public sealed class AttentionModels : IDisposable
{
    public AttentionModels()
    {
        Folder = Directory.CreateTempSubdirectory("vitrine-attention-").FullName;
        Named = Path.Combine(Folder, "named");
        Bare = Path.Combine(Folder, "bare");
        Zero = Path.Combine(Folder, "zero");
        Save(Named, Config(50_257, PositionKind.Relative));
        Tokenizer.Gpt2().Save(Named);
        TransformerConfig bare =
            Config(61, PositionKind.Learned) with { Norm = NormKind.LayerNorm };
        Save(Bare, bare.WithAttention(heads => heads with { Biases = true }));
        Mixed = Path.Combine(Folder, "mixed");
        AttentionConfig narrow = bare.Attention![0];
        Save(Mixed, bare with
        {
            Attention = new PerLayer<AttentionConfig>(
                [narrow, narrow with { Heads = 4, DHead = 2 }]),
        });
        Save(Zero, TransformerConfig.ZeroLayer(8, 61));
    }

    public string Folder { get; }

    public string Named { get; }

    public string Bare { get; }

    /// <summary>As <see cref="Bare"/>, with four heads in the second layer.</summary>
    public string Mixed { get; }

    public string Zero { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static TransformerConfig Config(int vocabulary, PositionKind positions) =>
        TransformerConfig.AttentionOnly(2, 2, 8, 4, vocabulary, 24, positions);

    private static void Save(string path, TransformerConfig config)
    {
        using var model = Transformer.Initial(config, seed: 3, standardDeviation: 0.5f);
        model.Save(path);
    }
}
