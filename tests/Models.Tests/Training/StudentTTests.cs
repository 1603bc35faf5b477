using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

public class StudentTTests
{
    [Theory]
    [InlineData(1, 12.706204736174707)]
    [InlineData(2, 4.302652729696142)]
    [InlineData(3, 3.182446305284263)]
    [InlineData(4, 2.776445105197799)]
    [InlineData(5, 2.570581835636314)]
    [InlineData(18, 2.100922040240960)]
    [InlineData(30, 2.042272456301238)]
    [InlineData(1000, 1.962339080792671)]
    public void QuantilesAreThoseOfTables(int degrees, double expected) =>
        Assert.Equal(expected, StudentT.Quantile(degrees), 1e-10);

    [Fact]
    public void SumAndExpansionMeetAndFallTowardsTheNormalPoint()
    {
        double before = StudentT.Quantile(200);
        double after = StudentT.Quantile(201);
        Assert.InRange(before - after, 5e-5, 7e-5);
        Assert.InRange(StudentT.Quantile(1_000_000), 1.9599, 1.95997);
    }

    [Fact]
    public void NoDegreesOfFreedomAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(0));
}
