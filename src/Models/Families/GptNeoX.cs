namespace Vitrine.Models.Families;

/// <summary>Pythia, GPT-NeoX-20B.</summary>
internal sealed class GptNeoX : Family
{
    public override string Name => "gpt_neox";

    public override string Models => "Pythia, GPT-NeoX-20B";

    internal override string Weights => """
        embed.W_E              gpt_neox.embed_in.weight                                   vocab dModel
        blocks.{i}.ln1.w       gpt_neox.layers.{i}.input_layernorm.weight                 dModel
        blocks.{i}.ln1.b       gpt_neox.layers.{i}.input_layernorm.bias                   dModel
        blocks.{i}.attn.W_Q    gpt_neox.layers.{i}.attention.query_key_value.weight       (head (1'|1|1) dHead) dModel
        blocks.{i}.attn.W_K    gpt_neox.layers.{i}.attention.query_key_value.weight       (kvHead (1|1'|1) dHead) dModel
        blocks.{i}.attn.W_V    gpt_neox.layers.{i}.attention.query_key_value.weight       (kvHead (1|1|1') dHead) dModel
        blocks.{i}.attn.b_Q    gpt_neox.layers.{i}.attention.query_key_value.bias         (head (1'|1|1) dHead)
        blocks.{i}.attn.b_K    gpt_neox.layers.{i}.attention.query_key_value.bias         (kvHead (1|1'|1) dHead)
        blocks.{i}.attn.b_V    gpt_neox.layers.{i}.attention.query_key_value.bias         (kvHead (1|1|1') dHead)
        blocks.{i}.attn.W_O    gpt_neox.layers.{i}.attention.dense.weight                 dModel (head dHead)
        blocks.{i}.attn.b_O    gpt_neox.layers.{i}.attention.dense.bias                   dModel
        blocks.{i}.ln2.w       gpt_neox.layers.{i}.post_attention_layernorm.weight        dModel
        blocks.{i}.ln2.b       gpt_neox.layers.{i}.post_attention_layernorm.bias          dModel
        blocks.{i}.mlp.W_in    gpt_neox.layers.{i}.mlp.dense_h_to_4h.weight               dMlp dModel
        blocks.{i}.mlp.b_in    gpt_neox.layers.{i}.mlp.dense_h_to_4h.bias                 dMlp
        blocks.{i}.mlp.W_out   gpt_neox.layers.{i}.mlp.dense_4h_to_h.weight               dModel dMlp
        blocks.{i}.mlp.b_out   gpt_neox.layers.{i}.mlp.dense_4h_to_h.bias                 dModel
        ln_final.w             gpt_neox.final_layer_norm.weight                           dModel
        ln_final.b             gpt_neox.final_layer_norm.bias                             dModel
        unembed.W_U            embed_out.weight                                           vocab dModel
        -                      gpt_neox.layers.{i}.attention.bias
        -                      gpt_neox.layers.{i}.attention.masked_bias
        -                      gpt_neox.layers.{i}.attention.rotary_emb.inv_freq
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        int dModel = json.Int("hidden_size");
        int heads = json.Int("num_attention_heads");
        int dHead = json.HeadDim(dModel, heads);
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_hidden_layers"),
            Context = json.Int("max_position_embeddings"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings"),
                OutputBias = false,
            },
            Positions = json.Rotary(dHead),
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_eps"),
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = dHead,
                Biases = json.Bool("attention_bias", true),
            },
            Mlp = new MlpConfig
            {
                Width = json.Int("intermediate_size"),
                Activation = json.Activation("hidden_act"),
                Biases = true,
            },
            Parallel = json.Bool("use_parallel_residual", true)
                ? ParallelKind.TwoNorms : ParallelKind.None,
        };
    }
}
