using Vitrine.Tensors;

namespace Vitrine.Autograd.Optimizers;

/// <summary>Gradient descent with momentum and decoupled weight decay.
/// <code>
/// g ← gradientScale · gradient
/// p ← p − η λ p
/// m ← μ m + g
/// p ← p − η m
/// </code></summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Makes the optimizer with zeroed momentum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <inheritdoc cref="Optimizer(IEnumerable{ParameterGroup}, string[])" path="/exception"/>
    public Sgd(IEnumerable<ParameterGroup> groups, float momentum = 0)
        : base(groups, "momentum") => Momentum = Require.Fraction(momentum, nameof(momentum));

    /// <summary>μ: how much of the last step's direction stays.</summary>
    public float Momentum { get; }

    private protected override void Update(
        Tensor<float> parameter, Tensor<float> gradient, Tensor<float>[] means, float learningRate,
        float weightDecay, float gradientScale, bool zeroGradient) => Ops.SgdStep(
            parameter, gradient, means[0], new SgdSettings(learningRate, Momentum, weightDecay),
            gradientScale, zeroGradient);
}
