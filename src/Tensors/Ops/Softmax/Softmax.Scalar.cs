namespace Vitrine.Tensors;

/// <content>Softmax and its logarithm.</content>
internal static partial class Scalar
{
    /// <summary><c>y = exp(x − log Σ exp x)</c></summary>
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y)
    {
        double total = LogSumExp(x);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)Math.Exp(x[i] - total);
        }
    }

    /// <summary><c>y = x − log Σ exp x</c></summary>
    public static void LogSoftmax(ReadOnlySpan<float> x, Span<float> y)
    {
        double total = LogSumExp(x);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)(x[i] - total);
        }
    }

    /// <summary><c>dX = y (dY − Σ dY y)</c></summary>
    public static void SoftmaxBackward(
        ReadOnlySpan<float> y, ReadOnlySpan<float> dY, Span<float> dX)
    {
        double mean = 0;
        for (int i = 0; i < y.Length; i++)
        {
            mean += (double)dY[i] * y[i];
        }

        for (int i = 0; i < y.Length; i++)
        {
            dX[i] = (float)(y[i] * (dY[i] - mean));
        }
    }
}
