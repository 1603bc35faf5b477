using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>One layer: it reads the residual stream and adds to it.</summary>
public sealed class Block : IDisposable
{
    private readonly int _layer;
    private readonly string _residPre;
    private readonly string _residPost;
    private readonly string[] _inputs;
    private readonly PositionEmbed? _shortformer;

    internal Block(
        TransformerConfig config, int layer, ParameterSource source, PositionTables positions,
        PositionEmbed? embed)
    {
        _layer = layer;
        (_residPre, _residPost) = (HookNames.ResidPre(layer), HookNames.ResidPost(layer));
        _inputs = [HookNames.QInput(layer), HookNames.KInput(layer), HookNames.VInput(layer)];
        _shortformer = config.Positions.Kind == PositionKind.Shortformer ? embed : null;
        Ln1 = config.Norm.Kind == NormKind.None
            ? null : new LayerNorm(
                NormName(layer), config.DModel, config.Norm.Epsilon, source);
        Attn = new AttentionLayer(config, layer, source, positions);
    }

    /// <summary>The norm before the heads; null for none.</summary>
    public LayerNorm? Ln1 { get; }

    /// <summary>The heads.</summary>
    public AttentionLayer Attn { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        Ln1 is null ? Attn.Parameters : [Ln1.W, Ln1.B, .. Attn.Parameters];

    /// <summary>The layer's step: the only place that combines its parts.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, pos, dModel].</param>
    /// <param name="at">Which positions these are, and which others they see.</param>
    /// <param name="hooks">For everything in the layer.</param>
    /// <returns>float32 [batch, queryPos, dModel]: the stream after the layer.</returns>
    public Var Step(Tape tape, Var resid, StepPositions at = default, Hooks? hooks = null)
    {
        resid = hooks.At(tape, _residPre, resid);             // [batch, pos, dModel]
        (Var q, Var k, Var v) = Read(tape, resid, at, hooks); // [batch, pos, head, dHead]
        if (at.Earlier is not null)
        {
            (k, v) = at.Earlier.Extend(tape, _layer, k, v);   // [batch, keyPos, head, dHead]
        }

        resid = GoingOn(tape, resid, at);                     // [batch, queryPos, dModel]
        return Write(tape, resid, q, k, v, hooks);            // [batch, queryPos, dModel]
    }

    /// <summary>The first half of a step: what the heads read from the stream.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, pos, dModel].</param>
    /// <param name="at">Which positions these are.</param>
    /// <param name="hooks">For the norm, the heads' own copies of the stream, queries, keys and
    /// values.</param>
    /// <returns>float32 [batch, pos, head, dHead] each, queries [batch, queryPos, head, dHead];
    /// queries and keys rotated if positions are rotary.</returns>
    /// <exception cref="ArgumentException">Hooks name both the layer's norm and the heads' own
    /// copies.</exception>
    public (Var Q, Var K, Var V) Read(
        Tape tape, Var resid, StepPositions at = default, Hooks? hooks = null)
    {
        (Var qInput, Var kInput, Var vInput) = Inputs(tape, resid, at, hooks);
        Var going = GoingOn(tape, qInput, at);
        int first = at.First + qInput.Shape[1] - going.Shape[1];
        return (
            Attn.Queries(tape, going, first, hooks),
            Attn.Keys(tape, kInput, at.First, hooks),
            Attn.Values(tape, vInput, hooks));
    }

    /// <summary>The second half of a step: what attention adds to the stream, and the parts after
    /// it.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="resid">float32 [batch, queryPos, dModel].</param>
    /// <param name="q">float32 [batch, queryPos, head, dHead].</param>
    /// <param name="k">float32 [batch, keyPos, head, dHead].</param>
    /// <param name="v">float32 [batch, keyPos, head, dHead].</param>
    /// <param name="hooks">For everything from the scores on.</param>
    /// <returns>float32 [batch, queryPos, dModel].</returns>
    public Var Write(Tape tape, Var resid, Var q, Var k, Var v, Hooks? hooks = null)
    {
        Var z = Attn.Mix(tape, q, k, v, hooks);               // [batch, queryPos, head, dHead]
        Var written = Attn.Output(tape, z, hooks);            // [batch, queryPos, dModel]
        return AfterAttention(tape, tape.Add(resid, written), hooks);
    }

    /// <summary>The rest of a step after the heads' output.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="mid">float32 [batch, pos, dModel]: the stream including the heads'
    /// output.</param>
    /// <param name="hooks">For hook_resid_post.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    public Var AfterAttention(Tape tape, Var mid, Hooks? hooks = null) =>
        hooks.At(tape, _residPost, mid);

    /// <inheritdoc/>
    public void Dispose()
    {
        Ln1?.Dispose();
        Attn.Dispose();
    }

    /// <summary>The activations of a layer with their shapes, in the order of the step.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(
        TransformerConfig config, int layer, int batch, int pos)
    {
        Shape stream = [batch, pos, config.DModel];
        Shape copies = [batch, pos, config.Attention![layer].Heads, config.DModel];
        yield return (HookNames.ResidPre(layer), stream);
        yield return (HookNames.QInput(layer), copies);
        yield return (HookNames.KInput(layer), copies);
        yield return (HookNames.VInput(layer), copies);
        IEnumerable<(string, Shape)> parts =
            AttentionLayer.Activations(config, layer, batch, pos);
        if (config.Norm.Kind != NormKind.None)
        {
            parts = LayerNorm.Activations(NormName(layer), stream).Concat(parts);
        }

        foreach ((string, Shape) activation in parts)
        {
            yield return activation;
        }

        yield return (HookNames.ResidPost(layer), stream);
    }

    private static string NormName(int layer) => $"blocks.{layer}.ln1";

    /// <summary>The input of queries, keys and values: the stream, normed, and with positions where
    /// these are added here; [batch, pos, dModel] or, where a hook names a head's own copy, [batch,
    /// pos, head, dModel].</summary>
    private (Var Q, Var K, Var V) Inputs(Tape tape, Var resid, StepPositions at, Hooks? hooks)
    {
        bool split = Array.Exists(_inputs, name => hooks.Want(name));
        if (split && Ln1?.IsWanted(hooks) == true)
        {
            throw new ArgumentException(
                $"Hooks: {_inputs[0]} and the like give each head its own norm, so the parts of "
                + "the layer's shared norm do not exist in the same run; use two runs.",
                nameof(hooks));
        }

        Var q = split ? Copies(tape, resid, _inputs[0], hooks) : Norm(tape, resid, hooks);
        Var k = split ? Copies(tape, resid, _inputs[1], hooks) : q;
        Var v = split ? Copies(tape, resid, _inputs[2], hooks) : q;
        if (_shortformer is not null)
        {
            Var vectors = at.Vectors ?? _shortformer.Forward(tape, at.First, resid.Shape[1]);
            Var spread = split ? Unsqueezed(tape, vectors) : vectors;
            q = tape.Add(q, spread);
            k = split ? tape.Add(k, spread) : q;
        }

        return (q, k, v);
    }

    /// <summary>The positions that go on through the layer.</summary>
    private static Var GoingOn(Tape tape, Var x, StepPositions at) => at.Queries is { } last
        ? tape.Slice(x, 1, x.Shape[1] - last, last) : x;

    private Var Norm(Tape tape, Var x, Hooks? hooks) => Ln1?.Forward(tape, x, hooks) ?? x;

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
        return Norm(tape, copies, hooks: null);
    }
}
