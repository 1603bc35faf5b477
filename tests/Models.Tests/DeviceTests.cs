using Vitrine.Autograd;
using Vitrine.Models.Data;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Models.Tests.Training;
using Vitrine.Models.Training;
using Vitrine.Tensors;
using Vitrine.Tensors.Tests.Devices;

namespace Vitrine.Models.Tests;

/// <summary>A model, its tables, its batches and its cache lie on the device that it is made for;
/// what the CPU prepares is sent there.</summary>
public class DeviceTests
{
    [Theory]
    [InlineData(PositionKind.Sinusoidal)]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Alibi)]
    [InlineData(PositionKind.Relative)]
    public void APassReachesTheFirstKernelAndIsRefusedThere(PositionKind positions)
    {
        var fake = new FakeDevice();
        using var model = new Transformer(
            SmallModel.Config(positions, NormKind.LayerNorm), new ParameterSource(fake));
        Assert.Same(fake, model.Device);
        Assert.All(model.Parameters, weight => Assert.Same(fake, weight.Value.Device));
        using Tensor<int> tokens = Tensor.From<int>([1, 2], [1, 2], fake);
        using Tape tape = Tape.NoGrad();
        Assert.StartsWith(
            "GatherRows: there is no kernel for device 'fake'",
            Assert.Throws<NotSupportedException>(() => model.Forward(tape, tokens)).Message);
        using Tensor<int> here = Tensor.From<int>([1, 2], [1, 2]);
        Assert.StartsWith(
            "GatherRows: all operands must be on one device",
            Assert.Throws<InvalidOperationException>(() => model.Forward(tape, here)).Message);
    }

    [Fact]
    public void ABatchIsPreparedOnTheCpuAndSentToTheDevice()
    {
        var fake = new FakeDevice();
        using var folder = new TemporaryFolder();
        using Corpus corpus = TinyCorpus.Open(folder.Path);
        using var here = new TrainingBatch(corpus, TinyCorpus.Recipe);
        using var there = new TrainingBatch(corpus, TinyCorpus.Recipe, fake);
        foreach (int step in (int[])[0, 3])
        {
            here.Fill(step);
            there.Fill(step);
            Assert.Same(fake, there.Tokens.Device);
            Assert.Equal(here.Tokens.ToArray(), there.Tokens.ToArray());
            Assert.Equal(here.Targets.ToArray(), there.Targets.ToArray());
            Assert.Equal(here.Weights.ToArray(), there.Weights.ToArray());
        }
    }

    [Fact]
    public void EqualTokensAreFoundOnTheCpu()
    {
        var fake = new FakeDevice();
        using Tensor<int> tokens = Tensor.From<int>([4, 2, 4, 0], [2, 2], fake);
        using var distinct = new DistinctTokens(tokens, 5);
        Assert.Same(fake, distinct.Tokens.Device);
        Assert.Equal([4, 2, 0], distinct.Tokens.ToArray());
        Assert.Equal([0, 1, 0, 2], distinct.Rows.ToArray());
    }
}
