using Vitrine.Autograd.Optimizers;
using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(60, 0.55)]
    [InlineData(110, 0.1)]
    [InlineData(500, 0.1)]
    public void LinearDecayAfterWarmup(int step, double rate) =>
        Assert.Equal(rate, new Schedule(1, 10, 110, 0.1f).At(step), 1e-6);

    [Theory]
    [InlineData(4, 0.5)]
    [InlineData(35, 0.1 + (0.45 * (1 + 0.70710678118)))]
    [InlineData(60, 0.55)]
    [InlineData(110, 0.1)]
    public void CosineDecayAfterWarmup(int step, double rate) =>
        Assert.Equal(rate, new Schedule(1, 10, 110, 0.1f, Decay.Cosine).At(step), 1e-6);

    [Fact]
    public void AConstantRateStays() =>
        Assert.Equal(2, new Schedule(2, 0, 10, 1, Decay.Constant).At(7));

    [Theory]
    [InlineData(-1, 0, 10, 0)]
    [InlineData(float.NaN, 0, 10, 0)]
    [InlineData(float.PositiveInfinity, 0, 10, 0)]
    [InlineData(1, -1, 10, 0)]
    [InlineData(1, 0, -10, 0)]
    [InlineData(1, 0, 10, -0.5)]
    [InlineData(1, 0, 10, float.NaN)]
    public void ANumberOutsideItsRangeIsRefused(float peak, int warmup, int steps, float floor)
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Schedule(peak, warmup, steps, floor).At(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Schedule(1, 0, 10).At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Schedule(1, 0, 10, 0, (Decay)7).At(0));
    }

    [Fact]
    public void AStepsRateAndFactorAreCheckedAndTheNanOfClippingIsLetThrough()
    {
        using var parameter = new Parameter("p", Tensor.Zeros<float>([2]));
        using var optimizer = new Sgd([new ParameterGroup([parameter])]);
        foreach (float wrong in new[] { -1, float.NegativeInfinity, float.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(1, wrong));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(float.NaN));
        optimizer.Step(0.1f, float.NaN);
        Assert.Equal(1, optimizer.Steps);
    }
}
