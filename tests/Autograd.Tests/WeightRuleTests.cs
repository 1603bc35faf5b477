using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Ops on a weight that is a constant give what they give for its decoded copy, and the
/// gradient of what it is multiplied with.</summary>
public sealed class WeightRuleTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void A_product_does(int batch) => Check(
        [batch, 5, 12], [3, 12, 20], (tape, x, w) => tape.MatMul(x, w, 0.5f),
        (tape, x, w) => tape.MatMul(x, w, 0.5f), 0);

    [Fact]
    public void Projections_do()
    {
        Check(
            [2, 5, 12], [3, 12, 8], (tape, x, w) => tape.ProjectToHeads(x, w),
            (tape, x, w) => tape.ProjectToHeads(x, w), 1e-5f);
        Check(
            [2, 5, 3, 8], [3, 8, 12], (tape, x, w) => tape.ProjectFromHeads(x, w),
            (tape, x, w) => tape.ProjectFromHeads(x, w), 0);
    }

    /// <summary>As files have them: W_Q [head · dHead, dModel], W_O [dModel, head · dHead], heads
    /// of 32 in blocks of 32 and of 64.</summary>
    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q2_0")]
    public void Projections_by_blocks_do(string name)
    {
        BlockFormat format = BlockFormat.Find(name)!;
        byte[] blocks = new byte[96 * 64 / format.ValuesPerBlock * format.BytesPerBlock];
        new Random(1).NextBytes(blocks);
        for (int at = 0; at < blocks.Length; at += format.BytesPerBlock)
        {
            blocks[at + 1] = 0x2C;
        }

        using Weight query = Weight.OfBlocks(format, blocks, [96, 64]);
        Check(
            [2, 5, 64], query.Reshape(3, 32, 64).Transpose(),
            (tape, x, w) => tape.ProjectToHeads(x, w), (tape, x, w) => tape.ProjectToHeads(x, w),
            1e-4f);
        using Weight output = Weight.OfBlocks(format, blocks, [48, 128]);
        Check(
            [2, 5, 4, 32], output.Reshape(48, 4, 32).Transpose(0, 1).Transpose(1, 2),
            (tape, x, w) => tape.ProjectFromHeads(x, w),
            (tape, x, w) => tape.ProjectFromHeads(x, w), 0);
    }

    [Fact]
    public void Losses_do()
    {
        using Tensor<int> targets = Tensor.From([3, 0, 99, 7]);
        using Tensor<float> bias = Ops.RandomNormal(Tensor.Empty<float>([100]), seed: 3);
        Check(
            [4, 12], [12, 100], (tape, x, w) => tape.LinearCrossEntropy(x, w, new Var(bias), targets),
            (tape, x, w) => tape.LinearCrossEntropy(x, w, new Var(bias), targets), 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_bias_of_a_loss_has_its_gradient(bool byInput)
    {
        using Tensor<float> weight = Ops.RandomNormal(Tensor.Empty<float>([12, 100]), seed: 1);
        using Tensor<float> x = Ops.RandomNormal(Tensor.Empty<float>([4, 12]), seed: 2);
        using Tensor<int> targets = Tensor.From([3, 0, 99, 7]);
        float[] gradient = Gradient(new Var(weight));
        Assert.Equal(gradient, Gradient(new Var(Weight.Of(weight))));
        Assert.Contains(gradient, value => value != 0);

        float[] Gradient(Var w)
        {
            using var bias = new Parameter("b", Tensor.Full<float>([100], 0.1f));
            using var tape = new Tape();
            tape.Backward(tape.Sum(
                tape.LinearCrossEntropy(new Var(x, requiresGrad: byInput), w, bias, targets)));
            return bias.Grad!.ToArray();
        }
    }

    [Fact]
    public void A_second_name_of_a_tensor_is_a_view_of_a_tensor()
    {
        using var source = new Parameter("W_E", Tensor.Zeros<float>([2, 3]));
        Assert.Contains("'W_E', which is a tensor", Assert.Throws<ArgumentException>(
            () => new Parameter("W_U", source, (Weight w) => w.Transpose())).Message);
    }

    [Fact]
    public void Rows_are_constants()
    {
        using Tensor<Half> halves = Tensor.From([(Half)1, (Half)2, (Half)3, (Half)4], [2, 2]);
        using Tensor<int> ids = Tensor.From([1, 0]);
        using var tape = new Tape();
        Var rows = tape.GatherRows(Weight.Of(halves), ids);
        Assert.Equal([3f, 4, 1, 2], rows.Value.ToArray());
        Assert.False(rows.RequiresGrad);
    }

    [Fact]
    public void A_weight_that_is_changed_before_Backward_is_noticed()
    {
        (int[] Shape, int[] Weight, Func<Tape, Var, Weight, Var> Op)[] ops =
        [
            ([4, 12], [12, 10], (tape, x, w) => tape.MatMul(x, w)),
            ([4, 12], [3, 12, 10], (tape, x, w) => tape.ProjectToHeads(x, w)),
            ([4, 3, 12], [3, 12, 10], (tape, x, w) => tape.ProjectFromHeads(x, w)),
            ([4, 12], [12, 10], (tape, x, w) =>
                tape.LinearCrossEntropy(x, w, null, tape.Own(Tensor.From([3, 0, 9, 7])))),
        ];
        foreach ((int[] shape, int[] weightShape, Func<Tape, Var, Weight, Var> op) in ops)
        {
            using Tensor<Half> halves = Tensor.Zeros<Half>(Shape.Create(weightShape));
            using var x = new Parameter("x", Tensor.Full<float>(Shape.Create(shape), 1));
            using (var tape = new Tape())
            {
                Var sum = tape.Sum(op(tape, x, Weight.Of(halves)));
                halves.Fill((Half)1);
                Assert.Contains("changed in place", Assert.Throws<InvalidOperationException>(
                    () => tape.Backward(sum)).Message);
            }

            using (var tape = new Tape())
            {
                Var sum = tape.Sum(op(tape, x, Weight.Of(halves)));
                halves.Dispose();
                Assert.Contains("released before", Assert.Throws<ObjectDisposedException>(
                    () => tape.Backward(sum)).Message);
            }
        }
    }

    private static void Check(
        ReadOnlySpan<int> shape, ReadOnlySpan<int> weightShape,
        Func<Tape, Var, Weight, Var> byWeight, Func<Tape, Var, Var, Var> byVar, float tolerance)
    {
        using Tensor<float> values = Ops.RandomNormal(
            Tensor.Empty<float>(Shape.Create(weightShape)), seed: 1);
        using Tensor<Half> halves = Tensor.From(
            Array.ConvertAll(values.ToArray(), x => (Half)x), Shape.Create(weightShape));
        Check(shape, Weight.Of(halves), byWeight, byVar, tolerance);
    }

    private static void Check(
        ReadOnlySpan<int> shape, Weight weight, Func<Tape, Var, Weight, Var> byWeight,
        Func<Tape, Var, Var, Var> byVar, float tolerance)
    {
        using Tensor<float> decoded = weight.ToFloat32();
        using Tensor<float> x = Ops.RandomNormal(
            Tensor.Empty<float>(Shape.Create(shape)), seed: 2);
        (float[] y, float[] dX) = Pass((tape, input) => byWeight(tape, input, weight));
        (float[] expectedY, float[] expectedDX) = Pass(
            (tape, input) => byVar(tape, input, new Var(decoded)));
        Assert.Equal(expectedY, y);
        for (int i = 0; i < dX.Length; i++)
        {
            Assert.Equal(expectedDX[i], dX[i], tolerance);
        }

        (float[] Y, float[] DX) Pass(Func<Tape, Var, Var> op)
        {
            using var input = new Parameter("x", x.Clone());
            using var tape = new Tape();
            Var output = op(tape, input);
            using Tensor<float> cotangent = Ops.RandomNormal(
                Tensor.Empty<float>(output.Shape), seed: 4);
            tape.Backward(output, cotangent);
            return (output.Value.ToArray(), input.Grad!.ToArray());
        }
    }
}
