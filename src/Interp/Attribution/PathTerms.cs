using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attribution;

/// <summary>The paths through a model without norms, with frozen attention patterns: what each
/// writes to the final residual stream.
/// <code>
/// direct       x                              x = embed + positions
/// head h       A_h x W_OV,h
/// pair (h, g)  A_g A_h x W_OV,h W_OV,g        h in a layer before g: a virtual head
/// bias         c,  c ← c + Σ_h c W_OV,h + b_O + Σ_h b_V,h W_O,h   layer by layer
/// </code></summary>
/// <remarks>With the patterns frozen the model is linear, and these terms and the longer paths of
/// models with more than two layers sum to the stream that the unembedding reads. Rows of patterns
/// sum to 1, so the biases' contribution does not depend on them. Elhage et al. (2021), "A
/// Mathematical Framework for Transformer Circuits", "Path Expansion of Logits". The model is
/// borrowed and must outlive this.</remarks>
public sealed class PathTerms : IDisposable
{
    private readonly Transformer _model;
    private readonly Tape _tape = Tape.NoGrad();
    private readonly ActivationCache _cache;
    private readonly Dictionary<int, Tensor<float>> _written = [];

    private PathTerms(Transformer model, Tensor<int> tokens)
    {
        _model = model;
        string stream = HookNames.ResidPost(model.Config.Layers - 1);
        _cache = _tape.Own(model.RunWithCache(
            tokens, HookNames.ResidPre(0), "blocks.*.attn.hook_pattern", stream));
        (Direct, Stream) = (_cache[HookNames.ResidPre(0)], _cache[stream]);
        Bias = Constant();
    }

    /// <summary>The direct contribution of the token and its position, float32 [batch, pos,
    /// dModel]; owned by this, like all that follow.</summary>
    public Tensor<float> Direct { get; }

    /// <summary>The part that does not depend on the tokens, float32 [dModel]; without
    /// b_U.</summary>
    public Tensor<float> Bias { get; }

    /// <summary>What the unembedding reads in the model's own pass, float32 [batch, pos, dModel]:
    /// the sum of all terms up to rounding.</summary>
    public Tensor<float> Stream { get; }

    /// <summary>Runs the model once and freezes its patterns.</summary>
    /// <param name="model">A model with attention layers and without norms.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <exception cref="InvalidOperationException">The model has norms or no layers, or the
    /// patterns would not fit in memory.</exception>
    /// <exception cref="ArgumentException">The tokens exceed the context.</exception>
    /// <exception cref="RequestException">The model has parts that are no paths.</exception>
    public static PathTerms Of(Transformer model, Tensor<int> tokens)
    {
        model.RequireAttentionOnly("PathTerms");
        if (model.Config.Norm.Kind != NormKind.None)
        {
            throw new InvalidOperationException(
                "PathTerms: paths add up only without norms, and this model has "
                + $"{model.Config.Norm.Kind}; attribute its logits instead, with the final norm "
                + "frozen.");
        }

        if (model.Config.Layers == 0)
        {
            throw new InvalidOperationException(
                "PathTerms: this model has no attention layers, so it consists of the direct "
                + "path.");
        }

        model.RequireRoomForPatterns(tokens.Shape[0], tokens.Shape[1]);
        return new PathTerms(model, tokens);
    }

    /// <summary>The output of a layer's heads from the embeddings, float32 [batch, head, pos,
    /// dModel].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The layer does not exist.</exception>
    public Tensor<float> Heads(int layer)
    {
        _ = new Head(layer, 0).In(_model.Config.Layers, _model.Config.Heads);
        if (!_written.TryGetValue(layer, out Tensor<float>? written))
        {
            _written[layer] = written = _tape.Own(Attended(Direct, layer));
        }

        return written;
    }

    /// <summary>The output of a layer's heads from the output of a head in an earlier layer,
    /// float32 [batch, head, pos, dModel]. The caller owns it: there may be many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The head or layer does not exist.</exception>
    /// <exception cref="ArgumentException">The head is not in an earlier layer.</exception>
    public Tensor<float> Pairs(Head first, int layer)
    {
        CheckOrder(first, new Head(layer, 0));
        return Attended(Heads(first.Layer).Select(1, first.Index), layer);
    }

