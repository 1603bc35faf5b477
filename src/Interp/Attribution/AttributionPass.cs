using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attribution;

/// <summary>One forward pass whose last position predicts, kept to split its logits.</summary>
internal sealed class AttributionPass : IDisposable
{
    private readonly Transformer _model;
    private readonly int[] _tokens;
    private readonly ActivationCache _cache;
    private readonly float[] _logits;
    private readonly double _scale = 1;

    public AttributionPass(Transformer model, ReadOnlySpan<int> tokens)
    {
        _model = model;
        _tokens = tokens.ToArray();
        TransformerConfig config = model.Config;
        RequireLinear(model);
        var names = new List<string> { HookNames.Embed };
        if (config.Positions.IsInStream)
        {
            names.Add(HookNames.PosEmbed);
        }

        if (config.Layers > 0)
        {
            model.RequireRoomForPatterns(batch: 1, tokens.Length);
            names.AddRange(
            [
                "blocks.*.attn.hook_pattern", "blocks.*.attn.hook_v",
                HookNames.ResidPost(config.Layers - 1),
                .. config.Mlp is null ? Array.Empty<string>() : ["blocks.*.hook_mlp_out"],
                .. config.Norm.IsOnOutput ? ["blocks.*.ln1_post.hook_scale"]
                    : Array.Empty<string>(),
            ]);
        }

        using Tensor<int> batch = model.Batch(_tokens);
        _cache = model.RunWithCache(batch, [.. names]);
        using Tape tape = Tape.NoGrad();
        double scale = 1;
        Hooks? hooks = model.LnFinal is null ? null : new Hooks().Observe(
            HookNames.LnFinalScale, (_, x) => scale = x.ToArray()[0]);
        Tensor<float> resid = _cache[config.Layers > 0
            ? HookNames.ResidPost(config.Layers - 1) : HookNames.Embed];
        var last = new Var(resid.Slice(1, _tokens.Length - 1, 1));
        _logits = model.Logits(tape, last, hooks).Value.ToArray();
        _scale = scale;
    }

    /// <summary>The token with the largest logit; the first if tied.</summary>
    public int Likeliest => _logits.AsSpan().IndexOf(_logits.Max());

    public LogitAttribution Split(int target, int? versus)
    {
        double[] column = Difference(_model.Unembed.W_U.Value.Transpose(), target, versus);
        double factor = _model.Config.Embedding.LogitScale ?? 1;
        column = [.. column.Select(value => value * factor)];
        double[] direction = _model.LnFinal is { } final ? Read(final, column, _scale) : column;
        int layers = _model.Config.Layers;
        double[][] heads = new double[layers][];
        double[] mlps = new double[_model.Config.Mlp is null ? 0 : layers];
        double attention = 0;
        var sources = new Dictionary<string, double[]>();
        for (int layer = 0; layer < layers; layer++)
        {
            (double[] read, double constant) = ReadOfHeads(layer, direction);
            heads[layer] = new double[_model.Config.Attention![layer].Heads];
            for (int head = 0; head < heads[layer].Length; head++)
            {
                double[] brought = Brought(layer, head, read);
                sources[new Head(layer, head).ToString()] = brought;
                heads[layer][head] = brought.Sum();
            }

            attention += constant + (_model.Blocks[layer].Attn.B_O is { } bias
                ? DoubleSum.Dot(bias.Value.ToArray(), read) : 0);
            if (mlps.Length > 0)
            {
                mlps[layer] = DoubleSum.Dot(Last(HookNames.MlpOut(layer)), direction);
            }
        }

        var biases = new BiasParts(
            attention,
            _model.LnFinal?.B is { } norm ? DoubleSum.Dot(norm.Value.ToArray(), column) : 0,
            Less(_model.Unembed.B_U.Value.ToArray(), target, versus));
        double embed = DoubleSum.Dot(Last(HookNames.Embed), direction);
        double? positions = _cache.Contains(HookNames.PosEmbed)
            ? DoubleSum.Dot(Last(HookNames.PosEmbed), direction) : null;
        double all = biases.Attention + biases.Norm + biases.Output;
        double total = Less(_logits, target, versus);
        return new LogitAttribution(
            _tokens, _tokens.Length - 1, target, versus, total, embed, positions, all,
            [.. heads.Select(layer => layer.Sum())], mlps, heads, sources)
        {
            Norm = _model.LnFinal is null ? "none" : "frozen",
            Biases = biases,
            Probability = Probability(target),
            VersusProbability = versus is { } other ? Probability(other) : null,
            Residual = Math.Abs(
                embed + (positions ?? 0) + all + heads.Sum(layer => layer.Sum()) + mlps.Sum()
                - total),
        };
    }

