using System.Globalization;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors.Tests;

public class VectorWidthTests
{
    /// <summary>The suite is repeated with narrower vectors (<c>tests/narrow-vectors.sh</c>); each
    /// run says which width it must have got, so that a switch that does nothing is
    /// noticed.</summary>
    [Fact]
    public void The_vectors_are_as_wide_as_this_run_expects()
    {
        string? expected = Environment.GetEnvironmentVariable("VITRINE_EXPECT_VECTOR_BITS");
        int bits = Vector512.IsHardwareAccelerated ? 512
            : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128
            : 0;
        if (expected is not null)
        {
            Assert.Equal(int.Parse(expected, CultureInfo.InvariantCulture), bits);
        }

        Assert.Equal(Math.Max(bits, 32), 32 * WidestLanes());
    }

    private static int WidestLanes()
    {
        Width.Lanes = 0;
        WidestVectors.For(1, default(Width));
        return Width.Lanes;
    }

    private readonly struct Width : IVectorBody
    {
        public static int Lanes { get; set; }

        public void Run<TLanes, T>(int index)
            where TLanes : ILanes<T>
            where T : unmanaged => Lanes = TLanes.Count;
    }
}
