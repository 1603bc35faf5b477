using Vitrine.Models.Checkpoints;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Models.Positions;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Families.Gguf;

/// <summary>A model in a GGUF file: its config from the metadata, its weights by the names that all
/// architectures share.</summary>
internal static class GgufModel
{
    private const string Names = """
        embed.W_E                            token_embd.weight                     vocab dModel
        embed.W_token_type                   token_types.weight                    segment dModel
        embed.ln.w                           token_embd_norm.weight                dModel
        embed.ln.b                           token_embd_norm.bias                  dModel
        pos_embed.W_pos                      position_embd.weight                  context dModel
        blocks.{i}.ln1.w                     blk.{i}.attn_norm.weight              dModel
        blocks.{i}.ln1.b                     blk.{i}.attn_norm.bias                dModel
        blocks.{i}.attn.W_Q                  blk.{i}.attn_q.weight                 (head dHead) dModel
        blocks.{i}.attn.W_K                  blk.{i}.attn_k.weight                 (kvHead dHead) dModel
        blocks.{i}.attn.W_V                  blk.{i}.attn_v.weight                 (kvHead dHead) dModel
        blocks.{i}.attn.b_Q                  blk.{i}.attn_q.bias                   (head dHead)
        blocks.{i}.attn.b_K                  blk.{i}.attn_k.bias                   (kvHead dHead)
        blocks.{i}.attn.b_V                  blk.{i}.attn_v.bias                   (kvHead dHead)
        blocks.{i}.attn.W_O                  blk.{i}.attn_output.weight            dModel (head dHead)
        blocks.{i}.attn.b_O                  blk.{i}.attn_output.bias              dModel
        blocks.{i}.attn.sinks                blk.{i}.attn_sinks.weight             head
        blocks.{i}.attn.q_norm.w             blk.{i}.attn_q_norm.weight            dHead -> dHead
        blocks.{i}.attn.k_norm.w             blk.{i}.attn_k_norm.weight            dHead -> dHead
        blocks.{i}.ln1_post.w                blk.{i}.post_attention_norm.weight    dModel
        blocks.{i}.ln2.w                     blk.{i}.ffn_norm.weight               dModel
        blocks.{i}.ln2.b                     blk.{i}.ffn_norm.bias                 dModel
        blocks.{i}.ln2_post.w                blk.{i}.post_ffw_norm.weight          dModel
        blocks.{i}.mlp.W_gate                blk.{i}.ffn_gate.weight               dMlp dModel
        blocks.{i}.mlp.W_in                  blk.{i}.ffn_up.weight                 dMlp dModel
        blocks.{i}.mlp.W_out                 blk.{i}.ffn_down.weight               dModel dMlp
        blocks.{i}.mlp.b_gate                blk.{i}.ffn_gate.bias                 dMlp
        blocks.{i}.mlp.b_in                  blk.{i}.ffn_up.bias                   dMlp
        blocks.{i}.mlp.b_out                 blk.{i}.ffn_down.bias                 dModel
        blocks.{i}.mlp.W_router              blk.{i}.ffn_gate_inp.weight           expert dModel
        blocks.{i}.mlp.b_router              blk.{i}.ffn_gate_inp.bias             expert
        blocks.{i}.mlp.experts.{e}.W_gate    blk.{i}.ffn_gate_exps.weight          {e} dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_in      blk.{i}.ffn_up_exps.weight            {e} dMlp dModel
        blocks.{i}.mlp.experts.{e}.W_out     blk.{i}.ffn_down_exps.weight          {e} dModel dMlp
        blocks.{i}.mlp.experts.{e}.b_gate    blk.{i}.ffn_gate_exps.bias            {e} dMlp
        blocks.{i}.mlp.experts.{e}.b_in      blk.{i}.ffn_up_exps.bias              {e} dMlp
        blocks.{i}.mlp.experts.{e}.b_out     blk.{i}.ffn_down_exps.bias            {e} dModel
        blocks.{i}.mlp.shared.W_gate         blk.{i}.ffn_gate_shexp.weight         dMlp dModel
        blocks.{i}.mlp.shared.W_in           blk.{i}.ffn_up_shexp.weight           dMlp dModel
        blocks.{i}.mlp.shared.W_out          blk.{i}.ffn_down_shexp.weight         dModel dMlp
        blocks.{i}.mlp.W_shared_gate         blk.{i}.ffn_gate_inp_shexp.weight     dModel
        ln_final.w                           output_norm.weight                    dModel
        ln_final.b                           output_norm.bias                      dModel
        unembed.W_U                          output.weight                         vocab dModel
        unembed.b_U                          output.bias                           vocab
        -                                    rope_freqs.weight
        -                                    rope_factors_long.weight
        -                                    rope_factors_short.weight
        """;

