using System.Text.Json;

namespace Vitrine.Models.Checkpoints;

/// <summary>Every field of TransformerLens' config: read, without effect on an attention-only
/// model, or refused unless its value asks for nothing.</summary>
internal static class TransformerLensFields
{
    /// <summary>Fields that <see cref="TransformerLensFolder.Stored"/> has.</summary>
    private static readonly HashSet<string> Read =
        [.. TransformerLensJson.Default.Stored.Properties.Select(property => property.Name)];

    /// <summary>Fields that change nothing, by the reason.</summary>
    private static readonly Dictionary<string, string[]> WithoutEffect = new()
    {
        ["of MLP layers, which do not exist here"] =
        [
            "d_mlp", "act_fn", "gated_mlp", "parallel_attn_mlp", "num_experts",
            "experts_per_token", "norm_topk_prob", "use_hook_mlp_in",
        ],
        ["of a switch that must be off"] =
        [
            "window_size", "attn_types", "NTK_by_parts_low_freq_factor",
            "NTK_by_parts_high_freq_factor", "NTK_by_parts_factor", "NTK_original_ctx_len",
            "yarn_factor", "yarn_attention_factor", "yarn_beta_fast", "yarn_beta_slow",
            "yarn_original_max_position_embeddings",
        ],
        ["of recording, not of computation"] =
        [
            "use_attn_result", "use_attn_in", "use_split_qkv_input", "use_hook_tokens",
            "ungroup_grouped_query_attention",
        ],
        ["of the weights before training"] =
            ["init_mode", "init_weights", "initializer_range", "seed"],
        ["of weights that the file holds unchanged"] =
            ["tie_word_embeddings", "layer_norm_folding"],
        ["of the model's origin"] =
        [
            "model_name", "original_architecture", "from_checkpoint", "checkpoint_index",
            "checkpoint_label_type", "checkpoint_value", "n_params", "trust_remote_code",
        ],
        ["of text and tokens"] =
        [
            "tokenizer_name", "tokenizer_prepends_bos", "default_prepend_bos",
            "decoder_start_token_id",
        ],
        ["of the machine"] = ["device", "n_devices", "dtype"],
    };

    /// <summary>Fields that must be absent, null or one of these.</summary>
    private static readonly Dictionary<string, string[]> Refused = new()
    {
        ["attn_only"] = ["true"],
        ["attention_dir"] = ["\"causal\""],
        ["use_local_attn"] = ["false"],
        ["scale_attn_by_inverse_layer_idx"] = ["false"],
        ["attn_scores_soft_cap"] = ["-1", "-1.0", "0", "0.0"],
        ["output_logits_soft_cap"] = ["-1", "-1.0", "0", "0.0"],
        ["post_embedding_ln"] = ["false"],
        ["use_normalization_before_and_after"] = ["false"],
        ["use_NTK_by_parts_rope"] = ["false"],
        ["use_yarn_rope"] = ["false"],
        ["rotary_scaling_factor"] = ["1", "1.0"],
        ["rotary_base_local"] = [],
        ["use_qk_norm"] = ["false"],
        ["final_rms"] = ["false"],
        ["load_in_4bit"] = ["false"],
    };

    /// <exception cref="InvalidDataException">A field requests something not supported here, or is
    /// unknown.</exception>
    public static void Check(JsonElement config)
    {
        if (!config.TryGetProperty("attn_only", out JsonElement only)
            || only.ValueKind != JsonValueKind.True)
        {
            throw new InvalidDataException(
                "it has MLP layers; only attention-only models can be read (attn_only: true).");
        }

        var known = WithoutEffect.Values.SelectMany(names => names).Concat(Read).ToHashSet();
        foreach (JsonProperty field in config.EnumerateObject())
        {
            string name = PrintableText.Value(field.Name);
            if (Refused.TryGetValue(field.Name, out string[]? nothing))
            {
                if (field.Value.ValueKind != JsonValueKind.Null
                    && !nothing.Contains(field.Value.GetRawText()))
                {
                    throw new InvalidDataException(
                        $"it sets '{name}' to {field.Value.Quoted()}, which changes what the model "
                        + "computes and is not supported.");
                }
            }
            else if (!known.Contains(field.Name))
            {
                throw new InvalidDataException(
                    $"'{name}' is not a known field of TransformerLens' config.");
            }
        }
    }
}
