using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <content>Log.</content>
public static partial class Ops
{
    /// <summary>The natural logarithm of every element.</summary>
    /// <remarks>
    /// <para>y = ln x.</para>
    /// <para></para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    public static Tensor<float> Log(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Log), default(LogOperator), x, into, accumulate);

    private readonly struct LogOperator : IUnaryOperator
    {
        public float Invoke(float x) => MathF.Log(x);

        public Vector128<float> Invoke(Vector128<float> x) => Vector128.Log(x);

        public Vector256<float> Invoke(Vector256<float> x) => Vector256.Log(x);

        public Vector512<float> Invoke(Vector512<float> x) => Vector512.Log(x);
    }
}
