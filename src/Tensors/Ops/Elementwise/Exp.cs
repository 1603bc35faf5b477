using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <content>Exp.</content>
public static partial class Ops
{
    /// <summary>The exponential of every element.</summary>
    /// <remarks>
    /// <para>y = eˣ.</para>
    /// <para></para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    public static Tensor<float> Exp(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Exp), default(ExpOperator), x, into, accumulate);

    private readonly struct ExpOperator : IUnaryOperator
    {
        public float Invoke(float x) => MathF.Exp(x);

        public Vector128<float> Invoke(Vector128<float> x) => Vector128.Exp(x);

        public Vector256<float> Invoke(Vector256<float> x) => Vector256.Exp(x);

        public Vector512<float> Invoke(Vector512<float> x) => Vector512.Exp(x);
    }
}
