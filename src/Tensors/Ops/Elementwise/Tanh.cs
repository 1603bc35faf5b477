using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <content>Tanh.</content>
public static partial class Ops
{
    /// <summary>The hyperbolic tangent of every element.</summary>
    /// <remarks>
    /// <para>y = tanh x.</para>
    /// </remarks>
    /// <param name="x">float32 [...], any strides.</param>
    /// <param name="into">Where the result goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether the result is added to <paramref name="into"/>.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException"><paramref name="into"/> has another shape.</exception>
    public static Tensor<float> Tanh(
        Tensor<float> x, Tensor<float>? into = null, bool accumulate = false) =>
        Elementwise.Unary(nameof(Tanh), default(TanhOperator), x, into, accumulate);

    private readonly struct TanhOperator : IUnaryOperator
    {
        public float Invoke(float x) => MathF.Tanh(x);

        public Vector128<float> Invoke(Vector128<float> x)
        {
            for (int i = 0; i < 4; i++)
            {
                x = x.WithElement(i, MathF.Tanh(x[i]));
            }

            return x;
        }

        public Vector256<float> Invoke(Vector256<float> x) =>
            Vector256.Create(Invoke(x.GetLower()), Invoke(x.GetUpper()));

        public Vector512<float> Invoke(Vector512<float> x) =>
            Vector512.Create(Invoke(x.GetLower()), Invoke(x.GetUpper()));
    }
}
