using Vitrine.Tensors;

namespace Vitrine.Autograd.Optimizers;

/// <summary>Adam with decoupled weight decay and bias correction.
/// <code>
/// g ← gradientScale · gradient
/// p ← p − η λ p
/// m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²
/// p ← p − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
/// </code></summary>
/// <remarks>Loshchilov and Hutter, <em>Decoupled Weight Decay Regularization</em> (2019),
/// Algorithm 2.</remarks>
public sealed class AdamW : Optimizer
{
    /// <summary>Makes the optimizer with zeroed means.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <inheritdoc cref="Optimizer(IEnumerable{ParameterGroup}, string[])" path="/exception"/>
    public AdamW(
        IEnumerable<ParameterGroup> groups, float beta1 = 0.9f, float beta2 = 0.999f,
        float epsilon = 1e-8f)
        : base(groups, "mean", "variance")
    {
        Beta1 = Require.Fraction(beta1, nameof(beta1));
        Beta2 = Require.Fraction(beta2, nameof(beta2));
        Epsilon = Require.NonNegative(epsilon, nameof(epsilon));
    }

    /// <summary>β₁: how much of the running mean of the gradient stays each step.</summary>
    public float Beta1 { get; }

    /// <summary>β₂: how much of the running mean of the squared gradient stays each step.</summary>
    public float Beta2 { get; }

    /// <summary>ε: keeps the division finite.</summary>
    public float Epsilon { get; }

    private protected override void Update(
        Tensor<float> parameter, Tensor<float> gradient, Tensor<float>[] means, float learningRate,
        float weightDecay, float gradientScale, bool zeroGradient) => Ops.AdamWStep(
            parameter, gradient, means[0], means[1], Steps,
            new AdamWSettings(learningRate, Beta1, Beta2, Epsilon, weightDecay), gradientScale,
            zeroGradient);
}
