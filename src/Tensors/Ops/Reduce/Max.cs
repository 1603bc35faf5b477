namespace Vitrine.Tensors;

/// <content>Max and ArgMax.</content>
public static partial class Ops
{
    /// <summary>The greatest value along an axis, or of everything.</summary>
    /// <remarks>
    /// <para>y = maxᵢ xᵢ; NaN if any value is NaN. Exact.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="axis">The axis to look along; null for all; a
    /// strided view is then copied first.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if
    /// null.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The axis does not exist, the axis is empty (nothing has no
    /// greatest value), or <paramref name="into"/> has another shape.</exception>
    public static Tensor<float> Max(
        Tensor<float> x, int? axis = null, bool keepAxis = false, Tensor<float>? into = null) =>
        Reduction.Run<MaxReduction, float>(nameof(Max), x, axis, keepAxis, into, accumulate: false);
}
