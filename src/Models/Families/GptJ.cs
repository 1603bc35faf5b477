using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Families;

/// <summary>GPT-J.</summary>
internal sealed class GptJ : GptFamily
{
    public override string Name => "gptj";

    public override string Models => "GPT-J";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.W_Q      transformer.h.{i}.attn.q_proj.weight      (head dHead) dModel
        blocks.{i}.attn.W_K      transformer.h.{i}.attn.k_proj.weight      (kvHead dHead) dModel
        blocks.{i}.attn.W_V      transformer.h.{i}.attn.v_proj.weight      (kvHead dHead) dModel
        blocks.{i}.attn.W_O      transformer.h.{i}.attn.out_proj.weight    dModel (head dHead)
        blocks.{i}.mlp.W_in      transformer.h.{i}.mlp.fc_in.weight        dMlp dModel
        blocks.{i}.mlp.b_in      transformer.h.{i}.mlp.fc_in.bias          dMlp
        blocks.{i}.mlp.W_out     transformer.h.{i}.mlp.fc_out.weight       dModel dMlp
        blocks.{i}.mlp.b_out     transformer.h.{i}.mlp.fc_out.bias         dModel
        unembed.b_U              lm_head.bias                              vocab
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        return config with
        {
            Embedding = new EmbeddingConfig { Tied = json.Bool("tie_word_embeddings") },
            Positions = new PositionConfig
            {
                Kind = PositionKind.Rotary,
                RotaryDim = json.IntOr(64, "rotary_dim"),
                RotaryPairing = RotaryPairing.Adjacent,
            },
            Attention = config.Attention!.With(heads => heads with { Biases = false }),
            Parallel = ParallelKind.OneNorm,
        };
    }
}
