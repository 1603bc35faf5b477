using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>Inputs that are the same in every run.</summary>
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
}