    public void Dispose() => _cache.Dispose();

    private static double Less(float[] values, int target, int? versus) =>
        versus is { } other ? (double)values[target] - values[other] : values[target];

    private static double[] Difference(Tensor<float> rows, int target, int? versus)
    {
        double[] row = Array.ConvertAll(rows.Select(0, target).ToArray(), value => (double)value);
        if (versus is { } other)
        {
            float[] less = rows.Select(0, other).ToArray();
            for (int i = 0; i < row.Length; i++)
            {
                row[i] -= less[i];
            }
        }

        return row;
    }

    private float[] Last(string name) => _cache[name].Select(0, 0).Select(0, -1).ToArray();

    /// <summary>Refuses models whose logits are no sum over what was written to the
    /// stream.</summary>
    private static void RequireLinear(Transformer model)
    {
        model.RequireDecoder("LogitAttribution");
        TransformerConfig config = model.Config;
        string? why = config.Norm.IsAfter
            ? "norms after every part, so that the stream is not the sum of what was written to it"
            : config.Embedding.LogitSoftCap is not null ? "capped logits"
            : config.Embedding.Transform is not null ? "a layer between stream and unembedding"
            : null;
        if (why is not null)
        {
            throw new RequestException(
                $"LogitAttribution: this model has {why}; its logits do not split into parts.");
        }
    }

    // The direction that is read before a norm, for one that is read after it. A norm that takes
    // the mean off its input: taking it off the direction instead is the same product.
    private static double[] Read(Norm norm, double[] direction, double scale)
    {
        using Tensor<float>? weight = norm.Factors();
        float[]? factors = weight?.ToArray();
        double[] read = [.. direction.Select((value, i) => value * (factors?[i] ?? 1))];
        double mean = norm.Kind == NormKind.LayerNorm ? read.Average() : 0;
        return [.. read.Select(value => (value - mean) / scale)];
    }

    /// <summary>The direction that a layer's heads are read in, through the norm of what they write
    /// and its factor, and what that norm's bias adds.</summary>
    private (double[] Read, double Constant) ReadOfHeads(int layer, double[] direction)
    {
        double factor = _model.Config.ResidualScale ?? 1;
        double[] scaled = [.. direction.Select(value => value * factor)];
        if (_model.Blocks[layer].Ln1Post is not { } norm)
        {
            return (scaled, 0);
        }

        double scale = Last($"blocks.{layer}.ln1_post.hook_scale")[0];
        double constant = norm.B is { } bias ? DoubleSum.Dot(bias.Value.ToArray(), scaled) : 0;
        return (Read(norm, scaled, scale), constant);
    }

    // α_ij v_j W_O · direction, for every j.
    private double[] Brought(int layer, int head, double[] direction)
    {
        int positions = _tokens.Length;
        AttentionConfig heads = _model.Config.Attention![layer];
        // [dHead, dModel]
        Tensor<float> output = _model.Blocks[layer].Attn.W_O.Value.Select(0, head);
        double[] read = [.. Enumerable.Range(0, output.Shape[0])
            .Select(e => DoubleSum.Dot(output.Select(0, e).ToArray(), direction))];
        Tensor<float> pattern = _cache[HookNames.Pattern(layer)].Select(0, 0).Select(0, head);
        float[] weights = pattern.Select(0, positions - 1).ToArray();
        int kvHead = head / (heads.Heads / heads.KeyHeads);
        Tensor<float> values = _cache.Head(HookNames.V(layer), kvHead).Select(0, 0);  // [pos, dHead]
        float bound = heads.Clip ?? float.PositiveInfinity;
        return
        [
            .. weights.Select((weight, j) => weight * DoubleSum.Dot(
                Array.ConvertAll(
                    values.Select(0, j).ToArray(), value => Math.Clamp(value, -bound, bound)),
                read)),
        ];
    }

    private double Probability(int token)
    {
        double largest = _logits.Max();
        return Math.Exp(_logits[token] - largest) / _logits.Sum(logit => Math.Exp(logit - largest));
    }
}
