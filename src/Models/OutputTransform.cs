using Vitrine.Autograd;

namespace Vitrine.Models;

/// <summary>A layer between the stream and the unembedding.
/// <code>y = norm(act(x W + b))</code></summary>
public sealed class OutputTransform : IDisposable
{
    private readonly ActivationKind? _activation;

    internal OutputTransform(
        OutputTransformConfig config, TransformerConfig model, ParameterSource source)
    {
        _activation = config.Activation;
        int width = config.Width ?? model.DModel;
        W = source.Matrix("mlm_head.W", [model.DModel, width]);
        B = config.Bias ? source.Small("mlm_head.b", [width]) : null;
        Ln = config.Norm
            ? new Norm("mlm_head.ln", width, model.Norm, source, HooksOf(model)) : null;
    }

    /// <summary>What the parts of the norm are called: those of the final norm, where there is no
    /// other.</summary>
    internal static string HooksOf(TransformerConfig model) =>
        model.Norm.IsAfter ? "ln_final" : "mlm_head.ln";

    /// <summary>float32 [dModel, width].</summary>
    public Parameter W { get; }

    /// <summary>float32 [width], or null.</summary>
    public Parameter? B { get; }

    /// <summary>The norm of the result; null for none.</summary>
    public Norm? Ln { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        [W, .. B is null ? Array.Empty<Parameter>() : [B], .. Ln?.Parameters ?? []];

    /// <summary>float32 [.., width] for x float32 [.., dModel].</summary>
    public Var Forward(Tape tape, Var x, Hooks? hooks = null)
    {
        x = Activate.Linear(tape, x, W, B);
        x = _activation is { } activation ? Activate.Forward(tape, activation, x) : x;
        return Ln?.Forward(tape, x, hooks) ?? x;
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
