using Vitrine.Autograd.Optimizers;
using Vitrine.Tensors;
using Vitrine.Tensors.Tests.Devices;

namespace Vitrine.Autograd.Tests;

/// <summary>What tapes, parameters and optimizers make lies where their operands lie.</summary>
public class DeviceTests
{
    [Fact]
    public void OptimizerStateLiesWithItsParameter()
    {
        var fake = new FakeDevice();
        using var weight = new Parameter("w", Tensor.Full([2, 3], 1f, fake));
        using var optimizer = new AdamW([new ParameterGroup([weight])]);
        Assert.NotEmpty(optimizer.State);
        Assert.All(optimizer.State, state => Assert.Same(fake, state.Value.Device));
        weight.ZeroGrad();
    }

    [Fact]
    public void ATapeRefusesADeviceWithoutKernelsByTheOpsName()
    {
        var fake = new FakeDevice();
        using var weight = new Parameter("w", Tensor.Full([2, 2], 1f, fake));
        using var tape = new Tape();
        var here = new Var(tape.Own(Tensor.Full([2, 2], 1f)));
        Assert.StartsWith(
            "MatMul: there is no kernel for device 'fake'",
            Assert.Throws<NotSupportedException>(() => tape.MatMul(weight, weight)).Message);
        Assert.StartsWith(
            "MatMul: all operands must be on one device",
            Assert.Throws<InvalidOperationException>(() => tape.MatMul(here, weight)).Message);
    }
}
