using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>ModernBERT.</summary>
internal sealed class ModernBert : Family
{
    public override string Name => "modernbert";

    public override string Models => "ModernBERT";

    internal override string Prefix => "model.";

    internal override string Weights => """
        embed.W_E              model.embeddings.tok_embeddings.weight    vocab dModel
        embed.ln.w             model.embeddings.norm.weight              dModel
        blocks.{i}.ln1.w       model.layers.{i}.attn_norm.weight         dModel
        blocks.{i}.attn.W_Q    model.layers.{i}.attn.Wqkv.weight         ((1'|1|1) head dHead) dModel
        blocks.{i}.attn.W_K    model.layers.{i}.attn.Wqkv.weight         ((1|1'|1) kvHead dHead) dModel
        blocks.{i}.attn.W_V    model.layers.{i}.attn.Wqkv.weight         ((1|1|1') kvHead dHead) dModel
        blocks.{i}.attn.W_O    model.layers.{i}.attn.Wo.weight           dModel (head dHead)
        blocks.{i}.ln2.w       model.layers.{i}.mlp_norm.weight          dModel
        blocks.{i}.mlp.W_gate  model.layers.{i}.mlp.Wi.weight            (dMlp'|dMlp) dModel
        blocks.{i}.mlp.W_in    model.layers.{i}.mlp.Wi.weight            (dMlp|dMlp') dModel
        blocks.{i}.mlp.W_out   model.layers.{i}.mlp.Wo.weight            dModel dMlp
        ln_final.w             model.final_norm.weight                   dModel
        mlm_head.W             head.dense.weight                         read dModel
        mlm_head.ln.w          head.norm.weight                          read
        unembed.b_U            decoder.bias                              vocab
        -                      decoder.weight
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("attention_bias", "false").Require("mlp_bias", "false")
            .Require("norm_bias", "false").Require("classifier_bias", "false");
        int dModel = json.Int("hidden_size");
        int heads = json.Int("num_attention_heads");
        int layers = json.Int("num_hidden_layers");
        int dHead = json.HeadDim(dModel, heads);
        int every = json.IntOr(3, "global_attn_every_n_layers");
        bool[]? slides = json.Kinds("layer_types", "sliding_attention", "full_attention");
        bool predicts = json.Architecture?.EndsWith("Model", StringComparison.Ordinal) != true;
        PositionConfig local = json.Rotary(dHead, "sliding_attention", "local_rope_theta");
        var attention = new AttentionConfig { Heads = heads, DHead = dHead };
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = layers,
            Context = json.Int("max_position_embeddings"),
            IsEncoder = true,
            Embedding = new EmbeddingConfig
            {
                Tied = true,
                NoLogits = !predicts,
                OutputBias = predicts && json.Bool("decoder_bias", true),
                Norm = true,
                Transform = !predicts ? null : new OutputTransformConfig
                {
                    Activation = json.Has("classifier_activation")
                        ? json.Activation("classifier_activation") : ActivationKind.Gelu,
                    Norm = true,
                },
            },
            Positions = json.Rotary(dHead, "full_attention", "global_rope_theta"),
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "norm_eps") with
            {
                Parameters = NormParameters.Weight,
                SkipsFirst = true,
            },
            Attention = new PerLayer<AttentionConfig>(
            [
                .. Enumerable.Range(0, layers).Select(layer =>
                    slides?[layer] ?? layer % every != 0 ? attention with
                    {
                        Window = (json.IntOr(128, "local_attention") / 2) + 1,
                        Positions = local,
                    } : attention),
            ]),
            Mlp = new MlpConfig
            {
                Width = json.Int("intermediate_size"),
                Activation = json.Activation("hidden_activation"),
                Gated = true,
            },
        };
    }
}
