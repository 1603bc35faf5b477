using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The neurons of one layer.
/// <code>
/// y = act(x W_in + b_in) W_out + b_out
/// gated: y = (act(x W_gate + b_gate) ∘ (x W_in + b_in)) W_out + b_out
/// experts: p = softmax(x W_router),  y = Σ over the largest of p[e] · mlp_e(x)
/// </code></summary>
public sealed class Mlp : IDisposable
{
    private readonly MlpConfig _config;
    private readonly MlpNames _names;
    private readonly Experts? _experts;

    internal Mlp(
        MlpConfig config, NormConfig norm, int dModel, MlpNames names, ParameterSource source)
    {
        (_config, _names) = (config, names);
        if (config.Experts is not null)
        {
            _experts = new Experts(config, dModel, names, source);
            return;
        }

        string prefix = names.Prefix;
        W_in = source.Matrix(prefix + "W_in", [dModel, config.Width]);
        W_gate = config.Gated ? source.Matrix(prefix + "W_gate", [dModel, config.Width]) : null;
        W_out = source.Matrix(prefix + "W_out", [config.Width, dModel]);
        if (config.Biases)
        {
            B_in = source.Small(prefix + "b_in", [config.Width]);
            B_gate = config.Gated ? source.Small(prefix + "b_gate", [config.Width]) : null;
            B_out = source.Small(prefix + "b_out", [dModel]);
        }

        if (config.Activation == ActivationKind.Solu)
        {
            Ln = new Norm(prefix + "ln", config.Width, norm, source);
        }
    }

    /// <summary>float32 [dModel, dMlp]: a column for each neuron; null where there are
    /// experts.</summary>
    public Parameter? W_in { get; }

    /// <summary>float32 [dModel, dMlp]; null for an MLP without gate.</summary>
    public Parameter? W_gate { get; }

    /// <summary>float32 [dMlp, dModel]: a row for each neuron; null where there are
    /// experts.</summary>
    public Parameter? W_out { get; }

    /// <summary>float32 [dMlp], or null.</summary>
    public Parameter? B_in { get; }

    /// <inheritdoc cref="B_in"/>
    public Parameter? B_gate { get; }

    /// <summary>float32 [dModel], or null.</summary>
    public Parameter? B_out { get; }

    /// <summary>The norm after SoLU; null for other functions.</summary>
    public Norm? Ln { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
    [
        .. new[] { W_in, W_gate, W_out, B_in, B_gate, B_out }.OfType<Parameter>(),
        .. Ln?.Parameters ?? [],
        .. _experts?.Parameters ?? [],
    ];

    /// <summary>What the MLP writes.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel].</param>
    /// <param name="hooks">For hook_pre, hook_pre_linear and hook_post, or those of
    /// experts.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    public Var Forward(Tape tape, Var x, Hooks? hooks = null)
    {
        if (_experts is not null)
        {
            return _experts.Forward(tape, x, hooks);
        }

        Var post;                                                     // [batch, pos, dMlp]
        if (W_gate is null)
        {
            Var pre = hooks.At(tape, _names.Pre, Activate.Linear(tape, x, W_in!, B_in));
            post = Activate.Forward(tape, _config.Activation, pre);
            post = Ln is null ? post : Ln.Forward(tape, hooks.At(tape, _names.Mid, post), hooks);
        }
        else
        {
            Var gate = hooks.At(tape, _names.Pre, Activate.Linear(tape, x, W_gate, B_gate));
            Var up = hooks.At(tape, _names.PreLinear, Activate.Linear(tape, x, W_in!, B_in));
            post = Gated(tape, _config, gate, up);
        }

        post = hooks.At(tape, _names.Post, post);
        return Activate.Linear(tape, post, W_out!, B_out);            // [batch, pos, dModel]
    }

    /// <summary>act(gate) ∘ (up + offset), both within the limit where there is one.</summary>
    internal static Var Gated(Tape tape, MlpConfig config, Var gate, Var up)
    {
        if (config.Limit is { } limit)
        {
            gate = tape.Clamp(gate, float.NegativeInfinity, limit);
            up = tape.Clamp(up, -limit, limit);
        }

        if (config.UpOffset != 0)
        {
            up = tape.Add(
                up, new Var(tape.Own(Tensor.Full([1], config.UpOffset, up.Value.Device))));
        }

        return tape.Multiply(Activate.Forward(tape, config.Activation, gate), up);
    }

    /// <summary>The activations of an MLP with their shapes, in the order in which they are
    /// computed.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(
        MlpConfig config, MlpNames names, int batch, int pos)
    {
        if (config.Experts is { } experts)
        {
            return
            [
                (names.ExpertWeights, [batch, pos, experts.Count]),
                (names.ExpertIndices, [batch, pos, experts.Used]),
            ];
        }

        Shape neurons = [batch, pos, config.Width];
        return
        [
            (names.Pre, neurons),
            .. config.Gated ? [(names.PreLinear, neurons)] : Array.Empty<(string, Shape)>(),
            .. config.Activation == ActivationKind.Solu && !config.Gated
                ? [(names.Mid, neurons), .. Norm.Activations(names.Prefix + "ln", neurons)]
                : Array.Empty<(string, Shape)>(),
            (names.Post, neurons),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }
    }
}
