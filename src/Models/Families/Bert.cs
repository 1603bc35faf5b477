namespace Vitrine.Models.Families;

/// <summary>BERT, MiniLM and other sentence transformers.</summary>
internal sealed class Bert : EncoderFamily
{
    public override string Name => "bert";

    public override string Models => "BERT, MiniLM and other sentence transformers";

    internal override string Prefix => "bert.";

    internal override string Weights => """
        embed.W_E              bert.embeddings.word_embeddings.weight              vocab width
        pos_embed.W_pos        bert.embeddings.position_embeddings.weight          context width
        embed.W_token_type     bert.embeddings.token_type_embeddings.weight        segment width
        embed.ln.w             bert.embeddings.LayerNorm.weight|gamma              width
        embed.ln.b             bert.embeddings.LayerNorm.bias|beta                 width
        blocks.{i}.attn.W_Q    bert.encoder.layer.{i}.attention.self.query.weight       (head dHead) dModel
        blocks.{i}.attn.W_K    bert.encoder.layer.{i}.attention.self.key.weight         (kvHead dHead) dModel
        blocks.{i}.attn.W_V    bert.encoder.layer.{i}.attention.self.value.weight       (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    bert.encoder.layer.{i}.attention.self.query.bias         (head dHead)
        blocks.{i}.attn.b_K    bert.encoder.layer.{i}.attention.self.key.bias           (kvHead dHead)
        blocks.{i}.attn.b_V    bert.encoder.layer.{i}.attention.self.value.bias         (kvHead dHead)
        blocks.{i}.attn.W_O    bert.encoder.layer.{i}.attention.output.dense.weight     dModel (head dHead)
        blocks.{i}.attn.b_O    bert.encoder.layer.{i}.attention.output.dense.bias       dModel
        blocks.{i}.ln1.w       bert.encoder.layer.{i}.attention.output.LayerNorm.weight|gamma    dModel
        blocks.{i}.ln1.b       bert.encoder.layer.{i}.attention.output.LayerNorm.bias|beta       dModel
        blocks.{i}.mlp.W_in    bert.encoder.layer.{i}.intermediate.dense.weight         dMlp dModel
        blocks.{i}.mlp.b_in    bert.encoder.layer.{i}.intermediate.dense.bias           dMlp
        blocks.{i}.mlp.W_out   bert.encoder.layer.{i}.output.dense.weight               dModel dMlp
        blocks.{i}.mlp.b_out   bert.encoder.layer.{i}.output.dense.bias                 dModel
        blocks.{i}.ln2.w       bert.encoder.layer.{i}.output.LayerNorm.weight|gamma     dModel
        blocks.{i}.ln2.b       bert.encoder.layer.{i}.output.LayerNorm.bias|beta        dModel
        mlm_head.W             cls.predictions.transform.dense.weight              read dModel
        mlm_head.b             cls.predictions.transform.dense.bias                read
        mlm_head.ln.w          cls.predictions.transform.LayerNorm.weight|gamma    read
        mlm_head.ln.b          cls.predictions.transform.LayerNorm.bias|beta       read
        unembed.b_U            cls.predictions.bias                                vocab
        -                      cls.predictions.decoder.weight
        -                      cls.predictions.decoder.bias
        -                      cls.seq_relationship.weight
        -                      cls.seq_relationship.bias
        -                      bert.embeddings.position_ids
        -                      embeddings.position_ids
        -                      pooler.dense.weight
        -                      pooler.dense.bias
        """;
}
