using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Rows of mean 0 and variance 1, then scaled and shifted.
/// <code>
/// scale = √(variance x + ε),  normalized = (x − mean x) / scale,  y = normalized ∘ w + b
/// </code>
/// </summary>
public sealed class LayerNorm : IDisposable
{
    private readonly string _scale;
    private readonly string _normalized;
    private readonly float _epsilon;

    internal LayerNorm(string name, int dModel, float epsilon, ParameterSource source)
    {
        (_scale, _normalized, _epsilon) = (Scale(name), Normalized(name), epsilon);
        W = source.Small($"{name}.w", [dModel], 1);
        B = source.Small($"{name}.b", [dModel]);
    }

    /// <summary>float32 [dModel].</summary>
    public Parameter W { get; }

    /// <summary>float32 [dModel].</summary>
    public Parameter B { get; }

    /// <summary>The norm of each row; step by step if a hook names its parts.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="hooks">For hook_scale [.., 1] and hook_normalized [.., dModel].</param>
    /// <returns>float32, x's shape.</returns>
    public Var Forward(Tape tape, Var x, Hooks? hooks = null)
    {
        if (!IsWanted(hooks))
        {
            return tape.LayerNorm(x, tape.Use(W), tape.Use(B), _epsilon);
        }

        Var centred = tape.Subtract(x, tape.Mean(x, axis: -1, keepAxis: true));
        Var variance = tape.Mean(tape.Square(centred), axis: -1, keepAxis: true);
        Var epsilon = new(tape.Own(Tensor.Full([1], _epsilon, x.Value.Device)));
        Var scale = hooks.At(tape, _scale, tape.Sqrt(tape.Add(variance, epsilon)));
        Var normalized = hooks.At(tape, _normalized, tape.Divide(centred, scale));
        return tape.Add(tape.Multiply(normalized, tape.Use(W)), tape.Use(B));
    }

    /// <summary>The norm of each row, outside a tape.</summary>
    /// <param name="rows">float32 [.., dModel].</param>
    /// <returns>float32, of the same shape; the caller owns it.</returns>
    public Tensor<float> Of(Tensor<float> rows)
    {
        Tensor<float> normalized = Ops.LayerNorm(
            rows, W.Value, B.Value, out Tensor<float> mean, out Tensor<float> rstd, _epsilon);
        mean.Dispose();
        rstd.Dispose();
        return normalized;
    }

    /// <summary>Whether a hook names a part of this norm.</summary>
    internal bool IsWanted(Hooks? hooks) => hooks.Want(_scale) || hooks.Want(_normalized);

    /// <summary>The activations of a norm with their shapes.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(string name, Shape x) =>
        [(Scale(name), x.With(-1, 1)), (Normalized(name), x)];

    private static string Scale(string name) => $"{name}.hook_scale";

    private static string Normalized(string name) => $"{name}.hook_normalized";

    /// <inheritdoc/>
    public void Dispose()
    {
        W.Dispose();
        B.Dispose();
    }
}
