namespace Vitrine.Models.Families;

/// <summary>RoBERTa, XLM-R.</summary>
internal sealed class Roberta : EncoderFamily
{
    public override string Name => "roberta";

    public override string Models => "RoBERTa, XLM-R";

    internal override string Prefix => "roberta.";

    internal override string Weights => """
        embed.W_E              roberta.embeddings.word_embeddings.weight              vocab width
        pos_embed.W_pos        roberta.embeddings.position_embeddings.weight          (2|context') width -> context width
        embed.W_token_type     roberta.embeddings.token_type_embeddings.weight        segment width
        embed.ln.w             roberta.embeddings.LayerNorm.weight|gamma              width
        embed.ln.b             roberta.embeddings.LayerNorm.bias|beta                 width
        blocks.{i}.attn.W_Q    roberta.encoder.layer.{i}.attention.self.query.weight       (head dHead) dModel
        blocks.{i}.attn.W_K    roberta.encoder.layer.{i}.attention.self.key.weight         (kvHead dHead) dModel
        blocks.{i}.attn.W_V    roberta.encoder.layer.{i}.attention.self.value.weight       (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    roberta.encoder.layer.{i}.attention.self.query.bias         (head dHead)
        blocks.{i}.attn.b_K    roberta.encoder.layer.{i}.attention.self.key.bias           (kvHead dHead)
        blocks.{i}.attn.b_V    roberta.encoder.layer.{i}.attention.self.value.bias         (kvHead dHead)
        blocks.{i}.attn.W_O    roberta.encoder.layer.{i}.attention.output.dense.weight     dModel (head dHead)
        blocks.{i}.attn.b_O    roberta.encoder.layer.{i}.attention.output.dense.bias       dModel
        blocks.{i}.ln1.w       roberta.encoder.layer.{i}.attention.output.LayerNorm.weight|gamma    dModel
        blocks.{i}.ln1.b       roberta.encoder.layer.{i}.attention.output.LayerNorm.bias|beta       dModel
        blocks.{i}.mlp.W_in    roberta.encoder.layer.{i}.intermediate.dense.weight         dMlp dModel
        blocks.{i}.mlp.b_in    roberta.encoder.layer.{i}.intermediate.dense.bias           dMlp
        blocks.{i}.mlp.W_out   roberta.encoder.layer.{i}.output.dense.weight               dModel dMlp
        blocks.{i}.mlp.b_out   roberta.encoder.layer.{i}.output.dense.bias                 dModel
        blocks.{i}.ln2.w       roberta.encoder.layer.{i}.output.LayerNorm.weight|gamma     dModel
        blocks.{i}.ln2.b       roberta.encoder.layer.{i}.output.LayerNorm.bias|beta        dModel
        mlm_head.W             lm_head.dense.weight         read dModel
        mlm_head.b             lm_head.dense.bias           read
        mlm_head.ln.w          lm_head.layer_norm.weight    read
        mlm_head.ln.b          lm_head.layer_norm.bias      read
        unembed.b_U            lm_head.bias                 vocab
        -                      lm_head.decoder.weight
        -                      lm_head.decoder.bias
        -                      roberta.embeddings.position_ids
        -                      embeddings.position_ids
        -                      pooler.dense.weight
        -                      pooler.dense.bias
        """;

    // The first two rows of the table of positions are of padding.
    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("pad_token_id", "1");
        TransformerConfig config = base.Read(json);
        return config with { Context = config.Context - 2 };
    }
}
