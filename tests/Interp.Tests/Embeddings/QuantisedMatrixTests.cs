using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Embeddings;

public class QuantisedMatrixTests
{
    [Fact]
    public void No_weight_is_off_by_more_than_half_a_step_and_the_error_is_measured()
    {
        using Tensor<float> x = Samples.Normal(1, 50, 17);
        QuantisedMatrix rounded = QuantisedMatrix.Of(x);
        double largest = 0;
        double squares = 0;
        for (int row = 0; row < 50; row++)
        {
            double most = 0;
            for (int column = 0; column < 17; column++)
            {
                double error =
                    Math.Abs(x[row,
                        column] - ((double)rounded.Scales[row] * rounded.Values[(row * 17)
                            + column]));
                Assert.InRange(error, 0, 0.50001 * rounded.Scales[row]);
                largest = Math.Max(largest, error);
                squares += error * error;
                most = Math.Max(most, Math.Abs(x[row, column]));
            }

            Assert.Equal(most / 127, rounded.Scales[row], 1e-8);
            Assert.Contains(
                rounded.Values[(row * 17)..((row + 1) * 17)], value => Math.Abs((int)value) == 127);
        }

        Assert.Equal(largest, rounded.MaxError, 1e-15);
        Assert.Equal(Math.Sqrt(squares / (50 * 17)), rounded.RootMeanSquareError, 1e-12);
    }

    [Fact]
    public void Transposed_views_and_rows_of_zeros_are_fine()
    {
        using Tensor<float> x = Tensor.From<float>([0, 1, 0, -2], [2, 2]);
        QuantisedMatrix rounded = QuantisedMatrix.Of(x.Transpose());
        Assert.Equal([0, 0, 64, -127], rounded.Values);
        Assert.Equal([0, 2f / 127], rounded.Scales);
        Assert.Equal(0, QuantisedMatrix.Of(Tensor.Zeros<float>([2, 2])).RelativeError);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using Tensor<float> x = Tensor.Zeros<float>([2, 2]);
        x[1, 0] = float.PositiveInfinity;
        Assert.Throws<ArgumentException>(() => QuantisedMatrix.Of(x));
        using Tensor<float> vector = Tensor.Zeros<float>([2]);
        Assert.Throws<ShapeException>(() => QuantisedMatrix.Of(vector));
    }

    [Fact]
    public void The_logit_error_is_that_of_the_rounded_product()
    {
        using Tensor<float> embed = Samples.Normal(1, 20, 8);
        using Tensor<float> unembed = Samples.Normal(2, 20, 8);
        using var path = new DirectPath(embed, unembed.Transpose(), null);
        QuantisedMatrix left = QuantisedMatrix.Of(embed);
        QuantisedMatrix right = QuantisedMatrix.Of(unembed);
        double largest = 0;
        for (int input = 0; input < 20; input++)
        {
            for (int output = 0; output < 20; output++)
            {
                largest = Math.Max(
                    largest, Math.Abs(left.Dot(input, right, output) - path.Logit(input, output)));
            }
        }

        LogitError error = LogitError.Of(path, left, right, [.. Enumerable.Range(0, 20)], 20_000);
        Assert.Equal(largest, error.Largest, 1e-12);
        Assert.InRange(error.RootMeanSquare, 0.1 * largest, largest);
        LogitError one = LogitError.Of(path, left, right, [3], 10);
        Assert.Equal(Math.Abs(left.Dot(3, right, 3) - path.Logit(3, 3)), one.RootMeanSquare, 1e-12);
    }
}
