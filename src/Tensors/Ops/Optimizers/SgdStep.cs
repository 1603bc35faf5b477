namespace Vitrine.Tensors;

/// <summary>The settings of an SGD step.</summary>
/// <param name="LearningRate">The step size, this step's value of the schedule.</param>
/// <param name="Momentum">The decay of the velocity; 0 for none.</param>
/// <param name="WeightDecay">The share of a weight removed per unit of learning rate.</param>
public readonly record struct SgdSettings(
    float LearningRate, float Momentum = 0, float WeightDecay = 0);

/// <content>SgdStep.</content>
public static partial class Ops
{
    /// <summary>One step of gradient descent with momentum, in one pass over memory.</summary>
    /// <remarks>
    /// <para>u = momentum · u + gradientScale · gradient; p = (1 − lr · wd) p − lr · u. Without a
    /// velocity, u is the scaled gradient. The weight decay is decoupled from the gradient.</para>
    /// </remarks>
    /// <param name="parameter">float32 [...], updated.</param>
    /// <param name="gradient">float32, of the parameter's shape.</param>
    /// <param name="velocity">float32, u, updated; may be null if the momentum is 0.</param>
    /// <param name="settings">Learning rate, momentum, weight decay.</param>
    /// <param name="gradientScale">The factor applied to the gradient first: that of
    /// clipping.</param>
    /// <param name="zeroGradient">Whether the gradient is set to 0 in the same pass.</param>
    /// <exception cref="ShapeException">The shapes differ or a tensor is not
    /// contiguous.</exception>
    /// <exception cref="ArgumentException">There is momentum but no velocity.</exception>
    public static void SgdStep(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float>? velocity,
        in SgdSettings settings,
        float gradientScale = 1,
        bool zeroGradient = false)
    {
        OptimizerShapes.Check(
            nameof(SgdStep), parameter, gradient, "the gradient", written: zeroGradient);
        if (velocity is not null)
        {
            OptimizerShapes.Check(nameof(SgdStep), parameter, velocity, "the velocity");
        }
        else if (settings.Momentum != 0)
        {
            throw new ArgumentException(
                $"SgdStep: momentum needs a velocity; got momentum {settings.Momentum} and none; "
                + "pass zeros of the parameter's shape.",
                nameof(velocity));
        }

        Device.RequireCpu(nameof(SgdStep), parameter, gradient, velocity);
        SgdUpdate.Run(parameter, gradient, velocity, settings, gradientScale, zeroGradient);
        parameter.MarkWritten();
        velocity?.MarkWritten();
        if (zeroGradient)
        {
            gradient.MarkWritten();
        }

        parameter.KeepAlive();
        gradient.KeepAlive();
        velocity?.KeepAlive();
    }
}
