namespace Vitrine.Models.Families;

/// <summary>ELECTRA, its generators.</summary>
internal sealed class Electra : EncoderFamily
{
    public override string Name => "electra";

    public override string Models => "ELECTRA, its generators";

    internal override string Prefix => "electra.";

    internal override string Weights => """
        embed.W_E              electra.embeddings.word_embeddings.weight              vocab width
        pos_embed.W_pos        electra.embeddings.position_embeddings.weight          context width
        embed.W_token_type     electra.embeddings.token_type_embeddings.weight        segment width
        embed.ln.w             electra.embeddings.LayerNorm.weight|gamma              width
        embed.ln.b             electra.embeddings.LayerNorm.bias|beta                 width
        blocks.{i}.attn.W_Q    electra.encoder.layer.{i}.attention.self.query.weight       (head dHead) dModel
        blocks.{i}.attn.W_K    electra.encoder.layer.{i}.attention.self.key.weight         (kvHead dHead) dModel
        blocks.{i}.attn.W_V    electra.encoder.layer.{i}.attention.self.value.weight       (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    electra.encoder.layer.{i}.attention.self.query.bias         (head dHead)
        blocks.{i}.attn.b_K    electra.encoder.layer.{i}.attention.self.key.bias           (kvHead dHead)
        blocks.{i}.attn.b_V    electra.encoder.layer.{i}.attention.self.value.bias         (kvHead dHead)
        blocks.{i}.attn.W_O    electra.encoder.layer.{i}.attention.output.dense.weight     dModel (head dHead)
        blocks.{i}.attn.b_O    electra.encoder.layer.{i}.attention.output.dense.bias       dModel
        blocks.{i}.ln1.w       electra.encoder.layer.{i}.attention.output.LayerNorm.weight|gamma    dModel
        blocks.{i}.ln1.b       electra.encoder.layer.{i}.attention.output.LayerNorm.bias|beta       dModel
        blocks.{i}.mlp.W_in    electra.encoder.layer.{i}.intermediate.dense.weight         dMlp dModel
        blocks.{i}.mlp.b_in    electra.encoder.layer.{i}.intermediate.dense.bias           dMlp
        blocks.{i}.mlp.W_out   electra.encoder.layer.{i}.output.dense.weight               dModel dMlp
        blocks.{i}.mlp.b_out   electra.encoder.layer.{i}.output.dense.bias                 dModel
        blocks.{i}.ln2.w       electra.encoder.layer.{i}.output.LayerNorm.weight|gamma     dModel
        blocks.{i}.ln2.b       electra.encoder.layer.{i}.output.LayerNorm.bias|beta        dModel
        embed.W_proj           electra.embeddings_project.weight                 dModel width
        embed.b_proj           electra.embeddings_project.bias                   dModel
        mlm_head.W             generator_predictions.dense.weight                read dModel
        mlm_head.b             generator_predictions.dense.bias                  read
        mlm_head.ln.w          generator_predictions.LayerNorm.weight            read
        mlm_head.ln.b          generator_predictions.LayerNorm.bias              read
        unembed.b_U            generator_lm_head.bias                            vocab
        -                      generator_lm_head.weight
        -                      electra.embeddings.position_ids
        -                      embeddings.position_ids
        -                      pooler.dense.weight
        -                      pooler.dense.bias
        """;
}
