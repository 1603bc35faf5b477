using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>One layer: its heads and its MLP read the residual stream and add to it.
/// <code>
/// before:   mid = x + heads(norm₁ x),   post = mid + mlp(norm₂ mid)
/// after:    mid = x + heads(x),         post = norm₂(norm₁ mid + mlp(norm₁ mid))
/// parallel: post = x + heads(norm₁ x) + mlp(norm x)
/// </code></summary>
public sealed partial class Block : IDisposable
{
    private readonly int _layer;
    private readonly TransformerConfig _config;
    private readonly LayerNames _names;
    private readonly string[] _inputs;
    private readonly PositionEmbed? _shortformer;

    internal Block(
        TransformerConfig config, int layer, LayerNames names, ParameterSource source,
        PositionTables positions, PositionEmbed? embed, Block? first)
    {
        (_layer, _config, _names) = (layer, config, names);
        _inputs = [names.QInput, names.KInput, names.VInput];
        _shortformer = config.Positions.Kind == PositionKind.Shortformer ? embed : null;
        AttentionConfig heads = config.Attention![layer];
        bool hasInputNorm = config.Norm.IsBefore && !(config.Norm.SkipsFirst && layer == 0);
        Ln1 = hasInputNorm || config.Norm.IsAfter ? Made("ln1") : null;
        Ln1Post = config.Norm.IsOnOutput ? Made("ln1_post") : null;
        Attn = new AttentionLayer(
            config.DModel, heads, names.Heads, source, config.IsEncoder, positions,
            config.Positions.RelativeShared ? first?.Attn.RelativeBias : null,
            Ln1Post is null ? config.ResidualScale : null);
        bool norms = config.Norm.IsBefore || config.Norm.IsAfter;
        if (config.Encoder is not null)
        {
            Ln2 = norms ? Made("ln2") : null;
            Cross = new AttentionLayer(
                config.DModel, heads with { Positions = null, Window = null }, names.CrossHeads,
                source, bothWays: true, positions: null, relative: null, config.ResidualScale);
        }

        if (config.Mlp is { } mlp)
        {
            bool own = norms && config.Parallel != ParallelKind.OneNorm;
            Norm? norm = own ? Made(config.Encoder is null ? "ln2" : "ln3") : null;
            (Ln2, Ln3) = config.Encoder is null ? (norm, null) : (Ln2, norm);
            Ln2Post = config.Norm.IsOnOutput ? Made("ln2_post") : null;
            Mlp = new Mlp(mlp[layer], config.Norm, config.DModel, names.Mlp, source);
        }

        Norm Made(string name) => new(names.Norm(name), config.DModel, config.Norm, source);
    }

    /// <summary>The norm before the heads, or after them where norms follow; null for
    /// none.</summary>
    public Norm? Ln1 { get; }

    /// <summary>The norm of what the heads write; null for none.</summary>
    public Norm? Ln1Post { get; }

    /// <summary>The norm of the second part: of the MLP, or of the heads that attend to an encoder;
    /// null for none.</summary>
    public Norm? Ln2 { get; }

    /// <summary>The norm of the MLP where <see cref="Ln2"/> is that of heads; null for
    /// none.</summary>
    public Norm? Ln3 { get; }

    /// <summary>The norm of what the MLP writes; null for none.</summary>
    public Norm? Ln2Post { get; }

    /// <summary>The heads.</summary>
    public AttentionLayer Attn { get; }

    /// <summary>The heads that attend to an encoder; null without one.</summary>
    public AttentionLayer? Cross { get; }

