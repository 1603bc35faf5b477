namespace Vitrine.Models.Families;

/// <summary>GPT-Neo, TinyStories.</summary>
internal sealed class GptNeo : GptFamily
{
    public override string Name => "gpt_neo";

    public override string Models => "GPT-Neo, TinyStories";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.W_Q      transformer.h.{i}.attn.attention.q_proj.weight      (head dHead) dModel
        blocks.{i}.attn.W_K      transformer.h.{i}.attn.attention.k_proj.weight      (kvHead dHead) dModel
        blocks.{i}.attn.W_V      transformer.h.{i}.attn.attention.v_proj.weight      (kvHead dHead) dModel
        blocks.{i}.attn.W_O      transformer.h.{i}.attn.attention.out_proj.weight    dModel (head dHead)
        blocks.{i}.attn.b_O      transformer.h.{i}.attn.attention.out_proj.bias      dModel
        blocks.{i}.mlp.W_in      transformer.h.{i}.mlp.c_fc.weight                   dMlp dModel
        blocks.{i}.mlp.W_out     transformer.h.{i}.mlp.c_proj.weight                 dModel dMlp
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        TransformerConfig config = base.Read(json);
        bool[] local = json.Kinds("attention_layers", "local", "global")
            ?? throw new InvalidDataException("it has no 'attention_layers'.");
        int window = json.IntOr(256, "window_size");
        if (local.Length != config.Layers)
        {
            throw new InvalidDataException(
                $"attention_layers must name {config.Layers} layers; got {local.Length}.");
        }

        return config with
        {
            Attention = new PerLayer<AttentionConfig>([.. local.Select(isLocal =>
                config.Attention![0] with
                {
                    Biases = false,
                    OutputBias = true,
                    Scale = 1,
                    Window = isLocal ? window : null,
                })]),
        };
    }
}
