using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Positions;

/// <summary>Attention, norms and positions beside stored activations of published
/// architectures.</summary>
public class AttentionGoldenTests
{
    [Fact]
    public void T5sScoresBothWays() => CheckT5("encoder_blocks.0.attn", "encoder", causal: false);

    [Fact]
    public void T5sCausalScores() => CheckT5("decoder_blocks.0.self_attn", "decoder", causal: true);

    [Theory]
    [InlineData("bloom", 6)]
    [InlineData("mpt", 6)]
    public void Alibi(string family, int heads)
    {
        using SafeTensors stored = Open(family, "activations");
        using Tensor<float> bias = Models.Positions.Alibi.RelativeBias(heads, 23, 23);
        CheckAttention(stored, Read(stored, "hook_q"), Read(stored, "hook_k"), bias);
    }

    [Theory]
    [InlineData("llama", 8)]
    [InlineData("gpt_neox", 4)]
    public void RotaryHalves(string family, int rotaryDim)
    {
        using SafeTensors stored = Open(family, "activations");
        (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(23, rotaryDim);
        Tensor<float> q = Ops.Rotary(Read(stored, "hook_q"), cos, sin);
        Tensor<float> k = Ops.Rotary(Read(stored, "hook_k"), cos, sin);
        Same(Read(stored, "hook_rot_q"), q);
        Same(Read(stored, "hook_rot_k"), k);
        CheckAttention(stored, q, k, null);
    }

    [Fact]
    public void RotaryAdjacentPairs()
    {
        using SafeTensors stored = Open("gptj", "activations");
        (Tensor<float> cos, Tensor<float> sin) = RotaryTable.Create(23, 4);
        CheckAttention(
            stored,
            Ops.Rotary(Read(stored, "hook_q"), cos, sin, RotaryPairing.Adjacent),
            Ops.Rotary(Read(stored, "hook_k"), cos, sin, RotaryPairing.Adjacent),
            null);
    }

    [Theory]
    [InlineData("bloom", false, 1e-5f)]
    [InlineData("gptj", false, 1e-5f)]
    [InlineData("llama", true, 1e-6f)]
    public void Norms(string family, bool isRms, float eps)
    {
        using SafeTensors stored = Open(family, "activations");
        using Tensor<float> x = stored.ReadFloat("blocks.0.hook_resid_pre");
        Tensor<float> rstd;
        Tensor<float> y = isRms
            ? Ops.RmsNorm(x, null, out rstd, eps)
            : Ops.LayerNorm(x, null, null, out _, out rstd, eps);
        Same(stored.ReadFloat("blocks.0.ln1.hook_normalized"), y);
        using Tensor<float> scale = stored.ReadFloat("blocks.0.ln1.hook_scale");
        Same(scale.Select(-1, 0), Ops.Divide(Tensor.Full([], 1f), rstd));
    }

    private static void CheckT5(string block, string side, bool causal)
    {
        using SafeTensors stored = Open("t5", "activations");
        using SafeTensors model = Open("t5", "model");
        using Tensor<float> q = stored.ReadFloat($"{block}.hook_q");
        using Tensor<float> k = stored.ReadFloat($"{block}.hook_k");
        using Tensor<float> table =
            model.ReadFloat($"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        using Tensor<int> buckets = RelativeBuckets.Table(q.Shape[1], k.Shape[1], causal, 8, 16);
        using Tensor<float> bias = Ops.GatherRows(table, buckets);
        using Tensor<float> scores = Ops.AttentionScores(
            q, k, new() { BothWays = !causal, Scale = 1 }, bias.Transpose());
        Same(stored.ReadFloat($"{block}.hook_attn_scores"), scores);
    }

    /// <summary>The pattern, and z of the explicit and the fused form.</summary>
    private static void CheckAttention(
        SafeTensors stored, Tensor<float> q, Tensor<float> k, Tensor<float>? relativeBias)
    {
        Tensor<float> v = Read(stored, "hook_v");
        Tensor<float> pattern = Ops.AttentionPattern(
            Ops.AttentionScores(q, k, relativeBias: relativeBias));
        Same(Read(stored, "hook_pattern"), pattern);
        Same(Read(stored, "hook_z"), Ops.AttentionWeightedSum(pattern, v));
        Same(Read(stored, "hook_z"), Ops.Attention(q, k, v, out _, relativeBias: relativeBias));
    }

    private static void Same(Tensor<float> expected, Tensor<float> actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        (float[] e, float[] a) = (expected.ToArray(), actual.ToArray());
        float allowed = 1e-5f * Math.Max(1, e.Where(float.IsFinite).Max(Math.Abs));
        for (int i = 0; i < e.Length; i++)
        {
            Assert.True(
                e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= allowed,
                $"element {i}: {a[i]} instead of {e[i]}");
        }
    }

    private static Tensor<float> Read(SafeTensors stored, string hook) =>
        stored.ReadFloat($"blocks.0.attn.{hook}");

    private static SafeTensors Open(string family, string file) =>
        SafeTensors.Open(Repository.Shared($"goldens/families/{family}/{file}.safetensors"));
}
