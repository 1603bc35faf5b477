using Vitrine.Autograd.Optimizers;

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
}
