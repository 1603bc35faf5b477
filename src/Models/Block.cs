using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>One layer: it reads the stream, and adds to it.</summary>
public sealed class Block : IDisposable
{
    private readonly string _residPre;
    private readonly string _residPost;
    private readonly string[] _inputs;
    private readonly PositionEmbed? _shortformer;

    internal Block(
        TransformerConfig config, int layer, PositionTables positions, PositionEmbed? embed)
    {
        (_residPre, _residPost) = (HookNames.ResidPre(layer), HookNames.ResidPost(layer));
        _inputs = [HookNames.QInput(layer), HookNames.KInput(layer), HookNames.VInput(layer)];
        _shortformer = config.Positions == PositionKind.Shortformer ? embed : null;
        Ln1 = config.Norm == NormKind.None
            ? null : new LayerNorm($"blocks.{layer}.ln1", config.DModel, config.NormEpsilon);
        Attn = new AttentionLayer(config, layer, positions);
    }

    /// <summary>The norm before the heads; null for none.</summary>
    public LayerNorm? Ln1 { get; }

    /// <summary>The heads.</summary>
    public AttentionLayer Attn { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        Ln1 is null ? Attn.Parameters : [Ln1.W, Ln1.B, .. Attn.Parameters];

    /// <summary>The stream behind the layer.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="resid">float32 [batch, pos, dModel], from position 0 on.</param>
    /// <param name="hooks">Of everything in the layer.</param>
    /// <param name="positions">float32 [pos, dModel] or [batch, pos, dModel]: what a shortformer
    /// adds to the inputs of queries and keys; null for its weights.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    public Var Forward(Tape tape, Var resid, Hooks? hooks = null, Var? positions = null)
    {
        resid = hooks.At(tape, _residPre, resid);                        // [batch, pos, dModel]
        (Var q, Var k, Var v) = Inputs(
            tape, resid, firstPosition: 0, hooks, positions);
        Var written = Attn.Forward(tape, q, k, v, hooks);                // [batch, pos, dModel]
        return hooks.At(tape, _residPost, tape.Add(resid, written));     // [batch, pos, dModel]
    }

    /// <summary>What queries, keys and values are made of: the stream, normed, and with positions
    /// where these are added here.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="resid">float32 [batch, pos, dModel].</param>
    /// <param name="firstPosition">The position of the first.</param>
    /// <param name="hooks">Of the norm and of the heads' own copies of the stream.</param>
    /// <param name="positions">As in <see cref="Forward"/>.</param>
    /// <returns>Each float32 [batch, pos, dModel] or, where a hook names a head's own copy, [batch,
    /// pos, head, dModel].</returns>
    /// <exception cref="ArgumentException">Hooks name both the layer's norm and the heads' own
    /// copies.</exception>
    public (Var Q, Var K, Var V) Inputs(
        Tape tape, Var resid, int firstPosition = 0, Hooks? hooks = null, Var? positions = null)
    {
        bool split = Array.Exists(_inputs, name => hooks.Want(name));
        if (split && Ln1?.IsWanted(hooks) == true)
        {
            throw new ArgumentException(
                $"Hooks: {_inputs[0]} and its like give each head a norm of its own, so the parts "
                + "of the layer's one norm do not exist in the same run; use two runs.",
                nameof(hooks));
        }

        Var q = split ? Copies(tape, resid, _inputs[0], hooks) : Norm(tape, resid, hooks);
        Var k = split ? Copies(tape, resid, _inputs[1], hooks) : q;
        Var v = split ? Copies(tape, resid, _inputs[2], hooks) : q;
        if (_shortformer is not null)
        {
            positions ??= _shortformer.Forward(tape, firstPosition, resid.Shape[1]);
            Var spread = split ? Unsqueezed(tape, positions) : positions;
            q = tape.Add(q, spread);
            k = split ? tape.Add(k, spread) : q;
        }

        return (q, k, v);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ln1?.Dispose();
        Attn.Dispose();
    }

    private Var Norm(Tape tape, Var x, Hooks? hooks) => Ln1?.Forward(tape, x, hooks) ?? x;

    /// <summary>[.., pos, dModel] as [.., pos, 1, dModel].</summary>
    private static Var Unsqueezed(Tape tape, Var x) => x.Value.Rank == 2
        ? tape.Reshape(x, x.Shape[0], 1, x.Shape[1])
        : tape.Reshape(x, x.Shape[0], x.Shape[1], 1, x.Shape[2]);

    /// <summary>The stream once for each head, normed behind the hook.</summary>
    private Var Copies(Tape tape, Var resid, string name, Hooks? hooks)
    {
        Tensor<float> zeros = tape.Own(Tensor.Zeros<float>([Attn.W_O.Shape[0], 1]));
        Var copies = tape.Add(Unsqueezed(tape, resid), new Var(zeros));
        copies = hooks.At(tape, name, copies);                     // [batch, pos, head, dModel]
        return Norm(tape, copies, hooks: null);
    }
}
