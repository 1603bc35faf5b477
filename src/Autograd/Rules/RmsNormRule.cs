using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Rows of mean square 1, then scaled, differentiable; see
    /// <see cref="Ops.RmsNorm"/>.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var RmsNorm(this Tape tape, Var x, Var? weight = null, float eps = 1e-5f)
    {
        Tensor<float> y = Ops.RmsNorm(x.Value, weight?.Value, out Tensor<float> rstd, eps);
        tape.Own(rstd);
        return tape.Record(new RmsNormRule(x, weight, rstd), y);
    }
}

/// <summary>
/// <code>
/// x̂ = x · rstd,  g = dY ∘ weight
/// dX += rstd · (g − x̂ · mean (g ∘ x̂)),  dWeight += Σ dY ∘ x̂
/// </code>
/// </summary>
internal sealed class RmsNormRule(Var x, Var? weight, Tensor<float> rstd) : Rule(x, weight)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float>? _weight = weight is null ? null : new(weight.Value);
    private readonly Saved<float> _rstd = new(rstd);

    public override void Backward(Tensor<float> dY) => Ops.RmsNormBackward(
        _x.For(this), _weight?.For(this), _rstd.For(this), dY, IntoIfWanted(x),
        IntoIfWanted(weight));
}
