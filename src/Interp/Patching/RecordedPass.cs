using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>What a pass computed that other passes start from or borrow: the stream before each
/// layer, and each layer's queries and keys (rotated, where positions are rotary), values, mixed
/// values and pattern.</summary>
internal sealed class RecordedPass : IDisposable
{
    private readonly Tape _tape = Tape.NoGrad();

    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="patterns">Whether to keep the patterns, which makes attention explicit.</param>
    public RecordedPass(Transformer model, Tensor<int> tokens, bool patterns = false)
    {
        try
        {
            int layers = model.Config.Layers;
            (Batch, Length) = (tokens.Shape[0], tokens.Shape[1]);
            if (patterns)
            {
                model.RequireRoomForPatterns(Batch, Length);
            }

            var pattern = new Tensor<float>[layers];
            Hooks? hooks = patterns
                ? new Hooks().Observe(
                    "blocks.*.attn.hook_pattern", (point, x) => pattern[point.Layer!.Value] = x)
                : null;
            Resid = new Tensor<float>[layers + 1];
            (Q, K, V, Z, AttnOut) = (new Tensor<float>[layers], new Tensor<float>[layers],
                new Tensor<float>[layers], new Tensor<float>[layers], new Tensor<float>[layers]);
            Pattern = pattern;
            Var resid = model.Embedded(_tape, tokens);
            for (int layer = 0; layer < layers; layer++)
            {
                Block block = model.Blocks[layer];
                (Var qInput, Var kInput, Var vInput) = block.Inputs(_tape, resid);
                Var q = block.Attn.Queries(_tape, qInput);
                Var k = block.Attn.Keys(_tape, kInput);
                Var v = block.Attn.Values(_tape, vInput);
                Var z = block.Attn.Mix(_tape, q, k, v, hooks);
                Var written = block.Attn.Output(_tape, z);
                Resid[layer] = resid.Value;
                (Q[layer], K[layer], V[layer]) = (Contiguous(q), Contiguous(k), Contiguous(v));
                (Z[layer], AttnOut[layer]) = (Contiguous(z), Contiguous(written));
                resid = _tape.Add(resid, written);
            }

            Resid[layers] = resid.Value;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Batch { get; }

    public int Length { get; }

    /// <summary>The stream before each layer and behind the last, float32 [batch, pos,
    /// dModel].</summary>
    public Tensor<float>[] Resid { get; } = [];

    /// <summary>float32 [batch, pos, head, dHead], a layer each.</summary>
    public Tensor<float>[] Q { get; } = [];

    /// <inheritdoc cref="Q"/>
    public Tensor<float>[] K { get; } = [];

    /// <inheritdoc cref="Q"/>
    public Tensor<float>[] V { get; } = [];

    /// <inheritdoc cref="Q"/>
    public Tensor<float>[] Z { get; } = [];

    /// <summary>float32 [batch, pos, dModel], a layer each.</summary>
    public Tensor<float>[] AttnOut { get; } = [];

    /// <summary>float32 [batch, head, queryPos, keyPos], a layer each; nulls unless asked
    /// for.</summary>
    public Tensor<float>[] Pattern { get; } = [];

    /// <summary>The stream behind the last layer at the last position, float32 [batch, dModel]; a
    /// view.</summary>
    public Tensor<float> LastRows => Resid[^1].Select(1, -1);

    public void Dispose() => _tape.Dispose();

    private Tensor<float> Contiguous(Var x) =>
        x.Value.IsContiguous ? x.Value : _tape.Own(x.Value.Clone());
}
