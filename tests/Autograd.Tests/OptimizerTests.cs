using Vitrine.Autograd.Optimizers;
using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public class OptimizerTests
{
    private const int Length = 1003;

    [Fact]
    public void AdamWEqualsFloat64Over50Steps()
    {
        const float Beta1 = 0.9f;
        const float Beta2 = 0.99f;
        double[] mean = new double[Length];
        double[] variance = new double[Length];
        Compare(
            groups => new AdamW(groups, Beta1, Beta2, 1e-8f),
            (t, i, p, g, rate, decay) =>
            {
                p -= rate * decay * p;
                mean[i] = (Beta1 * mean[i]) + ((1 - (double)Beta1) * g);
                variance[i] = (Beta2 * variance[i]) + ((1 - (double)Beta2) * g * g);
                double m = mean[i] / (1 - Math.Pow(Beta1, t));
                double v = variance[i] / (1 - Math.Pow(Beta2, t));
                return p - (rate * m / (Math.Sqrt(v) + 1e-8));
            });
    }

    [Fact]
    public void ASecondNameOfAParameterIsRefusedSinceItWouldCountTwice()
    {
        using var embed = new Parameter("embed", Tensor.Zeros<float>([3, 2]));
        using var unembed = new Parameter("unembed", embed, static x => x.Transpose());
        Parameter[] both = [embed, unembed];
        var updated = Assert.Throws<ArgumentException>(
            () => new AdamW([new ParameterGroup(both)]));
        Assert.StartsWith("Optimizer: 'unembed' is another", updated.Message);
        var clipped = Assert.Throws<ArgumentException>(
            () => GradientClipping.GlobalNorm(both, 1));
        Assert.StartsWith("GlobalNorm: 'unembed' is another", clipped.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9f)]
    public void SgdEqualsFloat64Over50Steps(float momentum)
    {
        double[] velocity = new double[Length];
        Compare(
            groups => new Sgd(groups, momentum),
            (t, i, p, g, rate, decay) =>
            {
                velocity[i] = (momentum * velocity[i]) + g;
                return p - (rate * decay * p) - (rate * velocity[i]);
            });
    }

    [Fact]
    public void GroupsHaveTheirOwnRateAndDecay()
    {
        using Parameter decayed = Of("decayed", 1);
        using Parameter still = Of("still", 1);
        using var optimizer = new Sgd(
        [
            new ParameterGroup([decayed], learningRateFactor: 0.5f, weightDecay: 0.2f),
            new ParameterGroup([still], learningRateFactor: 0),
        ]);
        SetGradient(decayed, 1);
        SetGradient(still, 1);
        optimizer.Step(0.1f);
        Assert.Equal(1 - (0.05f * 0.2f) - 0.05f, decayed.Value[0], 1e-7f);
        Assert.Equal(1, still.Value[0]);
    }

    [Fact]
    public void AParameterWithoutAGradientStays()
    {
        using Parameter parameter = Of("w", 1);
        using var optimizer = new AdamW([new ParameterGroup([parameter], weightDecay: 1)]);
        optimizer.Step(0.1f);
        Assert.Equal(1, parameter.Value[0]);
    }

    [Fact]
    public void RestoredStateGoesOnToTheSameBits()
    {
        using Parameter unbroken = Of("w", 1);
        using Parameter stopped = Of("w", 1);
        using var first = new AdamW([new ParameterGroup([unbroken])]);
        using var second = new AdamW([new ParameterGroup([stopped])]);
        for (int step = 0; step < 3; step++)
        {
            SetGradient(unbroken, step);
            SetGradient(stopped, step);
            first.Step(0.1f);
            second.Step(0.1f);
        }

        using var resumed = new AdamW([new ParameterGroup([stopped])]);
        Dictionary<string, Tensor<float>> saved = second.State.ToDictionary();
        resumed.Restore(second.Steps, (name, tensor) => tensor.CopyFrom(saved[name]));
        SetGradient(unbroken, 5);
        SetGradient(stopped, 5);
        first.Step(0.1f);
        resumed.Step(0.1f);
        Assert.Equal(4, resumed.Steps);
        Assert.Equal(unbroken.Value.ToArray(), stopped.Value.ToArray());
    }

    [Fact]
    public void TwoParametersOfOneNameAreRefused()
    {
        using Parameter a = Of("w", 1);
        using Parameter b = Of("w", 1);
        Assert.Throws<ArgumentException>(() => new Sgd([new ParameterGroup([a, b])]));
    }

    [Fact]
    public void ClippingBoundsTheNormOfAllGradientsTogether()
    {
        using Parameter a = Of("a", 1);
        using Parameter b = Of("b", 1);
        using Parameter without = Of("c", 1);
        SetGradient(a, 0);
        SetGradient(b, 1);
        double expected = Math.Sqrt(
            a.GradStorage!.ToArray().Concat(b.GradStorage!.ToArray()).Sum(g => (double)g * g));
        (double norm, float scale) = GradientClipping.GlobalNorm([a, b, without], 2);
        Assert.Equal(expected, norm, 1e-6 * expected);
        Assert.Equal(2 / (expected + 1e-6), scale, 1e-6);
        Assert.Equal(1, GradientClipping.GlobalNorm([a, b], 1e9).Scale);
        a.GradStorage![5] = float.NaN;
        Assert.Equal(float.NaN, GradientClipping.GlobalNorm([a, b], 2).Scale);
        a.GradStorage![5] = float.PositiveInfinity;
        Assert.Equal(float.NaN, GradientClipping.GlobalNorm([a, b], 2).Scale);
        Assert.Equal(1, GradientClipping.GlobalNorm([a, b], double.PositiveInfinity).Scale);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void A_maximum_that_is_none_is_refused(double maximum) => Assert.Throws<
        ArgumentOutOfRangeException>(() => GradientClipping.GlobalNorm([], maximum));

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void SettingsOutOfRangeAreRefused(float value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ParameterGroup([], weightDecay: value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW([], beta1: value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([], momentum: value));
    }

    private static void Compare(
        Func<ParameterGroup[], Optimizer> make,
        Func<int, int, double, double, double, double, double> reference)
    {
        const float Decay = 0.1f;
        using Parameter parameter = Of("w", 1);
        using Optimizer optimizer = make([new ParameterGroup([parameter], 0.5f, Decay)]);
        double[] expected = Array.ConvertAll(parameter.Value.ToArray(), value => (double)value);
        for (int step = 1; step <= 50; step++)
        {
            SetGradient(parameter, step);
            float rate = 0.02f / step;
            for (int i = 0; i < Length; i++)
            {
                double g = 0.75 * parameter.GradStorage![i];
                expected[i] = reference(step, i, expected[i], g, 0.5 * (double)rate, Decay);
            }

            optimizer.Step(rate, gradientScale: 0.75f);
        }

        double scale = expected.Max(Math.Abs);
        Assert.Equal(50, optimizer.Steps);
        Assert.All(
            parameter.Value.ToArray().Zip(expected),
            pair => Assert.Equal(pair.Second, pair.First, 2e-6 * scale));
    }

    private static Parameter Of(string name, int seed)
    {
        var random = new Random(seed);
        return new Parameter(name, Tensor.From<float>(
            [.. Enumerable.Range(0, Length)
                .Select(i => i == 0 ? 1f : (2 * random.NextSingle()) - 1)]));
    }

    private static void SetGradient(Parameter parameter, int seed)
    {
        var random = new Random(seed + 100);
        using Tensor<float> gradient = Tensor.From<float>(
            [.. Enumerable.Range(0, Length)
                .Select(i => i == 0 ? 1f : (2 * random.NextSingle()) - 1)]);
        parameter.ZeroGrad();
        using var tape = new Tape();
        tape.Backward(tape.Scale(parameter, 1), gradient);
    }
}
