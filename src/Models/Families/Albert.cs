namespace Vitrine.Models.Families;

/// <summary>ALBERT.</summary>
internal sealed class Albert : EncoderFamily
{
    public override string Name => "albert";

    public override string Models => "ALBERT";

    internal override string Prefix => "albert.";

    internal override string Weights => """
        embed.W_E              albert.embeddings.word_embeddings.weight             vocab width
        pos_embed.W_pos        albert.embeddings.position_embeddings.weight         context width
        embed.W_token_type     albert.embeddings.token_type_embeddings.weight       segment width
        embed.ln.w             albert.embeddings.LayerNorm.weight                   width
        embed.ln.b             albert.embeddings.LayerNorm.bias                     width
        embed.W_proj           albert.encoder.embedding_hidden_mapping_in.weight    dModel width
        embed.b_proj           albert.encoder.embedding_hidden_mapping_in.bias      dModel
        blocks.{i}.attn.W_Q    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.query.weight        (head dHead) dModel
        blocks.{i}.attn.W_K    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.key.weight          (kvHead dHead) dModel
        blocks.{i}.attn.W_V    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.value.weight        (kvHead dHead) dModel
        blocks.{i}.attn.b_Q    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.query.bias          (head dHead)
        blocks.{i}.attn.b_K    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.key.bias            (kvHead dHead)
        blocks.{i}.attn.b_V    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.value.bias          (kvHead dHead)
        blocks.{i}.attn.W_O    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.dense.weight        dModel (head dHead)
        blocks.{i}.attn.b_O    albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.dense.bias          dModel
        blocks.{i}.ln1.w       albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.LayerNorm.weight    dModel
        blocks.{i}.ln1.b       albert.encoder.albert_layer_groups.{i}.albert_layers.0.attention.LayerNorm.bias      dModel
        blocks.{i}.mlp.W_in    albert.encoder.albert_layer_groups.{i}.albert_layers.0.ffn.weight                    dMlp dModel
        blocks.{i}.mlp.b_in    albert.encoder.albert_layer_groups.{i}.albert_layers.0.ffn.bias                      dMlp
        blocks.{i}.mlp.W_out   albert.encoder.albert_layer_groups.{i}.albert_layers.0.ffn_output.weight             dModel dMlp
        blocks.{i}.mlp.b_out   albert.encoder.albert_layer_groups.{i}.albert_layers.0.ffn_output.bias               dModel
        blocks.{i}.ln2.w       albert.encoder.albert_layer_groups.{i}.albert_layers.0.full_layer_layer_norm.weight  dModel
        blocks.{i}.ln2.b       albert.encoder.albert_layer_groups.{i}.albert_layers.0.full_layer_layer_norm.bias    dModel
        mlm_head.W             predictions.dense.weight                             read dModel
        mlm_head.b             predictions.dense.bias                               read
        mlm_head.ln.w          predictions.LayerNorm.weight                         read
        mlm_head.ln.b          predictions.LayerNorm.bias                           read
        unembed.b_U            predictions.bias                                     vocab
        -                      predictions.decoder.weight
        -                      predictions.decoder.bias
        -                      pooler.weight
        -                      pooler.bias
        -                      embeddings.position_ids
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("num_hidden_groups", "1").Require("inner_group_num", "1");
        return base.Read(json) with { SharedLayers = true };
    }
}
