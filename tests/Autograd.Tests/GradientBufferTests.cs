using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public class GradientBufferTests
{
    [Fact]
    public void ADeepBackwardPassTakesBuffersForOneLayer()
    {
        long buffer = 256 * 256 * sizeof(float);
        Assert.InRange(MostInUse(layers: 12) - MostInUse(layers: 4), -buffer / 2, buffer / 2);
    }

    [Fact]
    public void AGradientThatAHookSawIsNotUsedAgain()
    {
        var leaf = new Var(Tensor.Full([8, 8], 0.5f), requiresGrad: true);
        var seen = new List<Tensor<float>>();
        using var tape = new Tape();
        Var x = leaf;
        for (int i = 0; i < 6; i++)
        {
            x = tape.Scale(x, 2);
            if (i % 2 == 0)
            {
                x.OnGradient(seen.Add);
            }
        }

        tape.Backward(tape.Sum(x));
        Assert.Equal(3, seen.Distinct().Count());
        Assert.All(seen, gradient => Assert.True(gradient.IsDisposed));
        Assert.Equal(64, leaf.Grad![0, 0]);
        leaf.Value.Dispose();
    }

    [Fact]
    public void ATapeAfterAnotherStartsEmpty()
    {
        using Tensor<float> value = Tensor.Full([2], 3f);
        var leaf = new Var(value, requiresGrad: true);
        for (int pass = 0; pass < 3; pass++)
        {
            using var tape = new Tape();
            tape.Backward(tape.Sum(tape.Scale(leaf, 2)));
            Assert.Equal(2, leaf.Grad![0]);
        }
    }

    /// <summary>Bytes in use at the end of a pass through many layers, less the values that the
    /// tape holds.</summary>
    private static long MostInUse(int layers)
    {
        using Tensor<float> value = Tensor.Full([256, 256], 0.5f);
        var leaf = new Var(value, requiresGrad: true);
        using var tape = new Tape();
        Var x = leaf;
        for (int i = 0; i < layers; i++)
        {
            x = tape.Scale(x, 1.5f);
        }

        Var sum = tape.Sum(x);
        long before = Device.Cpu.BytesInUse;
        tape.Backward(sum);
        return Device.Cpu.BytesInUse - before;
    }
}
