namespace Vitrine.Models.Families;

/// <summary>DistilBERT.</summary>
internal sealed class DistilBert : EncoderFamily
{
    public override string Name => "distilbert";

    public override string Models => "DistilBERT";

    internal override string Prefix => "distilbert.";

    internal override string Weights => """
        embed.W_E              distilbert.embeddings.word_embeddings.weight                 vocab dModel
        pos_embed.W_pos        distilbert.embeddings.position_embeddings.weight             context dModel
        embed.ln.w             distilbert.embeddings.LayerNorm.weight                       dModel
        embed.ln.b             distilbert.embeddings.LayerNorm.bias                         dModel
        blocks.{i}.attn.W_Q    distilbert.transformer.layer.{i}.attention.q_lin.weight      (head dHead) dModel
        blocks.{i}.attn.W_K    distilbert.transformer.layer.{i}.attention.k_lin.weight      (kvHead dHead) dModel
        blocks.{i}.attn.W_V    distilbert.transformer.layer.{i}.attention.v_lin.weight      (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    distilbert.transformer.layer.{i}.attention.q_lin.bias        (head dHead)
        blocks.{i}.attn.b_K    distilbert.transformer.layer.{i}.attention.k_lin.bias        (kvHead dHead)
        blocks.{i}.attn.b_V    distilbert.transformer.layer.{i}.attention.v_lin.bias        (kvHead dHead)
        blocks.{i}.attn.W_O    distilbert.transformer.layer.{i}.attention.out_lin.weight    dModel (head dHead)
        blocks.{i}.attn.b_O    distilbert.transformer.layer.{i}.attention.out_lin.bias      dModel
        blocks.{i}.ln1.w       distilbert.transformer.layer.{i}.sa_layer_norm.weight        dModel
        blocks.{i}.ln1.b       distilbert.transformer.layer.{i}.sa_layer_norm.bias          dModel
        blocks.{i}.mlp.W_in    distilbert.transformer.layer.{i}.ffn.lin1.weight             dMlp dModel
        blocks.{i}.mlp.b_in    distilbert.transformer.layer.{i}.ffn.lin1.bias               dMlp
        blocks.{i}.mlp.W_out   distilbert.transformer.layer.{i}.ffn.lin2.weight             dModel dMlp
        blocks.{i}.mlp.b_out   distilbert.transformer.layer.{i}.ffn.lin2.bias               dModel
        blocks.{i}.ln2.w       distilbert.transformer.layer.{i}.output_layer_norm.weight    dModel
        blocks.{i}.ln2.b       distilbert.transformer.layer.{i}.output_layer_norm.bias      dModel
        mlm_head.W             vocab_transform.weight                                       read dModel
        mlm_head.b             vocab_transform.bias                                         read
        mlm_head.ln.w          vocab_layer_norm.weight                                      read
        mlm_head.ln.b          vocab_layer_norm.bias                                        read
        unembed.b_U            vocab_projector.bias                                         vocab
        -                      vocab_projector.weight
        """;

    internal override TransformerConfig Read(HfConfig json) =>
        base.Read(json.Require("sinusoidal_pos_embds", "false"));
}
