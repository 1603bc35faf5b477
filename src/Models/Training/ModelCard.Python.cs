using System.Globalization;
using Vitrine.Models.Positions;

namespace Vitrine.Models.Training;

/// <content>The forward pass in plain Python: what the shapes mean, in a form that runs.</content>
internal static partial class ModelCard
{
    /// <summary>A program without dependencies that reproduces a logit from
    /// <c>model.safetensors</c>; null for models with parts that it does not support: norms, biases
    /// of heads, tied weights, layers that differ, positions other than trained ones.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="tokens">The model's input.</param>
    /// <param name="next">The token whose logit is computed.</param>
    public static string? Python(TransformerConfig config, IReadOnlyList<int> tokens, int next)
    {
        PositionKind kind = config.Positions.Kind;
        if (config.Norm.Kind != NormKind.None || config.Embedding.Tied
            || config.Attention is { Shared: null }
            || config.Attention?.Shared is { Biases: true }
            || kind is not (PositionKind.None or PositionKind.Learned or PositionKind.Relative))
        {
            return null;
        }

        string position = kind == PositionKind.Learned ? " + w[\"pos_embed.W_pos\"][i, m]" : "";
        string bias = config.Embedding.OutputBias ? " + w[\"unembed.b_U\"][answer]" : "";
        string pass = config.Layers == 0 ? "" : Layers(config, kind == PositionKind.Relative);
        return string.Create(CultureInfo.InvariantCulture, $$"""
        import json
        import math

        raw = memoryview(open("model.safetensors", "rb").read())
        start = 8 + int.from_bytes(raw[:8], "little")
        w = {name: raw[start + t["data_offsets"][0]:start + t["data_offsets"][1]].cast("f", t["shape"])
             for name, t in json.loads(bytes(raw[8:start])).items() if name != "__metadata__"}
        tokens, answer, width = [{{string.Join(", ", tokens)}}], {{next}}, {{config.DModel}}

        x = [[w["embed.W_E"][t, m]{{position}} for m in range(width)] for i, t in enumerate(tokens)]
        {{pass}}print(sum(x[-1][m] * w["unembed.W_U"][m, answer] for m in range(width)){{bias}})
        """);
    }

    private static string Layers(TransformerConfig config, bool relative)
    {
        AttentionConfig heads = config.SharedAttention;
        string bias = relative ? " + a(\"rel_pos_bias.weight\")[bucket(i - j), h]" : "";
        return (relative ? Buckets(config.Positions) : "")
            + string.Create(CultureInfo.InvariantCulture, $$"""
        for layer in range({{config.Layers}}):
            def a(name): return w[f"blocks.{layer}.attn.{name}"]
            resid = [row[:] for row in x]
            for h in range({{heads.Heads}}):
                q, k, v = ([[sum(row[m] * a(name)[h, m, d] for m in range(width)) for d in range({{heads.DHead}})]
                            for row in x] for name in ("W_Q", "W_K", "W_V"))
                for i in range(len(x)):
                    scores = [sum(map(float.__mul__, q[i], k[j])) * {{heads.ScoreScale}}{{bias}}
                              for j in range(i + 1)]
                    e = [math.exp(score - max(scores)) for score in scores]
                    z = [sum(e[j] * v[j][d] for j in range(i + 1)) / sum(e) for d in range({{heads.DHead}})]
                    for m in range(width):
                        resid[i][m] += sum(z[d] * a("W_O")[h, d, m] for d in range({{heads.DHead}}))
            x = resid

        """);
    }

    private static string Buckets(PositionConfig positions)
    {
        int exact = positions.RelativeBuckets / 2;
        int shared = positions.RelativeBuckets - exact;
        return string.Create(CultureInfo.InvariantCulture, $$"""
        def bucket(n):
            return n if n < {{exact}} else min({{positions.RelativeBuckets - 1}}, {{exact}} + int(
                math.log(n / {{exact}}) / math.log({{positions.RelativeMaxDistance}} / {{exact}}) * {{shared}} + 1e-9))

        """);
    }
}
