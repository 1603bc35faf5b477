namespace Vitrine.Tensors;

/// <content>LayerNorm and its derivative.</content>
public static unsafe partial class Ops
{
    /// <summary>Rows of mean 0 and variance 1, then scaled and shifted (Ba, Kiros and Hinton 2016).
    /// <code>
    /// y = (x − mean) · rstd ∘ weight + bias,  rstd = 1 / √(mean (x − mean)² + eps)
    /// </code></summary>
    /// <remarks>The variance is computed from the deviations in a second pass, and the mean is kept
    /// in two float32 parts, so a large mean with a tiny variance loses no digits that x has. Sums
    /// run in double precision. A row of equal numbers gives bias; with eps = 0 it gives
    /// NaN.</remarks>
    /// <param name="x">float32 [.., dModel], any strides.</param>
    /// <param name="weight">float32 [dModel], or null for 1.</param>
    /// <param name="bias">float32 [dModel], or null for 0.</param>
    /// <param name="mean">float32 [..]: saved for the backward pass; the caller owns it.</param>
    /// <param name="rstd">float32 [..], 1 / standard deviation: saved likewise.</param>
    /// <param name="eps">The constant added to the variance.</param>
    /// <returns>float32, x's shape; the caller owns it.</returns>
    /// <exception cref="ShapeException">x has no axis, or weight or bias is not
    /// [dModel].</exception>
    public static Tensor<float> LayerNorm(
        Tensor<float> x, Tensor<float>? weight, Tensor<float>? bias, out Tensor<float> mean,
        out Tensor<float> rstd, float eps = 1e-5f)
    {
        RequireNorm("LayerNorm", x, weight, bias);
        Device.RequireCpu("LayerNorm", x, weight, bias);
        Tensor<float> y = Tensor.Empty<float>(x.Shape, x.Device);
        mean = Tensor.Empty<float>(x.Shape.Without(-1), x.Device);
        rstd = Tensor.Empty<float>(x.Shape.Without(-1), x.Device);
        NormCpu(x, weight, bias, eps, y, mean, rstd);
        return y;
    }

    /// <summary>The gradients of <see cref="LayerNorm"/>, added into the given buffers.
    /// <code>
    /// x̂ = (x − mean) · rstd,  g = dY ∘ weight
    /// dX += rstd · (g − mean g − x̂ · mean (g ∘ x̂)),  dWeight += Σ dY ∘ x̂,  dBias += Σ dY
    /// </code></summary>
    /// <remarks>Sums over rows run in fixed groups and double precision: the same bits for any
    /// number of threads.</remarks>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="weight">float32 [dModel], or null for 1.</param>
    /// <param name="mean">float32 [..], from the forward pass.</param>
    /// <param name="rstd">float32 [..], from the forward pass.</param>
    /// <param name="dY">float32 [.., dModel].</param>
    /// <param name="dX">float32, x's shape, added to; null if not wanted.</param>
    /// <param name="dWeight">float32 [dModel], added to; null if not wanted.</param>
    /// <param name="dBias">float32 [dModel], added to; null if not wanted.</param>
    /// <exception cref="ShapeException">A shape does not fit the others.</exception>
    public static void LayerNormBackward(
        Tensor<float> x, Tensor<float>? weight, Tensor<float> mean, Tensor<float> rstd,
        Tensor<float> dY,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        const string Op = "LayerNormBackward";
        RequireNorm(Op, x, weight, null);
        RequireShape(Op, "mean", mean, x.Shape.Without(-1));
        RequireShape(Op, "rstd", rstd, x.Shape.Without(-1));
        RequireShape(Op, "dY", dY, x.Shape);
        RequireGradient(Op, "dX", dX, x.Shape);
        RequireGradient(Op, "dWeight", dWeight, [x.Shape[-1]]);
        RequireGradient(Op, "dBias", dBias, [x.Shape[-1]]);
        Device.RequireCpu(Op, x, weight, mean, rstd, dY, dX, dWeight, dBias);
        NormBackwardCpu(x, weight, mean, rstd, dY, dX, dWeight, dBias);
    }

    private static void RequireNorm(
        string op, Tensor<float> x, Tensor<float>? weight, Tensor<float>? bias)
    {
        if (x.Rank == 0)
        {
            throw new ShapeException($"{op}: x needs an axis to normalise along; got {x.Shape}.");
        }

        foreach ((string name, Tensor<float>? parameter) in (ReadOnlySpan<(string, Tensor<float>?)>)
            [("weight", weight), ("bias", bias)])
        {
            if (parameter is not null && parameter.Shape != Shape.Create([x.Shape[-1]]))
            {
                throw new ShapeException(
                    $"{op}: {name} must be [{x.Shape[-1]}] to match the last axis of x {x.Shape}; "
                    + $"got {parameter.Shape}.");
            }
        }
    }
}
