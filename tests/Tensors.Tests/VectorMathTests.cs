using System.Runtime.Intrinsics;

namespace Vitrine.Tensors.Tests;

public class VectorMathTests
{
    [Fact]
    public void Exp_is_within_a_unit_and_a_half_in_the_last_place()
    {
        double worst = 0;
        for (float x = -87.3f; x < 88.7f; x += 0.00037f)
        {
            worst = Math.Max(worst, Units(VectorMath.Exp(x), Math.Exp(x)));
        }

        Assert.InRange(worst, 0, 1.5);
    }

    [Fact]
    public void Log_is_within_a_unit_and_a_half_in_the_last_place()
    {
        double worst = 0;
        for (float x = 1e-38f; x < 3e38f; x *= 1.00013f)
        {
            worst = Math.Max(worst, Units(VectorMath.Log(x), Math.Log(x)));
        }

        for (float x = 0.5f; x < 2; x += 1.1e-6f)
        {
            worst = Math.Max(worst, Units(VectorMath.Log(x), Math.Log(x)));
        }

        Assert.InRange(worst, 0, 1.5);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(1e30f, float.PositiveInfinity)]
    [InlineData(-104f, 0f)]
    [InlineData(0f, 1f)]
    [InlineData(-103.2f, float.Epsilon)]
    public void Exp_at_the_edges(float x, float expected) => Everywhere(
        x, expected, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp);

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(-1f, float.NaN)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(1f, 0f)]
    [InlineData(float.Epsilon, -103.27893f)]
    public void Log_at_the_edges(float x, float expected) => Everywhere(
        x, expected, VectorMath.Log, VectorMath.Log, VectorMath.Log, VectorMath.Log);

    [Fact]
    public void Every_width_has_the_same_bits()
    {
        for (float x = -110; x < 95; x += 0.0137f)
        {
            float one = VectorMath.Exp(x);
            Everywhere(x, one, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp);
            float log = VectorMath.Log(one);
            Everywhere(one, log, VectorMath.Log, VectorMath.Log, VectorMath.Log, VectorMath.Log);
        }
    }

    private static void Everywhere(
        float x, float expected,
        Func<float, float> one,
        Func<Vector128<float>, Vector128<float>> v128,
        Func<Vector256<float>, Vector256<float>> v256,
        Func<Vector512<float>, Vector512<float>> v512)
    {
        Assert.Equal(expected, one(x));
        Assert.Equal(expected, v128(Vector128.Create(x))[3]);
        Assert.Equal(expected, v256(Vector256.Create(x))[7]);
        Assert.Equal(expected, v512(Vector512.Create(x))[15]);
    }

    private static double Units(float got, double want)
    {
        float near = MathF.Abs((float)want);
        double unit = (double)MathF.BitIncrement(near) - near;
        return Math.Abs(got - want) / unit;
    }
}
