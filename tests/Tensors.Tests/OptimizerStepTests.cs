using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

public class OptimizerStepTests
{
    /// <summary>Fifty steps on a quadratic bowl against the same in float64: the errors of the
    /// steps may add up, but not grow.</summary>
    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(0.1f, 0.25f)]
    public void Fifty_AdamW_steps_stay_with_float64(float weightDecay, float gradientScale)
    {
        const int Length = 1003;
        var settings = new AdamWSettings(0.02f, 0.9f, 0.99f, 1e-8f, weightDecay);
        Values start = Values.Normal([Length], 1);
        Values target = Values.Normal([Length], 2, 3);
        using Tensor<float> parameter = start.ToTensor();
        using Tensor<float> gradient = Tensor.Zeros<float>([Length]);
        using Tensor<float> mean = Tensor.Zeros<float>([Length]);
        using Tensor<float> variance = Tensor.Zeros<float>([Length]);
        using Tensor<float> goal = target.ToTensor();
        double[] p = [.. start.Data];
        double[] m = new double[Length];
        double[] v = new double[Length];
        for (int step = 1; step <= 50; step++)
        {
            AdamWSettings now = settings with { LearningRate = 0.02f * step / 50 };
            Ops.Subtract(parameter, goal, gradient);
            Ops.AdamWStep(
                parameter, gradient, mean, variance, step, now, gradientScale,
                zeroGradient: step % 2 == 0);
            Assert.Equal(step % 2 == 0, gradient.ToArray().All(value => value == 0));
            for (int i = 0; i < Length; i++)
            {
                double g = (p[i] - target[i]) * gradientScale;
                m[i] = (now.Beta1 * m[i]) + ((1 - (double)now.Beta1) * g);
                v[i] = (now.Beta2 * v[i]) + ((1 - (double)now.Beta2) * g * g);
                double root = Math.Sqrt(v[i] / (1 - Math.Pow(now.Beta2, step))) + now.Epsilon;
                p[i] -= now.LearningRate * (double)now.WeightDecay * p[i];
                p[i] -= now.LearningRate * m[i] / (1 - Math.Pow(now.Beta1, step)) / root;
            }
        }

        var tolerance = new Tolerance(
            1e-6, 2e-6, "fifty updates of at most 0.02, each rounded a few times");
        Check(tolerance, "parameter", p, parameter);
        Check(tolerance, "mean", m, mean);
        Check(tolerance with { Relative = 4e-6 }, "variance", v, variance);
    }

    [Fact]
    public void Fifty_SGD_steps_with_momentum_stay_with_float64()
    {
        const int Length = 1003;
        var settings = new SgdSettings(0.05f, 0.9f, 0.01f);
        Values start = Values.Normal([Length], 1);
        using Tensor<float> parameter = start.ToTensor();
        using Tensor<float> gradient = Tensor.Zeros<float>([Length]);
        using Tensor<float> velocity = Tensor.Zeros<float>([Length]);
        double[] p = [.. start.Data];
        double[] u = new double[Length];
        for (int step = 0; step < 50; step++)
        {
            Ops.Scale(parameter, 0.5f, gradient);
            Ops.SgdStep(parameter, gradient, velocity, settings);
            for (int i = 0; i < Length; i++)
            {
                u[i] = (settings.Momentum * u[i]) + (0.5 * p[i]);
                p[i] = (p[i] * (1 - ((double)settings.LearningRate * settings.WeightDecay)))
                    - (settings.LearningRate * u[i]);
            }
        }

        var tolerance = new Tolerance(1e-6, 2e-6, "fifty updates, each rounded a few times");
        Check(tolerance, "parameter", p, parameter);
        Check(tolerance, "velocity", u, velocity);
    }

    [Fact]
    public void A_gradient_that_is_not_to_be_cleared_keeps_its_values_and_version()
    {
        using Tensor<float> parameter = Tensor.Full([20], 1f);
        using Tensor<float> gradient = Tensor.Full([20], 2f);
        using Tensor<float> mean = Tensor.Zeros<float>([20]);
        using Tensor<float> variance = Tensor.Zeros<float>([20]);
        int version = gradient.Version;
        Ops.AdamWStep(parameter, gradient, mean, variance, 1, new AdamWSettings(0.1f));
        Ops.SgdStep(parameter, gradient, null, new SgdSettings(0.1f));
        Assert.Equal(version, gradient.Version);
        Assert.All(gradient.ToArray(), value => Assert.Equal(2, value));
        Ops.AdamWStep(
            parameter, gradient, mean, variance, 2, new AdamWSettings(0.1f), zeroGradient: true);
        Assert.True(gradient.Version > version);
    }

    private static void Check(
        Tolerance tolerance, string what, double[] expected, Tensor<float> actual)
    {
        var values = new Values(actual.Shape);
        expected.CopyTo(values.Data, 0);
        tolerance.Check(what, values, Values.Of(actual));
    }
}
