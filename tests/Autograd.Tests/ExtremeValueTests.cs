using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Gradients at values so large or small that a derivative from rounded results would be
/// wrong.</summary>
public sealed class ExtremeValueTests
{
    [Fact]
    public void The_gradient_of_Abs_is_the_sign_at_any_size()
    {
        float[] values = [float.PositiveInfinity, float.NegativeInfinity, 1e-38f, -1e-45f, 0, 3];
        using var x = new Parameter("x", Tensor.From<float>(values));
        using Tensor<float> two = Tensor.Full<float>([6], 2);
        using var tape = new Tape();
        tape.Backward(tape.Abs(x), two);
        Assert.Equal([2f, -2, 2, -2, 0, 2], x.Grad!.ToArray());
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(1e6f)]
    [InlineData(1e8f)]
    public void Gradients_of_log_sum_exps_do_not_carry_its_rounding(float size)
    {
        using var x = new Parameter("x", Tensor.From<float>([size, size], [1, 2]));
        foreach (int? axis in (int?[])[1, null])
        {
            using var tape = new Tape();
            tape.Backward(tape.Sum(tape.LogSumExp(x, axis)));
            Assert.Equal([0.5f, 0.5f], x.Grad!.ToArray());
            x.Grad.Fill(0);
        }

        using var input = new Parameter("x", Tensor.From<float>([1], [1, 1]));
        using var weight = new Parameter("w", Tensor.From<float>([size, size], [1, 2]));
        using Tensor<int> target = Tensor.From([0]);
        using var loss = new Tape();
        loss.Backward(loss.Sum(loss.LinearCrossEntropy(input, weight, null, target)));
        Assert.Equal([-0.5f, 0.5f], weight.Grad!.ToArray());
        Assert.Equal([0f], input.Grad!.ToArray());
    }
}
