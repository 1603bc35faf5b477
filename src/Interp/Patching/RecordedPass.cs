using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>What a pass computed that other passes start from or borrow: the stream before each
/// layer and after the last, and each layer's queries and keys (rotated, where positions are
/// rotary), values, mixed values, pattern and what its heads write.</summary>
internal sealed class RecordedPass : IDisposable
{
    private readonly ActivationCache _cache;
    private readonly int _layers;
    private readonly bool _rotary;

    /// <param name="model">The model.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="patterns">Whether to keep the patterns, which makes attention explicit.</param>
    public RecordedPass(Transformer model, Tensor<int> tokens, bool patterns = false)
    {
        _layers = model.Config.Layers;
        _rotary = model.Config.Positions.Kind == PositionKind.Rotary;
        (Batch, Length) = (tokens.Shape[0], tokens.Shape[1]);
        (string q, string k) = _rotary ? ("hook_rot_q", "hook_rot_k") : ("hook_q", "hook_k");
        List<string> names =
        [
            "blocks.*.hook_resid_pre", $"blocks.*.attn.{q}", $"blocks.*.attn.{k}",
            "blocks.*.attn.hook_v", "blocks.*.attn.hook_z", "blocks.*.hook_attn_out",
            HookNames.ResidPost(_layers - 1),
        ];
        if (patterns)
        {
            names.Add("blocks.*.attn.hook_pattern");
        }

        _cache = model.RunWithCache(tokens, [.. names]);
    }

    public int Batch { get; }

    public int Length { get; }

    /// <summary>The stream after the last layer at the last position, float32 [batch, dModel]; a
    /// view.</summary>
    public Tensor<float> LastRows => Resid(_layers).Select(1, -1);

    /// <summary>The stream before a layer, or after the last, float32 [batch, pos,
    /// dModel].</summary>
    public Tensor<float> Resid(int layer) => _cache[
        layer < _layers ? HookNames.ResidPre(layer) : HookNames.ResidPost(_layers - 1)];

    /// <summary>float32 [batch, pos, head, dHead].</summary>
    public Tensor<float> Q(int layer) =>
        _cache[_rotary ? HookNames.RotQ(layer) : HookNames.Q(layer)];

    /// <inheritdoc cref="Q"/>
    public Tensor<float> K(int layer) =>
        _cache[_rotary ? HookNames.RotK(layer) : HookNames.K(layer)];

    /// <inheritdoc cref="Q"/>
    public Tensor<float> V(int layer) => _cache[HookNames.V(layer)];

    /// <inheritdoc cref="Q"/>
    public Tensor<float> Z(int layer) => _cache[HookNames.Z(layer)];

    /// <summary>float32 [batch, pos, dModel].</summary>
    public Tensor<float> AttnOut(int layer) => _cache[HookNames.AttnOut(layer)];

    /// <summary>The stream after a layer's heads, float32 [batch, pos, dModel]; the
    /// tape's.</summary>
    public Tensor<float> Mid(Tape tape, int layer) =>
        tape.Own(Ops.Add(Resid(layer), AttnOut(layer)));

    /// <summary>float32 [batch, head, queryPos, keyPos]; if patterns were requested.</summary>
    public Tensor<float> Pattern(int layer) => _cache[HookNames.Pattern(layer)];

    public void Dispose() => _cache.Dispose();
}
