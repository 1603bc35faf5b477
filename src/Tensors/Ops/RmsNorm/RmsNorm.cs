namespace Vitrine.Tensors;

/// <content>RmsNorm and its derivative.</content>
public static unsafe partial class Ops
{
    /// <summary>Rows of mean square 1, then scaled (Zhang and Sennrich 2019).
    /// <code>y = x · rstd ∘ weight,  rstd = 1 / √(mean x² + eps)</code></summary>
    /// <remarks>The sum of squares runs in double precision, so it overflows for no float32.
    /// Gemma's form is a weight of 1 + w.</remarks>
    /// <param name="x">float32 [.., dModel], any strides.</param>
    /// <param name="weight">float32 [dModel], or null for 1.</param>
    /// <param name="rstd">float32 [..], 1 / root mean square: saved for the backward pass; the
    /// caller owns it.</param>
    /// <param name="eps">The constant added to the mean square.</param>
    /// <returns>float32, x's shape; the caller owns it.</returns>
    /// <exception cref="ShapeException">x has no axis, or weight is not [dModel].</exception>
    public static Tensor<float> RmsNorm(
        Tensor<float> x, Tensor<float>? weight, out Tensor<float> rstd, float eps = 1e-5f)
    {
        RequireNorm("RmsNorm", x, weight, null);
        Device.RequireCpu("RmsNorm", x, weight);
        Tensor<float> y = Tensor.Empty<float>(x.Shape, x.Device);
        rstd = Tensor.Empty<float>(x.Shape.Without(-1), x.Device);
        NormCpu(x, weight, null, eps, y, null, rstd);
        return y;
    }

    /// <summary>The gradients of <see cref="RmsNorm"/>, added into the given buffers.
    /// <code>
    /// x̂ = x · rstd,  g = dY ∘ weight
    /// dX += rstd · (g − x̂ · mean (g ∘ x̂)),  dWeight += Σ dY ∘ x̂
    /// </code></summary>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="weight">float32 [dModel], or null for 1.</param>
    /// <param name="rstd">float32 [..], from the forward pass.</param>
    /// <param name="dY">float32 [.., dModel].</param>
    /// <param name="dX">float32, x's shape, added to; null if not wanted.</param>
    /// <param name="dWeight">float32 [dModel], added to; null if not wanted.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    public static void RmsNormBackward(
        Tensor<float> x, Tensor<float>? weight, Tensor<float> rstd, Tensor<float> dY,
        Tensor<float>? dX, Tensor<float>? dWeight)
    {
        const string Op = "RmsNormBackward";
        RequireNorm(Op, x, weight, null);
        RequireShape(Op, "rstd", rstd, x.Shape.Without(-1));
        RequireShape(Op, "dY", dY, x.Shape);
        RequireGradient(Op, "dX", dX, x.Shape);
        RequireGradient(Op, "dWeight", dWeight, [x.Shape[-1]]);
        Device.RequireCpu(Op, x, weight, rstd, dY, dX, dWeight);
        NormBackwardCpu(x, weight, null, rstd, dY, dX, dWeight, null);
    }
}