    private const string FusedQkv = """

        blocks.{i}.attn.W_Q    blk.{i}.attn_qkv.weight    ((head'|kvHead|kvHead) dHead) dModel
        blocks.{i}.attn.W_K    blk.{i}.attn_qkv.weight    ((head|kvHead'|kvHead) dHead) dModel
        blocks.{i}.attn.W_V    blk.{i}.attn_qkv.weight    ((head|kvHead|kvHead') dHead) dModel
        blocks.{i}.attn.b_Q    blk.{i}.attn_qkv.bias      ((head'|kvHead|kvHead) dHead)
        blocks.{i}.attn.b_K    blk.{i}.attn_qkv.bias      ((head|kvHead'|kvHead) dHead)
        blocks.{i}.attn.b_V    blk.{i}.attn_qkv.bias      ((head|kvHead|kvHead') dHead)
        """;

    /// <summary>Whether a file is one by its first bytes.</summary>
    public static bool IsOne(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream stream = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4
            && magic.SequenceEqual("GGUF"u8);
    }

    /// <summary>The config in our terms, and the table of the weights.</summary>
    /// <exception cref="InvalidDataException">No adapter reads the architecture, or a key is
    /// wrong.</exception>
    public static (TransformerConfig Config, string Weights) Read(GgufFile file)
    {
        string name = file.Metadata.Text("general.architecture");
        if (!GgufArchitectures.All.TryGetValue(name, out GgufArchitecture? architecture))
        {
            throw new InvalidDataException(
                $"{file.Path}: its architecture is '{PrintableText.Value(name)}', and no adapter "
                + $"reads it; there are adapters for "
                + $"{string.Join(", ", GgufArchitectures.All.Keys.Order())}. See docs/models.md.");
        }

        var fields = new GgufFields(file, name);
        try
        {
            TransformerConfig config = architecture.Change(fields, Common(fields)).Validate();
            string weights = Names + (fields.LayerHas("attn_qkv.weight") ? FusedQkv : "")
                + architecture.Weights(fields);
            return (config, weights);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or OverflowException
            && !wrong.Message.StartsWith(file.Path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file.Path}: {wrong.Message}", wrong);
        }
    }

