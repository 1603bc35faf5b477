namespace Vitrine.Models.Families;

/// <summary>Phi 1, 1.5 and 2.</summary>
internal sealed class Phi : DecoderFamily
{
    public override string Name => "phi";

    public override string Models => "Phi 1, 1.5 and 2";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.W_O      model.layers.{i}.self_attn.dense.weight    dModel (head dHead)
        blocks.{i}.attn.b_O      model.layers.{i}.self_attn.dense.bias      dModel
        blocks.{i}.mlp.W_in      model.layers.{i}.mlp.fc1.weight            dMlp dModel
        blocks.{i}.mlp.b_in      model.layers.{i}.mlp.fc1.bias              dMlp
        blocks.{i}.mlp.W_out     model.layers.{i}.mlp.fc2.weight            dModel dMlp
        blocks.{i}.mlp.b_out     model.layers.{i}.mlp.fc2.bias              dModel
        ln_final.w               model.final_layernorm.weight               dModel
        ln_final.b               model.final_layernorm.bias                 dModel
        unembed.b_U              lm_head.bias                               vocab
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("qk_layernorm", "false");
        TransformerConfig config = base.Read(json);
        return config with
        {
            Embedding = config.Embedding with { OutputBias = true },
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_eps"),
            Attention = config.Attention!.With(heads => heads with { Biases = true }),
            Mlp = config.Mlp!.With(mlp => mlp with { Gated = false, Biases = true }),
            Parallel = ParallelKind.OneNorm,
        };
    }
}
