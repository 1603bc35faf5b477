using Vitrine.Tensors;

namespace Vitrine.Models.Tests;

/// <summary>What a cache will hold is known, and refused where it would not fit, before the
/// run.</summary>
public sealed class CachePlanTests
{
    private static readonly TransformerConfig Config = TransformerConfig.AttentionOnly(
        layers: 2, heads: 4, dModel: 16, dHead: 8, vocabulary: 50, context: 64);

    [Fact]
    public void TheBytesAreThoseOfTheActivationsAndOfTheWidestLayer()
    {
        CachePlan plan = CachePlan.Of(Config, 2, 10, "blocks.*.attn.hook_pattern");
        Assert.Equal(2 * 4 * (2 * 4 * 10 * 10), plan.Bytes);

        // Of a layer: resid_pre, attn_out and resid_post; q, k, v and z; the pattern.
        int layer = (3 * 2 * 10 * 16) + (4 * 2 * 10 * 4 * 8) + (2 * 4 * 10 * 10);
        Assert.Equal(4 * layer, plan.WorkBytes);
    }

    [Fact]
    public void ACacheThatWouldNotFitIsRefusedWithWhatCostsMost()
    {
        CachePlan plan = CachePlan.Of(Config, 1, 64);
        plan.RequireRoom(plan.Bytes + plan.WorkBytes);
        var error = Assert.Throws<InvalidOperationException>(
            () => plan.RequireRoom(plan.Bytes + plan.WorkBytes - 1));
        Assert.Contains("there is room for", error.Message);
        Assert.Contains("the largest are blocks.0.attn.hook_attn_scores [1, 4, 64, 64] 0.1 MB",
            error.Message);
        Assert.Contains("name fewer activations or give fewer tokens", error.Message);
    }

    [Fact]
    public void ARunThatWouldNotFitInTheMachineIsRefusedBeforeItBegins()
    {
        TransformerConfig large = (Config with { Context = 1 << 20 })
            .WithAttention(heads => heads with { Heads = 1024 });
        CachePlan plan = CachePlan.Of(large, 1, 1 << 20, "*.hook_pattern");
        Assert.Throws<InvalidOperationException>(() => plan.RequireRoom());
    }

    [Theory]
    [InlineData("*", 0)]
    [InlineData("blocks.*", 0)]
    [InlineData("blocks.0.*", 0)]
    [InlineData("*_input", 6)]
    [InlineData("blocks.1.hook_q_input", 1)]
    public void TheHeadsOwnCopiesAreMeantOnlyByName(string glob, int copies) => Assert.Equal(
        copies,
        CachePlan.Of(Config, 1, 1, glob).Activations.Count(
            entry => entry.Name.EndsWith("_input", StringComparison.Ordinal)));

    [Fact]
    public void AllOfALayerWithANormCanBeKept()
    {
        using Transformer model = Transformer.Initial(
            Config with { Norm = NormKind.LayerNorm }, seed: 1);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3], [1, 3]);
        using ActivationCache cache = model.RunWithCache(tokens, "blocks.0.*");
        Assert.Contains("blocks.0.ln1.hook_normalized", cache.Names);
        Assert.Contains("blocks.0.attn.hook_pattern", cache.Names);
        Assert.DoesNotContain("blocks.1.hook_resid_pre", cache.Names);
    }
}
