using System.Text.Json.Nodes;
using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

/// <summary>A TransformerLens config that asks for what is not computed here is refused by the
/// field's name, never read as another model.</summary>
public sealed class TransformerLensFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("attention_dir", "\"bidirectional\"")]
    [InlineData("use_local_attn", "true")]
    [InlineData("scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("attn_scores_soft_cap", "30.0")]
    [InlineData("output_logits_soft_cap", "30.0")]
    [InlineData("post_embedding_ln", "true")]
    [InlineData("use_normalization_before_and_after", "true")]
    [InlineData("use_NTK_by_parts_rope", "true")]
    [InlineData("use_qk_norm", "true")]
    public void AFieldThatChangesTheModelIsRefused(string field, string value)
    {
        string folder = Copy();
        string path = Path.Combine(folder, "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        var error = Assert.Throws<InvalidDataException>(() => Transformer.Load(folder));
        Assert.Contains($"it sets '{field}', which changes what the model computes", error.Message);
    }

    [Fact]
    public void TheirDefaultsAreRead()
    {
        string folder = Copy();
        string path = Path.Combine(folder, "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["attention_dir"] = "causal";
        config["use_local_attn"] = false;
        config["attn_scores_soft_cap"] = -1.0;
        File.WriteAllText(path, config.ToJsonString());
        using Transformer model = Transformer.Load(folder);
        TransformerConfig read = model.Config;
        Assert.Equal((1, 1, 16, 16), (read.Layers, read.Heads, read.DModel, read.DHead));
        Assert.Equal((61, 32), (read.Vocabulary, read.Context));
        Assert.Equal((PositionKind.Learned, NormKind.None), (read.Positions.Kind, read.Norm.Kind));
        Assert.Equal(0.25, read.SharedAttention.ScoreScale, 1e-7);
        Assert.Equal(1e-5, read.Norm.Epsilon, 1e-11);

        // The same logits as without the three fields, which name what they are by default.
        using Transformer plain = Transformer.Load(Copy());
        Assert.Equal(Logits(plain), Logits(model));

        static float[] Logits(Transformer model)
        {
            using Tape tape = Tape.NoGrad();
            using Tensor<int> tokens = Tensor.From<int>([3, 1, 4, 1, 5], [1, 5]);
            return model.Forward(tape, tokens).Value.ToArray();
        }
    }

    /// <summary>Model A of the stored results, to change its config.</summary>
    private string Copy()
    {
        foreach (string file in new[] { "config.json", "weights.safetensors" })
        {
            File.Copy(
                Repository.Shared($"goldens/analyses/A/{file}"), Path.Combine(_folder, file),
                overwrite: true);
        }

        return _folder;
    }
}
