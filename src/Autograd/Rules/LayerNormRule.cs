using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Rows of mean 0 and variance 1, then scaled and shifted, differentiable; see
    /// <see cref="Ops.LayerNorm"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LayerNorm(
        this Tape tape, Var x, Var? weight = null, Var? bias = null, float eps = 1e-5f)
    {
        Tensor<float> y = Ops.LayerNorm(
            x.Value, weight?.Value, bias?.Value, out Tensor<float> mean, out Tensor<float> rstd,
            eps);
        tape.Own(mean);
        tape.Own(rstd);
        return tape.Record(new LayerNormRule(x, weight, bias, mean, rstd), y);
    }
}

/// <summary>
/// <code>
/// x̂ = (x − mean) · rstd,  g = dY ∘ weight
/// dX += rstd · (g − mean g − x̂ · mean (g ∘ x̂)),  dWeight += Σ dY ∘ x̂,  dBias += Σ dY
/// </code>
/// </summary>
internal sealed class LayerNormRule(
    Var x, Var? weight, Var? bias, Tensor<float> mean, Tensor<float> rstd) : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float>? _weight = weight is null ? null : new(weight.Value);
    private readonly Saved<float> _mean = new(mean);
    private readonly Saved<float> _rstd = new(rstd);

    public override void Backward(Tensor<float> dY) => Ops.LayerNormBackward(
        _x.For(this), _weight?.For(this), _mean.For(this), _rstd.For(this), dY,
        IntoIfWanted(x), IntoIfWanted(weight), IntoIfWanted(bias));
}