    /// <summary>The pattern of a virtual head: A_g A_h, float32 [batch, queryPos, keyPos]. The
    /// caller owns it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The head does not exist.</exception>
    /// <exception cref="ArgumentException">The first is not in an earlier layer.</exception>
    public Tensor<float> VirtualPattern(Head first, Head second)
    {
        CheckOrder(first, second);
        return Ops.MatMul(
            Pattern(second.Layer).Select(1, second.Index),
            Pattern(first.Layer).Select(1, first.Index));
    }

    /// <summary>The sum of all paths through exactly that many heads, float32 [batch, pos, dModel],
    /// for 0 … layers: 0 is the direct path. The caller owns them.</summary>
    public IReadOnlyList<Tensor<float>> Orders()
    {
        int layers = _model.Config.Layers;
        var orders = new List<Tensor<float>> { Direct.Clone() };
        for (int layer = 0; layer < layers; layer++)
        {
            orders.Add(Tensor.Zeros<float>(Direct.Shape, Direct.Device));
            for (int k = layer; k >= 0; k--)
            {
                using Tensor<float> heads = Attended(orders[k], layer);
                using Tensor<float> sum = Ops.Sum(heads, axis: 1);
                Ops.Add(orders[k + 1], sum, into: orders[k + 1]);
            }
        }

        return orders;
    }

    /// <summary>The logits of a term, x W_U without b_U, float32 [.., vocab]. The caller owns
    /// them.</summary>
    public Tensor<float> Logits(Tensor<float> term)
    {
        using Tensor<float> x = term.Contiguous();
        return Ops.MatMul(x, _model.Unembed.W_U.Value);
    }

    /// <summary>Releases all terms.</summary>
    public void Dispose() => _tape.Dispose();

    private Tensor<float> Pattern(int layer) => _cache[HookNames.Pattern(layer)];

    // A_h x W_V,h W_O,h for every head: x [batch, pos, dModel] to [batch, head, pos, dModel].
    private Tensor<float> Attended(Tensor<float> x, int layer)
    {
        AttentionLayer heads = _model.Blocks[layer].Attn;
        using Tensor<float> values = Ops.MatMul(x.Unsqueeze(1), heads.W_V.Value);
        using Tensor<float> mixed = Ops.MatMul(Pattern(layer), values);
        return Ops.MatMul(mixed, heads.W_O.Value);
    }

    private Tensor<float> Constant()
    {
        Tensor<float> constant = _tape.Own(
            Tensor.Zeros<float>([1, 1, _model.Config.DModel], _model.Device));
        foreach (AttentionLayer heads in _model.Blocks.Select(block => block.Attn))
        {
            using Tensor<float> values = Ops.MatMul(constant, heads.W_V.Value);  // [head, 1, dHead]
            if (heads.B_V is { } b_V)
            {
                Ops.Add(values, b_V.Value.Unsqueeze(1), into: values);
            }

            using Tensor<float> written = Ops.MatMul(values, heads.W_O.Value);  // [head, 1, dModel]
            using Tensor<float> sum = Ops.Sum(written, axis: 0);
            Ops.Add(constant, sum.Unsqueeze(0), into: constant);
            if (heads.B_O is { } b_O)
            {
                Ops.Add(constant, b_O.Value, into: constant);
            }
        }

        return constant.Reshape(-1);
    }

    private void CheckOrder(Head first, Head second)
    {
        _ = first.In(_model.Config.Layers, _model.Config.Heads);
        _ = second.In(_model.Config.Layers, _model.Config.Heads);
        if (first.Layer >= second.Layer)
        {
            throw new ArgumentException(
                "PathTerms: in a virtual head, a later layer reads the output of an earlier one; "
                + $"got {first} and then layer {second.Layer}.");
        }
    }
}