    /// <summary>The neurons; null for a layer of heads alone.</summary>
    public Mlp? Mlp { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
    [
        .. Ln1?.Parameters ?? [],
        .. Attn.Parameters,
        .. Ln1Post?.Parameters ?? [],
        .. Cross is null ? [] : Ln2?.Parameters ?? [],
        .. Cross?.Parameters ?? [],
        .. MlpNorm?.Parameters ?? [],
        .. Mlp?.Parameters ?? [],
        .. Ln2Post?.Parameters ?? [],
    ];

    private Norm? MlpNorm => Cross is null ? Ln2 : Ln3;

    /// <summary>The layer's step: the only place that combines its parts.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, pos, dModel].</param>
    /// <param name="at">Which positions these are, and which others they see.</param>
    /// <param name="hooks">For everything in the layer.</param>
    /// <returns>float32 [batch, queryPos, dModel]: the stream after the layer.</returns>
    public Var Step(Tape tape, Var resid, StepPositions at = default, Hooks? hooks = null)
    {
        resid = hooks.At(tape, _names.ResidPre, resid);       // [batch, pos, dModel]
        (Var q, Var k, Var v, Var? read) = ReadBy(tape, resid, at, hooks);
        if (at.Earlier is not null)
        {
            (k, v) = at.Earlier.Extend(tape, _layer, k, v);   // [batch, keyPos, kvHead, dHead]
        }

        resid = GoingOn(tape, resid, at);                     // [batch, queryPos, dModel]
        Var written = Written(tape, q, k, v, at, hooks);      // [batch, queryPos, dModel]
        return _config.Parallel == ParallelKind.None
            ? AfterAttention(tape, tape.Add(resid, written), hooks, at: at)
            : BesideAttention(tape, resid, tape.Add(resid, written), hooks, read);
    }

    /// <summary>The first half of a step: what the heads read from the stream.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, pos, dModel].</param>
    /// <param name="at">Which positions these are.</param>
    /// <param name="hooks">For everything up to queries, keys and values.</param>
    /// <returns>Queries [batch, queryPos, head, dHead], keys and values [batch, pos, kvHead,
    /// dHead], queries and keys rotated if positions are rotary.</returns>
    /// <exception cref="ArgumentException">Hooks name both the layer's norm and the heads' own
    /// copies.</exception>
    public (Var Q, Var K, Var V) Read(
        Tape tape, Var resid, StepPositions at = default, Hooks? hooks = null)
    {
        (Var q, Var k, Var v, _) = ReadBy(tape, resid, at, hooks);
        return (q, k, v);
    }

    /// <summary>The second half of a step: what attention adds to the stream, and the parts after
    /// it.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, queryPos, dModel].</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, kvHead, dHead].</param>
    /// <param name="hooks">For everything from the scores on.</param>
    /// <returns>float32 [batch, queryPos, dModel].</returns>
    public Var Write(Tape tape, Var resid, Var q, Var k, Var v, Hooks? hooks = null)
    {
        Var written = Written(tape, q, k, v, default, hooks);
        return AfterAttention(tape, tape.Add(resid, written), hooks, resid);
    }

    /// <summary>The rest of a step after the heads' output.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="mid">float32 [batch, pos, dModel]: the stream including the heads'
    /// output.</param>
    /// <param name="hooks">For everything from hook_resid_mid on.</param>
    /// <param name="pre">float32 [batch, pos, dModel]: the stream without it, which the MLP of a
    /// parallel block reads; null for other blocks.</param>
    /// <param name="at">What an encoder gave; otherwise unused.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    /// <exception cref="ArgumentNullException">The block is parallel, and the stream before the
    /// heads is not given.</exception>
    public Var AfterAttention(
        Tape tape, Var mid, Hooks? hooks = null, Var? pre = null, StepPositions at = default)
    {
        if (_config.Parallel != ParallelKind.None)
        {
            ArgumentNullException.ThrowIfNull(pre);
            return BesideAttention(tape, pre, mid, hooks, read: null);
        }

        Var x = mid;
        if (Mlp is not null || Cross is not null)
        {
            x = hooks.At(tape, _names.ResidMid, x);           // [batch, pos, dModel]
        }

        x = Normed(tape, x, Ln1, hooks);
        if (Cross is not null)
        {
            Var from = ReadNormed(tape, x, Ln2, hooks);
            Var encoded = at.Encoded ?? throw new InvalidOperationException(
                "Transformer: an encoder-decoder needs what its encoder reads; set Source.");
            Var z = Cross.Mix(
                tape, Cross.Queries(tape, from, hooks: hooks),
                Cross.Keys(tape, encoded, hooks: hooks), Cross.Values(tape, encoded, hooks),
                at.EncodedPadding, hooks);                    // [batch, pos, head, dHead]
            Var written = hooks.At(
                tape, _names.CrossAttnOut, Cross.Output(tape, z, hooks));
            x = hooks.At(tape, _names.ResidMid2, tape.Add(x, written));
            x = Normed(tape, x, Ln2, hooks);                  // [batch, pos, dModel]
        }

        if (Mlp is not null)
        {
            Var read = ReadNormed(tape, hooks.At(tape, _names.MlpIn, x), MlpNorm, hooks);
            x = tape.Add(x, MlpOut(tape, read, hooks));       // [batch, pos, dModel]
        }

        x = hooks.At(tape, _names.ResidPost, x);
        return _config.Norm.IsAfter && Mlp is not null
            ? hooks.At(tape, _names.NormalizedResidPost, Normed(tape, x, MlpNorm, hooks)) : x;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    /// <summary>What the heads read, and the normed stream where one was made for all.</summary>
    private (Var Q, Var K, Var V, Var? Read) ReadBy(
        Tape tape, Var resid, StepPositions at, Hooks? hooks)
    {
        (Var qInput, Var kInput, Var vInput, Var? read) = Inputs(tape, resid, at, hooks);
        Var going = GoingOn(tape, qInput, at);
        int first = at.First + qInput.Shape[1] - going.Shape[1];
        return (
            Attn.Queries(tape, going, first, hooks),
            Attn.Keys(tape, kInput, at.First, hooks),
            Attn.Values(tape, vInput, hooks),
            read is null ? null : GoingOn(tape, read, at));
    }

    /// <summary>The input of queries, keys and values: the stream, normed, and with positions where
    /// these are added here; [batch, pos, dModel] or, where a hook names a head's own copy, [batch,
    /// pos, head, dModel].</summary>
    private (Var Q, Var K, Var V, Var? Read) Inputs(
        Tape tape, Var resid, StepPositions at, Hooks? hooks)
    {
        bool split = hooks is not null && IsSplit(hooks);
        if (split && _config.Norm.IsBefore && Ln1?.IsWanted(hooks) == true)
        {
            throw new ArgumentException(
                $"Hooks: {_inputs[0]} and the like give each head its own norm, so the parts of "
                + "the layer's shared norm do not exist in the same run; use two runs.",
                nameof(hooks));
        }

        if (split && Attn.W_K.Shape[0] != Attn.W_Q.Shape[0])
        {
            throw new ArgumentException(
                $"Hooks: {_inputs[1]} and the like are each head's own copy, but the layer's "
                + $"{Attn.W_Q.Shape[0]} heads share {Attn.W_K.Shape[0]} keys and values.",
                nameof(hooks));
        }

        Var? read = split ? null : ReadNormed(tape, resid, Ln1, hooks);
        Var q = read ?? Copies(tape, resid, _inputs[0], hooks);
        Var k = read ?? Copies(tape, resid, _inputs[1], hooks);
        Var v = read ?? Copies(tape, resid, _inputs[2], hooks);
        if (_shortformer is not null)
        {
            Var vectors = at.Vectors ?? _shortformer.Forward(tape, at.First, resid.Shape[1]);
            Var spread = split ? Unsqueezed(tape, vectors) : vectors;
            q = tape.Add(q, spread);
            k = split ? tape.Add(k, spread) : q;
        }

        return (q, k, v, read);
    }

    /// <summary>Whether a hook names the heads' own copies of the stream.</summary>
    private bool IsSplit(Hooks hooks) => Array.Exists(_inputs, hooks.Wants);

    /// <summary>What the heads add to the stream.</summary>
    private Var Written(Tape tape, Var q, Var k, Var v, StepPositions at, Hooks? hooks)
    {
        Var z = Attn.Mix(tape, q, k, v, at.Padding, hooks);   // [batch, queryPos, head, dHead]
        Var x = Attn.Output(tape, z, hooks);                  // [batch, queryPos, dModel]
        x = Ln1Post is null ? x : Scaled(tape, Ln1Post.Forward(tape, x, hooks));
        return hooks.At(tape, _names.AttnOut, x);
    }

    /// <summary>The end of a parallel block: the MLP reads the stream that the heads read.</summary>
    private Var BesideAttention(Tape tape, Var pre, Var mid, Hooks? hooks, Var? read)
    {
        Var from = hooks.At(tape, _names.MlpIn, pre);
        read = _config.Parallel == ParallelKind.TwoNorms ? ReadNormed(tape, from, Ln2, hooks)
            : ReferenceEquals(from, pre) && read is not null ? read
            : ReadNormed(tape, from, Ln1, hooks: null);
        Var x = tape.Add(mid, MlpOut(tape, read, hooks));
        return hooks.At(tape, _names.ResidPost, x);
    }

    /// <summary>What the MLP adds to the stream.</summary>
    private Var MlpOut(Tape tape, Var read, Hooks? hooks)
    {
        Var x = Mlp!.Forward(tape, read, hooks);              // [batch, pos, dModel]
        x = Ln2Post?.Forward(tape, x, hooks) ?? x;
        return hooks.At(tape, _names.MlpOut, Scaled(tape, x));
    }

    private Var Scaled(Tape tape, Var x) =>
        _config.ResidualScale is { } scale ? tape.Scale(x, scale) : x;

    /// <summary>The positions that go on through the layer.</summary>
    private static Var GoingOn(Tape tape, Var x, StepPositions at) => at.Queries is { } last
        ? tape.Slice(x, 1, x.Shape[1] - last, last) : x;

    /// <summary>What a part reads: the stream, normed where norms come before.</summary>
    private Var ReadNormed(Tape tape, Var x, Norm? norm, Hooks? hooks) =>
        _config.Norm.IsBefore && norm is not null ? norm.Forward(tape, x, hooks) : x;

    /// <summary>The stream after a part: normed where norms come after.</summary>
    private Var Normed(Tape tape, Var x, Norm? norm, Hooks? hooks) =>
        _config.Norm.IsAfter && norm is not null ? norm.Forward(tape, x, hooks) : x;

    /// <summary>[.., pos, dModel] as [.., pos, 1, dModel].</summary>
    private static Var Unsqueezed(Tape tape, Var x) => x.Value.Rank == 2
        ? tape.Reshape(x, x.Shape[0], 1, x.Shape[1])
        : tape.Reshape(x, x.Shape[0], x.Shape[1], 1, x.Shape[2]);

    /// <summary>The stream once for each head, normed after the hook.</summary>
    private Var Copies(Tape tape, Var resid, string name, Hooks? hooks)
    {
        Tensor<float> zeros = tape.Own(
            Tensor.Zeros<float>([Attn.W_O.Shape[0], 1], resid.Value.Device));
        Var copies = tape.Add(Unsqueezed(tape, resid), new Var(zeros));
        copies = hooks.At(tape, name, copies);                     // [batch, pos, head, dModel]
        return ReadNormed(tape, copies, Ln1, hooks: null);
    }
}
