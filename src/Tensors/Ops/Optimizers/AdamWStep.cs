namespace Vitrine.Tensors;

/// <summary>The settings of an AdamW step.</summary>
/// <param name="LearningRate">The step size, this step's value of the schedule.</param>
/// <param name="Beta1">The decay of the gradient's running mean.</param>
/// <param name="Beta2">The decay of the squared gradient's running mean.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">The share of a weight removed per unit of learning rate.</param>
public readonly record struct AdamWSettings(
    float LearningRate,
    float Beta1 = 0.9f,
    float Beta2 = 0.999f,
    float Epsilon = 1e-8f,
    float WeightDecay = 0);

/// <content>AdamWStep.</content>
public static partial class Ops
{
    /// <summary>One AdamW update in one pass over memory.</summary>
    /// <remarks>
    /// <para>g = gradientScale · gradient; m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²;
    /// p = (1 − lr · wd) p − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).</para>
    /// <para>The weight decay is decoupled from the gradient. The corrections for the start are
    /// computed in double precision. Source: Loshchilov and Hutter, "Decoupled weight decay
    /// regularization" (ICLR 2019), algorithm 2 with the schedule in lr.</para>
    /// </remarks>
    /// <param name="parameter">float32 [...], updated.</param>
    /// <param name="gradient">float32, of the parameter's shape.</param>
    /// <param name="mean">float32, m: the running mean of the gradient, updated.</param>
    /// <param name="variance">float32, v: the running mean of its square, updated.</param>
    /// <param name="step">t, the number of this step, from 1.</param>
    /// <param name="settings">Learning rate, decays, ε.</param>
    /// <param name="gradientScale">The factor applied to the gradient first: that of
    /// clipping.</param>
    /// <param name="zeroGradient">Whether the gradient is set to 0 in the same pass.</param>
    /// <exception cref="ShapeException">The shapes differ or a tensor is not
    /// contiguous.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public static void AdamWStep(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float> mean,
        Tensor<float> variance,
        long step,
        in AdamWSettings settings,
        float gradientScale = 1,
        bool zeroGradient = false)
    {
        OptimizerShapes.Check(
            nameof(AdamWStep), parameter, gradient, "the gradient", written: zeroGradient);
        OptimizerShapes.Check(nameof(AdamWStep), parameter, mean, "the mean");
        OptimizerShapes.Check(nameof(AdamWStep), parameter, variance, "the variance");
        if (step < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), step,
                "AdamWStep: steps are counted from 1; got less; count before the step.");
        }

        Device.RequireCpu(nameof(AdamWStep), parameter, gradient, mean, variance);
        AdamWUpdate.Run(
            parameter, gradient, mean, variance, step, settings, gradientScale, zeroGradient);
        parameter.MarkWritten();
        mean.MarkWritten();
        variance.MarkWritten();
        if (zeroGradient)
        {
            gradient.MarkWritten();
        }

        parameter.KeepAlive();
        gradient.KeepAlive();
        mean.KeepAlive();
        variance.KeepAlive();
    }
}
