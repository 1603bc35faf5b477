using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>Inputs that are the same in every run, and the check of what is about to be
/// timed.</summary>
internal static class Data
{
    public const int Vocabulary = 50257;
    public const int Width = 64;
    public const int TokenCount = 2048;

    public static Tensor<float> Normal(Shape shape, ulong stream = 0) =>
        Ops.RandomNormal(Tensor.Empty<float>(shape), seed: 1, stream);

    public static Tensor<int> Tokens(int count, ulong stream = 9)
    {
        using Tensor<float> uniform = Ops.RandomUniform(
            Tensor.Empty<float>([count]), seed: 1, stream);
        return Tensor.From<int>([.. uniform.ToArray().Select(u => (int)(u * Vocabulary))]);
    }

    /// <summary>Runs both and compares what they leave in their results.</summary>
    /// <exception cref="InvalidOperationException">An element differs by more than
    /// <paramref name="tolerance"/>, relative to 1 and its size.</exception>
    public static void Check(
        string name, Action baseline, Tensor<float> expected, Action op, Tensor<float> actual,
        float tolerance)
    {
        expected.Fill(0);
        baseline();
        using Tensor<float> wanted = expected.Clone();
        actual.Fill(1);
        op();
        ReadOnlySpan<float> x = wanted.Span;
        ReadOnlySpan<float> y = actual.Span;
        for (int i = 0; i < x.Length; i++)
        {
            if (!(Math.Abs(x[i] - y[i]) <= tolerance * (1 + Math.Abs(x[i]))))
            {
                throw new InvalidOperationException(
                    $"{name}: must be {x[i]} at {i}, as the plain loop says; got {y[i]}.");
            }
        }
    }
}
