using Vitrine.Models.Positions;

namespace Vitrine.Models.Tests.Activations;

/// <summary>TransformerLens' names, spelt out: a name that changes breaks who asked for
/// it.</summary>
public class HookNamesTests
{
    private static readonly string[] _layer =
    [
        "hook_resid_pre", "hook_q_input", "hook_k_input", "hook_v_input", "ln1.hook_scale",
        "ln1.hook_normalized", "attn.hook_q", "attn.hook_k", "attn.hook_v", "attn.hook_rot_q",
        "attn.hook_rot_k", "attn.hook_attn_scores", "attn.hook_pattern", "attn.hook_z",
        "attn.hook_result", "hook_attn_out", "hook_resid_post",
    ];

    private static readonly string[] _ofMlp =
    [
        "hook_resid_mid", "hook_mlp_in", "ln2.hook_scale", "ln2.hook_normalized", "mlp.hook_pre",
        "mlp.hook_pre_linear", "mlp.hook_post", "hook_mlp_out",
    ];

    [Fact]
    public void EveryNameIsTransformerLens()
    {
        Assert.Equal("hook_embed", HookNames.Embed);
        Assert.Equal("hook_pos_embed", HookNames.PosEmbed);
        Assert.Equal("hook_token_type_embed", HookNames.TokenTypeEmbed);
        Assert.Equal("hook_full_embed", HookNames.FullEmbed);
        Assert.Equal("ln_final.hook_scale", HookNames.LnFinalScale);
        Assert.Equal("ln_final.hook_normalized", HookNames.LnFinalNormalized);
        Assert.Equal("unembed.hook_in", HookNames.UnembedIn);
        Assert.Equal("unembed.hook_out", HookNames.UnembedOut);
        Func<int, string>[] ofLayer =
        [
            HookNames.ResidPre, HookNames.QInput, HookNames.KInput, HookNames.VInput,
            HookNames.Ln1Scale, HookNames.Ln1Normalized, HookNames.Q, HookNames.K, HookNames.V,
            HookNames.RotQ, HookNames.RotK, HookNames.AttnScores, HookNames.Pattern, HookNames.Z,
            HookNames.Result, HookNames.AttnOut, HookNames.ResidPost, HookNames.ResidMid,
            HookNames.MlpIn, HookNames.Ln2Scale, HookNames.Ln2Normalized, HookNames.MlpPre,
            HookNames.MlpPreLinear, HookNames.MlpPost, HookNames.MlpOut,
        ];
        foreach (int layer in (int[])[0, 3, 12])
        {
            Assert.Equal(
                _layer.Concat(_ofMlp).Select(name => $"blocks.{layer}.{name}"),
                ofLayer.Select(name => name(layer)));
        }
    }

    [Fact]
    public void NoPublicNameIsUnpinned()
    {
        string[] names = [.. typeof(HookNames).GetMembers()
            .Where(member => member.DeclaringType == typeof(HookNames))
            .Select(member => member.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "AttnOut", "AttnScores", "Embed", "FullEmbed", "K", "KInput", "LayerOf",
                "Ln1Normalized", "Ln1Scale", "Ln2Normalized", "Ln2Scale", "LnFinalNormalized",
                "LnFinalScale", "MlpIn", "MlpOut", "MlpPost", "MlpPre", "MlpPreLinear", "Pattern",
                "PosEmbed", "Q", "QInput", "ResidMid", "ResidPost", "ResidPre", "Result", "RotK",
                "RotQ", "TokenTypeEmbed", "UnembedIn", "UnembedOut", "V", "VInput", "Z",
            ],
            names);
    }

    [Theory]
    [InlineData(PositionKind.None, NormKind.None)]
    [InlineData(PositionKind.Learned, NormKind.LayerNorm)]
    [InlineData(PositionKind.Sinusoidal, NormKind.None)]
    [InlineData(PositionKind.Rotary, NormKind.LayerNorm)]
    [InlineData(PositionKind.Alibi, NormKind.LayerNorm)]
    [InlineData(PositionKind.Relative, NormKind.None)]
    [InlineData(PositionKind.Shortformer, NormKind.LayerNorm)]
    public void AModelHasTheNamesOfItsKind(PositionKind positions, NormKind norm)
    {
        bool added = positions
            is PositionKind.Learned or PositionKind.Sinusoidal or PositionKind.Shortformer;
        List<string> expected = ["hook_embed"];
        if (added)
        {
            expected.Add("hook_pos_embed");
        }

        for (int layer = 0; layer < 2; layer++)
        {
            expected.AddRange(_layer
                .Where(name => norm == NormKind.LayerNorm || !name.StartsWith("ln1."))
                .Where(name => positions == PositionKind.Rotary || !name.Contains("_rot_"))
                .Select(name => $"blocks.{layer}.{name}"));
        }

        if (norm == NormKind.LayerNorm)
        {
            expected.AddRange(["ln_final.hook_scale", "ln_final.hook_normalized"]);
        }

        Assert.Equal(
            [.. expected, "unembed.hook_in", "unembed.hook_out"],
            Oracle.SmallModel.Names(Oracle.SmallModel.Config(positions, norm)));
    }

    [Fact]
    public void ShapesAreThoseOfTheirAxes()
    {
        TransformerConfig config = Oracle.SmallModel.Config(
            PositionKind.Rotary, NormKind.LayerNorm) with
        {
            Layers = 1,
        };
        Assert.Equal(
            [
                "[2, 5, 6]", "[2, 5, 6]", "[2, 5, 3, 6]", "[2, 5, 3, 6]", "[2, 5, 3, 6]",
                "[2, 5, 1]", "[2, 5, 6]", "[2, 5, 3, 4]", "[2, 5, 3, 4]", "[2, 5, 3, 4]",
                "[2, 5, 3, 4]", "[2, 5, 3, 4]", "[2, 3, 5, 5]", "[2, 3, 5, 5]", "[2, 5, 3, 4]",
                "[2, 5, 3, 6]", "[2, 5, 6]", "[2, 5, 6]", "[2, 5, 1]", "[2, 5, 6]", "[2, 5, 6]",
                "[2, 5, 7]",
            ],
            Transformer.Activations(config, batch: 2, pos: 5).Select(entry => entry.Shape.ToString()));
    }

    [Theory]
    [InlineData("blocks.0.hook_resid_pre", 0)]
    [InlineData("blocks.12.attn.hook_z", 12)]
    [InlineData("hook_embed", null)]
    [InlineData("ln_final.hook_scale", null)]
    [InlineData("unembed.hook_out", null)]
    [InlineData("blocks.x.hook_z", null)]
    public void TheLayerOfAName(string name, int? layer) =>
        Assert.Equal(layer, HookNames.LayerOf(name));
}
