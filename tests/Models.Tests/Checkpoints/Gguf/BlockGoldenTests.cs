using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints.Gguf;

/// <summary>Every block format beside what ggml's own functions made of the same bytes: quantised
/// rows of several kinds, and random bits.</summary>
public class BlockGoldenTests
{
    public static TheoryData<string> Formats =>
        [.. BlockFormat.All.Select(format => format.Name), "F16", "BF16"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_numbers_are_those_of_ggml(string name)
    {
        using SafeTensors file = SafeTensors.Open(
            Repository.Shared($"goldens/gguf/types/{name}.safetensors"));
        using Tensor<int> stored = file.ReadInt("blocks");
        using Tensor<float> expected = file.ReadFloat("values");
        byte[] blocks = Array.ConvertAll(stored.ToArray(), x => (byte)x);
        float[] actual = Decode(name, blocks, (int)expected.Length);
        Assert.True(expected.Length > 6000);
        float[] values = expected.ToArray();
        for (int i = 0; i < actual.Length; i++)
        {
            // Equality of numbers: 0 is −0.
            Assert.True(actual[i] == values[i], $"{i}: {actual[i]:R} for {values[i]:R}");
        }
    }

    private static unsafe float[] Decode(string name, byte[] blocks, int count)
    {
        var values = new float[count];
        if (BlockFormat.Find(name) is { } format)
        {
            format.Decode(blocks, values);
            return values;
        }

        fixed (byte* bytes = blocks)
        {
            Shape shape = [count];
            using Weight weight = name == "F16"
                ? Weight.Of(Tensor.Borrow((Half*)bytes, shape, null))
                : Weight.Of(Tensor.Borrow((BFloat16*)bytes, shape, null));
            using Tensor<float> decoded = weight.ToFloat32();
            return decoded.ToArray();
        }
    }
}
