using Vitrine.Models.Positions;

namespace Vitrine.Models.Families;

/// <summary>What the encoders that follow BERT share: embeddings that are summed and normed, norms
/// after every part, and a head that predicts masked tokens.</summary>
internal abstract class EncoderFamily : Family
{
    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("position_embedding_type", "absolute").Require("is_decoder", "false")
            .Require("add_cross_attention", "false");
        int dModel = json.Int("hidden_size", "dim");
        int heads = json.Int("num_attention_heads", "n_heads");
        bool predicts = json.Architecture?.EndsWith("Model", StringComparison.Ordinal) != true;
        ActivationKind activation = json.Activation("hidden_act", "activation");
        int? width = json.MaybeInt("embedding_size") is { } own && own != dModel ? own : null;
        return new TransformerConfig
        {
            Vocabulary = json.Int("vocab_size"),
            DModel = dModel,
            Layers = json.Int("num_hidden_layers", "n_layers"),
            Context = json.Int("max_position_embeddings"),
            IsEncoder = true,
            Embedding = new EmbeddingConfig
            {
                Tied = true,
                NoLogits = !predicts,
                OutputBias = predicts,
                Norm = true,
                Segments = json.IntOr(0, "type_vocab_size"),
                Width = width,
                WidensSum = width is not null,
                Transform = !predicts ? null : new OutputTransformConfig
                {
                    Width = width,
                    Activation = activation,
                    Bias = true,
                    Norm = true,
                },
            },
            Positions = PositionKind.Learned,
            Norm = json.Norm(NormKind.LayerNorm, 1e-12f, "layer_norm_eps") with
            {
                Placement = NormPlacement.Post,
            },
            Attention = new AttentionConfig
            {
                Heads = heads,
                DHead = json.HeadDim(dModel, heads),
                Biases = true,
            },
            Mlp = new MlpConfig
            {
                Width = json.Int("intermediate_size", "hidden_dim"),
                Activation = activation,
                Biases = true,
            },
        };
    }
}
