using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <content>Rsqrt.</content>
public static partial class Ops
{
    /// <summary>The reciprocal square root of every element.</summary>
    /// <remarks>
    /// <para>y = 1 / √x.</para>
    /// <para>Two correctly rounded operations, error at most 1 ulp or so; ∞ at 0, NaN for negative numbers.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    public static Tensor<float> Rsqrt(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Rsqrt), default(RsqrtOperator), x, into, accumulate);

    private readonly struct RsqrtOperator : IUnaryOperator
    {
        public float Invoke(float x) => 1 / MathF.Sqrt(x);

        public Vector128<float> Invoke(Vector128<float> x) => Vector128<float>.One / Vector128.Sqrt(x);

        public Vector256<float> Invoke(Vector256<float> x) => Vector256<float>.One / Vector256.Sqrt(x);

        public Vector512<float> Invoke(Vector512<float> x) => Vector512<float>.One / Vector512.Sqrt(x);
    }
}
