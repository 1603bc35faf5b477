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
        double[] direction = Frozen(column);
        double[][] heads = new double[_model.Config.Layers][];
        double attention = 0;
        var sources = new Dictionary<string, double[]>();
        for (int layer = 0; layer < heads.Length; layer++)
        {
            heads[layer] = new double[_model.Config.Heads];
            for (int head = 0; head < heads[layer].Length; head++)
            {
                double[] brought = Brought(layer, head, direction);
                sources[new Head(layer, head).ToString()] = brought;
                heads[layer][head] = brought.Sum();
            }

            attention += _model.Blocks[layer].Attn.B_O is { } bias
                ? DoubleSum.Dot(bias.Value.ToArray(), direction) : 0;
        }

        var biases = new BiasParts(
            attention,
            _model.LnFinal?.B is { } norm ? DoubleSum.Dot(norm.Value.ToArray(), column) : 0,
            Less(_model.Unembed.B_U.Value.ToArray(), target, versus));
        double embed = DoubleSum.Dot(Last(HookNames.Embed), direction);
        double? positions = _cache.Contains(HookNames.PosEmbed)
            ? DoubleSum.Dot(Last(HookNames.PosEmbed), direction) : null;
        double constant = biases.Attention + biases.Norm + biases.Output;
        double total = Less(_logits, target, versus);
        return new LogitAttribution(
            _tokens, _tokens.Length - 1, target, versus, total, embed, positions, constant,
            [.. heads.Select(layer => layer.Sum())], [], heads, sources)
        {
            Norm = _model.LnFinal is null ? "none" : "frozen",
            Biases = biases,
            Probability = Probability(target),
            VersusProbability = versus is { } other ? Probability(other) : null,
            Residual = Math.Abs(
                embed + (positions ?? 0) + constant + heads.Sum(layer => layer.Sum()) - total),
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

    // The direction on the stream that a logit reads. The norm takes the mean off its input; taking
    // it off the direction instead is the same product.
    private double[] Frozen(double[] column)
    {
        if (_model.LnFinal is not { } norm)
        {
            return column;
        }

        float[] weight = norm.W!.Value.ToArray();
        double[] direction = [.. column.Select((value, i) => value * weight[i])];
        double mean = direction.Average();
        return [.. direction.Select(value => (value - mean) / _scale)];
    }

    // α_ij v_j W_O · direction, for every j.
    private double[] Brought(int layer, int head, double[] direction)
    {
        int positions = _tokens.Length;
        // [dHead, dModel]
        Tensor<float> output = _model.Blocks[layer].Attn.W_O.Value.Select(0, head);
        double[] read = [.. Enumerable.Range(0, output.Shape[0])
            .Select(e => DoubleSum.Dot(output.Select(0, e).ToArray(), direction))];
        Tensor<float> pattern = _cache[HookNames.Pattern(layer)].Select(0, 0).Select(0, head);
        float[] weights = pattern.Select(0, positions - 1).ToArray();
        Tensor<float> values = _cache.Head(HookNames.V(layer), head).Select(0, 0);   // [pos, dHead]
        return
        [
            .. weights.Select(
                (weight, j) => weight * DoubleSum.Dot(values.Select(0, j).ToArray(), read)),
        ];
    }

    private double Probability(int token)
    {
        double largest = _logits.Max();
        return Math.Exp(_logits[token] - largest) / _logits.Sum(logit => Math.Exp(logit - largest));
    }
}
