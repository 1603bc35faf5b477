namespace Vitrine.Models.Families;

/// <summary>StarCoder, SantaCoder.</summary>
internal sealed class GptBigCode : GptFamily
{
    public override string Name => "gpt_bigcode";

    public override string Models => "StarCoder, SantaCoder";

    internal override string Weights => base.Weights + """

        blocks.{i}.attn.W_Q      transformer.h.{i}.attn.c_attn.weight    ((head'|kvHead|kvHead) dHead) dModel
        blocks.{i}.attn.W_K      transformer.h.{i}.attn.c_attn.weight    ((head|kvHead'|kvHead) dHead) dModel
        blocks.{i}.attn.W_V      transformer.h.{i}.attn.c_attn.weight    ((head|kvHead|kvHead') dHead) dModel
        blocks.{i}.attn.b_Q      transformer.h.{i}.attn.c_attn.bias      ((head'|kvHead|kvHead) dHead)
        blocks.{i}.attn.b_K      transformer.h.{i}.attn.c_attn.bias      ((head|kvHead'|kvHead) dHead)
        blocks.{i}.attn.b_V      transformer.h.{i}.attn.c_attn.bias      ((head|kvHead|kvHead') dHead)
        blocks.{i}.attn.W_O      transformer.h.{i}.attn.c_proj.weight    dModel (head dHead)
        blocks.{i}.mlp.W_in      transformer.h.{i}.mlp.c_fc.weight       dMlp dModel
        blocks.{i}.mlp.W_out     transformer.h.{i}.mlp.c_proj.weight     dModel dMlp
        """;

    internal override TransformerConfig Read(HfConfig json)
    {
        json.Require("multi_query", "true");
        return base.Read(json).WithAttention(heads => heads with { KvHeads = 1 });
    }
}
