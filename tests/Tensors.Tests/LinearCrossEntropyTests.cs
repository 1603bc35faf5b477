namespace Vitrine.Tensors.Tests;

[Collection(nameof(Specs.Alone))]
public class LinearCrossEntropyTests
{
    [Fact]
    public void Every_length_of_every_axis()
    {
        for (int length = 0; length <= 256; length++)
        {
            Check(length, 5, 19, fast: length % 2 == 0, bias: true);
            Check(7, length, 23, fast: length % 2 == 0, bias: length % 3 != 0);
            if (length > 0)
            {
                Check(9, 6, length, fast: length % 2 == 0, bias: length % 5 != 0);
            }
        }
    }

    [Theory]
    [InlineData(211, 64, 1009, true)]
    [InlineData(400, 32, 389, true)]
    [InlineData(3, 33, 4099, true)]
    [InlineData(1031, 8, 61, false)]
    [InlineData(5, 1031, 40, true)]
    public void Large_primes_and_whole_blocks(int n, int width, int vocab, bool fast) =>
        Check(n, width, vocab, fast, bias: true);

    [Theory]
    [InlineData(1e4f)]
    [InlineData(-1e4f)]
    public void Logits_far_from_zero_neither_overflow_nor_vanish(float shift)
    {
        using var data = new LinearCrossEntropyData(20, 16, 500, fast: true, bias: true, seed: 3);
        foreach (ref float value in data.Bias!.WritableSpan)
        {
            value += shift;
        }

        data.Compare(1e-3);
    }

    [Fact]
    public void One_logit_may_dwarf_all_others()
    {
        using var data = new LinearCrossEntropyData(20, 16, 500, fast: true, bias: true, seed: 3);
        data.Bias![411] = 1e4f;
        data.Targets[0] = 411;
        data.Compare(1e-3);
    }

    [Fact]
    public void A_logit_of_minus_infinity_has_no_probability()
    {
        using var data = new LinearCrossEntropyData(20, 16, 500, fast: true, bias: true, seed: 3);
        for (int v = 180; v < 400; v++)
        {
            data.Bias![v] = float.NegativeInfinity;
        }

        for (int i = 0; i < 20; i++)
        {
            data.Targets[i] = i;
        }

        data.Compare(2e-5);
        Assert.Equal(0, data.DBias[250]);
    }

    [Fact]
    public void A_value_that_is_not_a_number_stays_visible()
    {
        using var data = new LinearCrossEntropyData(20, 16, 500, fast: true, bias: true, seed: 3);
        data.X[4, 2] = float.NaN;
        using Tensor<float> losses = Ops.LinearCrossEntropy(
            data.X, data.Weight, data.Bias, data.Targets);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i == 4, float.IsNaN(losses[i]));
        }

    }

    [Fact]
    public void Backward_adds_to_what_the_buffers_hold_and_null_is_not_wanted()
    {
        using var data = new LinearCrossEntropyData(50, 64, 700, fast: true, bias: true, seed: 6);
        data.Backward();
        float[] once = data.Everything();
        data.AddBackward(dX: true, dWeight: false, dBias: false);
        data.AddBackward(dX: false, dWeight: true, dBias: false);
        data.AddBackward(dX: false, dWeight: false, dBias: true);
        float[] twice = data.Everything();
        for (int i = 0; i < once.Length; i++)
        {
            Assert.Equal(2 * once[i], twice[i], 1e-6f);
        }
    }

    [Fact]
    public void Strided_operands_give_what_contiguous_ones_give()
    {
        using var data = new LinearCrossEntropyData(60, 64, 450, fast: true, bias: true, seed: 7);
        data.Backward();
        float[] expected = data.Everything();
        using Tensor<float> wide = Tensor.Zeros<float>([60, 64, 2]);
        wide.Select(2, 1).CopyFrom(data.X);
        using Tensor<float> stretched = Tensor.Zeros<float>([450, 3, 64]);
        stretched.Select(1, 2).CopyFrom(data.Weight.Transpose());
        using Tensor<int> targets = Tensor.Zeros<int>([60, 2]);
        targets.Select(1, 1).CopyFrom(data.Targets);
        Tensor<float> x = wide.Select(2, 1);
        Tensor<float> weight = stretched.Select(1, 2).Transpose();
        data.DX.Fill(0);
        data.DWeight.Fill(0);
        data.DBias.Fill(0);
        using Tensor<float> losses = Ops.LinearCrossEntropy(
            x, weight, data.Bias, targets.Select(1, 1));
        Ops.LinearCrossEntropyBackward(
            x, weight, data.Bias, targets.Select(1, 1), data.DLoss,
            data.DX, data.DWeight, data.DBias);
        Assert.Equal(expected, data.Everything());
    }

    [Fact]
    public void Errors_name_the_rule_and_the_values()
    {
        using var data = new LinearCrossEntropyData(6, 4, 10, fast: true, bias: true, seed: 1);
        Assert.Contains("x must be [n, dModel]", Throws(() => Ops.LinearCrossEntropy(
            data.X, data.Weight.Transpose(), null, data.Targets)), StringComparison.Ordinal);
        Assert.Contains("bias must be [10]; got [4]", Throws(() => Ops.LinearCrossEntropy(
            data.X, data.Weight, data.X.Select(0, 0), data.Targets,
            out _)), StringComparison.Ordinal);
        Assert.Contains("targets must be [6]", Throws(() => Ops.LinearCrossEntropy(
            data.X, data.Weight, null, data.Targets.Slice(0, 0, 3),
            out _)), StringComparison.Ordinal);
        Assert.Contains("dX must be [6, 4]", Throws(() => Ops.LinearCrossEntropyBackward(
            data.X, data.Weight, null, data.Targets, data.DLoss, data.Weight, null,
            null)), StringComparison.Ordinal);
        data.Targets[3] = 10;
        Assert.Contains("0 … 9; got 10 at 3", Throws(() => Ops.LinearCrossEntropy(
            data.X, data.Weight, null, data.Targets)), StringComparison.Ordinal);
        data.Targets[3] = -1;
        Assert.Contains("got -1 at 3", Throws(() => Ops.LinearCrossEntropy(
            data.X, data.Weight, null, data.Targets)), StringComparison.Ordinal);
    }

    private static string Throws(Action action) =>
        Assert.ThrowsAny<ArgumentException>(action).Message;

    private static void Check(int n, int width, int vocab, bool fast, bool bias)
    {
        using var data = new LinearCrossEntropyData(
            n, width, vocab, fast, bias, seed: n + width + vocab);
        data.Compare(2e-5);
    }
}
