using Vitrine.Tensors;

namespace Vitrine.Tensors.Tests;

public class TensorTests
{
    [Fact]
    public void A_view_sees_the_memory_and_dies_with_it()
    {
        Tensor<float> x = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        Tensor<float> t = x.Transpose();
        Assert.Equal([1f, 4, 2, 5, 3, 6], t.ToArray());
        x[0, 2] = 9;
        Assert.Equal(9, t[2, 0]);
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => t[0, 0]);
    }
}