    /// <summary>The tokenizer in the metadata; null if there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of a kind that is not
    /// read.</exception>
    public static Tokenizer? Tokenizer(GgufFile file)
    {
        const string Prefix = "tokenizer.ggml.";
        GgufMetadata keys = file.Metadata;
        string model = keys.Text(Prefix + "model", "no_vocab");
        if (model is "no_vocab" or "none" || !keys.Contains(Prefix + "tokens"))
        {
            return null;
        }

        return Tokenizers.Tokenizer.FromGguf(new GgufTokenizer
        {
            Model = model,
            Pre = keys.Contains(Prefix + "pre") ? keys.Text(Prefix + "pre") : null,
            Tokens = keys.Texts(Prefix + "tokens"),
            Scores = !keys.Contains(Prefix + "scores") ? null
                : [.. keys.Numbers(Prefix + "scores").Select(score => (float)score)],
            TokenTypes = !keys.Contains(Prefix + "token_type") ? null
                : [.. keys.Wholes(Prefix + "token_type").Select(type => checked((int)type))],
            Merges = keys.Contains(Prefix + "merges") ? keys.Texts(Prefix + "merges") : null,
            Special = new SpecialTokens(
                Id("bos"), Id("eos"), Id("padding"), Id("unknown"), Id("mask"), Id("cls"),
                Id("seperator") ?? Id("separator")),
            AddBos = MaybeFlag("add_bos_token"),
            AddEos = MaybeFlag("add_eos_token"),
            AddSpacePrefix = MaybeFlag("add_space_prefix"),
            RemoveExtraWhitespaces = MaybeFlag("remove_extra_whitespaces"),
            ChatTemplate = keys.Contains("tokenizer.chat_template")
                ? keys.Text("tokenizer.chat_template") : null,
        });

        int? Id(string role) => keys.Contains($"{Prefix}{role}_token_id")
            ? (int)keys.Whole($"{Prefix}{role}_token_id") : null;

        bool? MaybeFlag(string key) =>
            keys.Contains(Prefix + key) ? keys.Flag(Prefix + key) : null;
    }

    /// <summary>What the keys and the tensors say of any architecture.</summary>
    private static TransformerConfig Common(GgufFields fields)
    {
        bool rms = fields.Has("attention.layer_norm_rms_epsilon");
        bool fused = fields.LayerHas("attn_qkv.weight");
        int heads = fields.Heads;
        int shared = fields.IntOr(heads, "attention.head_count_kv");
        int? experts = fields.MaybeInt("expert_count") is { } count && count > 0 ? count : null;
        bool gated = fields.LayerHas("ffn_gate.weight") || fields.LayerHas("ffn_gate_exps.weight");
        string up = experts is null ? "ffn_up" : "ffn_up_exps";
        return new TransformerConfig
        {
            Vocabulary = fields.Length("token_embd.weight", 0),
            DModel = fields.DModel,
            Layers = fields.Layers,
            Context = fields.Int("context_length"),
            Embedding = new EmbeddingConfig
            {
                Tied = !fields.HasTensor("output.weight"),
                OutputBias = fields.HasTensor("output.bias"),
                Norm = fields.HasTensor("token_embd_norm.weight"),
            },
            Positions = fields.HasTensor("position_embd.weight")
                ? PositionKind.Learned : fields.Rotary(),
            Norm = new NormConfig
            {
                Kind = rms ? NormKind.RmsNorm : NormKind.LayerNorm,
                Epsilon = fields.FloatOr(
                    1e-5f, rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"),
                Parameters = rms || fields.HasTensor("output_norm.bias")
                    ? NormParameters.All : NormParameters.Weight,
            },
            Attention = new AttentionConfig
            {
                Heads = heads,
                KvHeads = shared == heads ? null : shared,
                DHead = fields.DHead,
                Biases = fields.LayerHas(fused ? "attn_qkv.bias" : "attn_q.bias"),
                OutputBias = fields.LayerHas("attn_output.bias"),
                Clip = fields.MaybeFloat("attention.clamp_kqv"),
                QkNorm = !fields.LayerHas("attn_q_norm.weight") ? null : new()
                {
                    Kind = NormKind.RmsNorm,
                    Epsilon = fields.FloatOr(1e-5f, "attention.layer_norm_rms_epsilon"),
                },
            },
            Mlp = new MlpConfig
            {
                Width = experts is null ? fields.Int("feed_forward_length")
                    : fields.MaybeInt("expert_feed_forward_length")
                        ?? fields.Int("feed_forward_length"),
                Activation = ActivationKind.Silu,
                Gated = gated,
                Biases = fields.LayerHas($"{up}.bias"),
                Experts = experts is not { } number ? null : new ExpertConfig
                {
                    Count = number,
                    Used = fields.Int("expert_used_count"),
                    Renormalise = true,
                    RouterBias = fields.LayerHas("ffn_gate_inp.bias"),
                    SharedWidth = fields.MaybeInt("expert_shared_feed_forward_length"),
                },
            },
        };
    }
}
