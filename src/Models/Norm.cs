using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Rows of one size, then scaled and shifted.
/// <code>
/// LayerNorm: scale = √(variance x + ε),  normalized = (x − mean x) / scale
/// RMSNorm:   scale = √(mean x² + ε),     normalized = x / scale
/// y = normalized ∘ w + b
/// </code>
/// </summary>
public sealed class Norm : IDisposable
{
    private readonly string _scale;
    private readonly string _normalized;
    private readonly bool _unitOffset;
    private readonly Device _device;

    internal Norm(
        string name, int dModel, NormConfig config, ParameterSource source, string? hooks = null)
    {
        (_scale, _normalized) = (Scale(hooks ?? name), Normalized(hooks ?? name));
        (Kind, Epsilon, _unitOffset, _device) =
            (config.Kind, config.Epsilon, config.UnitOffset, source.Device);
        if (config.Parameters != NormParameters.None)
        {
            W = source.Small($"{name}.w", [dModel], config.UnitOffset ? 0 : 1);
        }

        if (config.Parameters == NormParameters.All && Kind == NormKind.LayerNorm)
        {
            B = source.Small($"{name}.b", [dModel]);
        }
    }

    /// <summary>The kind of norm.</summary>
    public NormKind Kind { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>float32 [dModel], w, or w − 1 where the config says so; null for w = 1.</summary>
    public Parameter? W { get; }

    /// <summary>float32 [dModel]; null for 0.</summary>
    public Parameter? B { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters => new[] { W, B }.OfType<Parameter>();

    /// <summary>The norm of each row; step by step if a hook names its parts.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="hooks">For hook_scale [.., 1] and hook_normalized [.., dModel].</param>
    /// <returns>float32, x's shape.</returns>
    public Var Forward(Tape tape, Var x, Hooks? hooks = null)
    {
        Var? w = W is null ? null : tape.Use(W);
        Var? b = B is null ? null : tape.Use(B);
        if (w is not null && _unitOffset)
        {
            w = tape.Add(w, Constant(tape, 1));
        }

        if (!IsWanted(hooks))
        {
            return Kind == NormKind.RmsNorm
                ? tape.RmsNorm(x, w, Epsilon) : tape.LayerNorm(x, w, b, Epsilon);
        }

        Var centred = Kind == NormKind.RmsNorm ? x
            : tape.Subtract(x, tape.Mean(x, axis: -1, keepAxis: true));
        Var square = tape.Mean(tape.Square(centred), axis: -1, keepAxis: true);
        Var scale = hooks.At(
            tape, _scale, tape.Sqrt(tape.Add(square, Constant(tape, Epsilon))));  // [.., 1]
        Var y = hooks.At(tape, _normalized, tape.Divide(centred, scale));         // [.., dModel]
        y = w is null ? y : tape.Multiply(y, w);
        return b is null ? y : tape.Add(y, b);
    }

    /// <summary>The norm of each row, outside a tape.</summary>
    /// <param name="rows">float32 [.., dModel].</param>
    /// <returns>float32, of the same shape; the caller owns it.</returns>
    public Tensor<float> Of(Tensor<float> rows)
    {
        using Tape tape = Tape.NoGrad();
        return Forward(tape, new Var(rows)).Value.Clone();
    }

    /// <summary>What normalized rows are multiplied by, float32 [dModel]; null for 1; the caller owns
    /// it.</summary>
    internal Tensor<float>? Factors()
    {
        if (W is null || !_unitOffset)
        {
            return W?.Value.Clone();
        }

        using Tensor<float> one = Tensor.Full([1], 1f, _device);
        return Ops.Add(W.Value, one);
    }

    /// <summary>Whether a hook names a part of this norm.</summary>
    internal bool IsWanted(Hooks? hooks) => hooks.Want(_scale) || hooks.Want(_normalized);

    /// <summary>The activations of a norm with their shapes.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(string name, Shape x) =>
        [(Scale(name), x.With(-1, 1)), (Normalized(name), x)];

    private Var Constant(Tape tape, float value) =>
        new(tape.Own(Tensor.Full([1], value, _device)));

    private static string Scale(string name) => $"{name}.hook_scale";

    private static string Normalized(string name) => $"{name}.hook_normalized";

    /// <inheritdoc/>
    public void Dispose()
    {
        W?.Dispose();
        B?.Dispose();
    }
}
