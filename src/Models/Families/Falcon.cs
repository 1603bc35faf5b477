using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>Falcon.</summary>
internal sealed class Falcon : Family
{
    public override string Name => "falcon";

    public override string Models => "Falcon";

    internal override string Prefix => "transformer.";

    // Queries, then the key and the value, of each group of heads: of all heads in one group, of
    // each head by itself, or of what lies between.
    internal override string Weights => """
        embed.W_E              transformer.word_embeddings.weight                       vocab dModel
        blocks.{i}.ln1.w       transformer.h.{i}.input_layernorm.weight                 dModel
        blocks.{i}.ln1.b       transformer.h.{i}.input_layernorm.bias                   dModel
        blocks.{i}.attn.W_Q    transformer.h.{i}.self_attention.query_key_value.weight  (kvHead (group'|1|1) dHead) dModel
        blocks.{i}.attn.W_K    transformer.h.{i}.self_attention.query_key_value.weight  (kvHead (group|1'|1) dHead) dModel
        blocks.{i}.attn.W_V    transformer.h.{i}.self_attention.query_key_value.weight  (kvHead (group|1|1') dHead) dModel
        blocks.{i}.attn.b_Q    transformer.h.{i}.self_attention.query_key_value.bias    (kvHead (group'|1|1) dHead)
        blocks.{i}.attn.b_K    transformer.h.{i}.self_attention.query_key_value.bias    (kvHead (group|1'|1) dHead)
        blocks.{i}.attn.b_V    transformer.h.{i}.self_attention.query_key_value.bias    (kvHead (group|1|1') dHead)
        blocks.{i}.attn.W_O    transformer.h.{i}.self_attention.dense.weight            dModel (head dHead)
        blocks.{i}.attn.b_O    transformer.h.{i}.self_attention.dense.bias              dModel
        blocks.{i}.ln2.w       transformer.h.{i}.post_attention_layernorm.weight        dModel
        blocks.{i}.ln2.b       transformer.h.{i}.post_attention_layernorm.bias          dModel
        blocks.{i}.mlp.W_in    transformer.h.{i}.mlp.dense_h_to_4h.weight               dMlp dModel
        blocks.{i}.mlp.b_in    transformer.h.{i}.mlp.dense_h_to_4h.bias                 dMlp
        blocks.{i}.mlp.W_out   transformer.h.{i}.mlp.dense_4h_to_h.weight               dModel dMlp
        blocks.{i}.mlp.b_out   transformer.h.{i}.mlp.dense_4h_to_h.bias                 dModel
        ln_final.w             transformer.ln_f.weight                                  dModel
        ln_final.b             transformer.ln_f.bias                                    dModel
        unembed.W_U            lm_head.weight                                           vocab dModel
        -                      transformer.h.{i}.self_attention.rotary_emb.inv_freq
        """;

    internal override string WeightsOf(TransformerConfig config) =>
        config.Parallel != ParallelKind.TwoNorms ? Weights : Weights + """

        blocks.{i}.ln1.w       transformer.h.{i}.ln_attn.weight                         dModel
        blocks.{i}.ln1.b       transformer.h.{i}.ln_attn.bias                           dModel
        blocks.{i}.ln2.w       transformer.h.{i}.ln_mlp.weight                          dModel
        blocks.{i}.ln2.b       transformer.h.{i}.ln_mlp.bias                            dModel
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        int dModel = json.Int("hidden_size");
        int heads = json.Int("num_attention_heads");
        int dHead = json.HeadDim(dModel, heads);
        bool isNew = json.Bool("new_decoder_architecture");
        bool isParallel = isNew || json.Bool("parallel_attn", true);
        int groups = isNew ? json.IntOr(heads, "num_kv_heads")
            : json.Bool("multi_query", true) ? 1 : heads;
        int norms = json.IntOr(isNew ? 2 : 1, "num_ln_in_parallel_attn");
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_hidden_layers"),
            Context = json.IntOr(2048, "max_position_embeddings"),
            Embedding = new EmbeddingConfig
            {
                Tied = json.Bool("tie_word_embeddings", true),
                OutputBias = false,
            },
            Positions = !json.Bool("alibi") ? json.Rotary(dHead) : new PositionConfig
            {
                Kind = PositionKind.Alibi,
                AlibiForm = AlibiForm.RoundedKeyPosition,
            },
            Norm = json.Norm(NormKind.LayerNorm, 1e-5f, "layer_norm_epsilon"),
            Attention = new AttentionConfig
            {
                Heads = heads,
                KvHeads = groups == heads ? null : groups,
                DHead = dHead,
                Biases = json.Bool("bias"),
            },
            Mlp = new MlpConfig
            {
                Width = json.IntOr(4 * dModel, "ffn_hidden_size"),
                Activation = json.Has("activation") ? json.Activation("activation")
                    : ActivationKind.Gelu,
                Biases = json.Bool("bias"),
            },
            Parallel = !isParallel ? ParallelKind.None
                : norms == 2 ? ParallelKind.TwoNorms : ParallelKind.OneNorm,
        };
    }
}
