using System.Text.Json.Nodes;
using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
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
    [InlineData("rotary_scaling_factor", "8.0")]
    [InlineData("use_yarn_rope", "true")]
    [InlineData("rotary_base_local", "10000")]
    [InlineData("final_rms", "true")]
    public void AFieldThatChangesTheModelIsRefused(string field, string value)
    {
        string folder = Copy();
        string path = Path.Combine(folder, "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        var error = Assert.Throws<InvalidDataException>(() => Transformer.Load(folder));
        Assert.Contains($"it sets '{field}' to {value}, which changes what the model computes", error.Message);
    }

    [Theory]
    [InlineData("d_mlp", "64")]
    [InlineData("act_fn", "\"gelu\"")]
    [InlineData("attn_scale", "-1.0")]
    [InlineData("attn_scale", null)]
    [InlineData("positional_embedding_type", null)]
    [InlineData("n_heads", "-1")]
    [InlineData("dtype", "\"torch.float32\"")]
    [InlineData("d_vocab_out", "61")]
    public void AFieldWithoutEffectOrLeftOutIsTheirDefault(string field, string? value)
    {
        using Transformer plain = Transformer.Load(Copy());
        using Transformer read = Transformer.Load(Changed(field, value));
        Assert.Equal(0.25, read.Config.SharedAttention.ScoreScale, 1e-7);
        Assert.Equal(WithoutScale(plain.Config), WithoutScale(read.Config));

        static TransformerConfig WithoutScale(TransformerConfig config) =>
            config.WithAttention(heads => heads with { Scale = null });
    }

    [Fact]
    public void AnAbsentNormIsLayerNormAndAnUnknownFieldIsRefused()
    {
        Assert.Contains("there is no tensor \"blocks.0.ln1.w\"",
            Assert.Throws<InvalidDataException>(
                () => Transformer.Load(Changed("normalization_type", null))).Message);
        Assert.Contains("'new_idea' is not a known field of TransformerLens' config",
            Assert.Throws<InvalidDataException>(
                () => Transformer.Load(Changed("new_idea", "1"))).Message);
        Assert.Contains("only attention-only models", Assert.Throws<InvalidDataException>(
            () => Transformer.Load(Changed("attn_only", null))).Message);
    }

    [Fact]
    public void AlibiHasTheirSlopesInTheirFoldersAndThePapersElsewhere()
    {
        foreach (int heads in new[] { 3, 6, 8, 12 })
        {
            Assert.Equal(
                Enumerable.Range(0, heads).Select(h => Math.Pow(2, -8.0 * (h + 1) / heads)),
                Alibi.Slopes(heads, AlibiSlopes.Geometric));
        }

        string folder = Changed("positional_embedding_type", "\"alibi\"");
        Weights(folder, drop: "pos_embed.W_pos");
        using Transformer model = Transformer.Load(folder);
        Assert.Equal(AlibiSlopes.Geometric, model.Config.Positions.AlibiSlopes);
        Assert.Equal(model.Config, TransformerConfig.Parse(model.Config.ToJson()));
        Assert.Equal(
            AlibiSlopes.Paper,
            TransformerConfig.AttentionOnly(1, 3, 6, 2, 9, 8, PositionKind.Alibi)
                .Positions.AlibiSlopes);
    }

    [Fact]
    public void AWeightThatNothingReadsIsRefusedAndABufferIsNot()
    {
        string folder = Copy();
        Weights(folder, add: "blocks.0.attn.mask");
        Transformer.Load(folder).Dispose();
        Weights(folder, add: "blocks.0.mlp.W_in");
        Assert.Contains("blocks.0.mlp.W_in F32 [1] belongs to no part of the model",
            Assert.Throws<InvalidDataException>(() => Transformer.Load(folder)).Message);
    }

    /// <summary>Writes the weights again, with one more or one less.</summary>
    private static void Weights(string folder, string? add = null, string? drop = null)
    {
        string path = Path.Combine(folder, "weights.safetensors");
        using Tensor<float> one = Tensor.Zeros<float>([1]);
        var writer = new SafeTensorsWriter();
        var kept = new List<Tensor<float>>();
        using (SafeTensors file = SafeTensors.Open(path))
        {
            foreach (StoredTensor tensor in file.Tensors.Where(tensor => tensor.Name != drop))
            {
                kept.Add(file.ReadFloat(tensor.Name));
                writer.Add(tensor.Name, kept[^1]);
            }
        }

        (add is null ? writer : writer.Add(add, one)).Write(path);
        kept.ForEach(tensor => tensor.Dispose());
    }

    /// <summary>The model with a field changed, or left out.</summary>
    private string Changed(string field, string? value)
    {
        string path = Path.Combine(Copy(), "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config.Remove(field);
        if (value is not null)
        {
            config[field] = JsonNode.Parse(value);
        }

        File.WriteAllText(path, config.ToJsonString());
        return _folder;
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
