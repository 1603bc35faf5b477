using System.Numerics.Tensors;
using Vitrine.Tensors.Tests.Devices;

namespace Vitrine.Tensors.Tests.Core;

public sealed class TensorSpanTests
{
    [Fact]
    public void A_view_shows_the_same_memory_with_the_same_strides()
    {
        using Tensor<float> x = Tensor.From<float>([.. Enumerable.Range(0, 24)], [2, 3, 4]);
        Tensor<float> view = x.Transpose().Slice(1, 1, 3);                     // [2, 3, 3]
        ReadOnlyTensorSpan<float> span = view.AsReadOnlyTensorSpan();
        Assert.Equal(view.Shape[1], span.Lengths[1]);
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                for (int k = 0; k < 3; k++)
                {
                    Assert.Equal(view[i, j, k], span[i, j, k]);
                }
            }
        }

        x[1, 2, 3] = 100;
        Assert.Equal(100, view.AsReadOnlyTensorSpan()[1, 2, 2]);
    }

    [Fact]
    public void Writing_through_it_writes_the_tensor_and_raises_its_version()
    {
        using Tensor<float> x = Tensor.Zeros<float>([2, 3]);
        int version = x.Version;
        TensorSpan<float> span = x.Transpose().AsTensorSpan();
        span[2, 1] = 5;
        Assert.Equal([0f, 0, 0, 0, 0, 5], x.ToArray());
        Assert.True(x.Version > version);
    }

    [Fact]
    public void A_broadcast_view_can_only_be_read()
    {
        using Tensor<float> row = Tensor.From([1f, 2, 3]);
        Tensor<float> rows = row.BroadcastTo([4, 3]);
        ReadOnlyTensorSpan<float> span = rows.AsReadOnlyTensorSpan();
        Assert.Equal(3, span[3, 2]);
        Assert.Throws<ShapeException>(() => _ = rows.AsTensorSpan().Rank);
    }

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 2, 0, 3 })]
    [InlineData(new[] { 2, 1, 3, 2, 1, 2 })]
    public void There_and_back_is_the_same(int[] lengths)
    {
        using Tensor<float> x = Ops.RandomNormal(
            Tensor.Empty<float>(Shape.Create(lengths)), seed: 1);
        using Tensor<float> back = Tensor.From(x.AsReadOnlyTensorSpan());
        Assert.Equal(x.Shape, back.Shape);
        Assert.Equal(x.ToArray(), back.ToArray());
        if (lengths.Length > 1)
        {
            using Tensor<float> turned = Tensor.From(x.Transpose().AsReadOnlyTensorSpan());
            Assert.Equal(x.Transpose().Shape, turned.Shape);
            Assert.Equal(x.Transpose().ToArray(), turned.ToArray());
        }
    }

    [Fact]
    public void A_span_becomes_a_tensor_on_any_device()
    {
        var fake = new FakeDevice();
        using Tensor<float> x = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        using Tensor<float> there = Tensor.From(x.Transpose().AsReadOnlyTensorSpan(), fake);
        Assert.Same(fake, there.Device);
        Assert.Equal([1, 4, 2, 5, 3, 6], there.ToArray());
    }

    [Fact]
    public void A_single_number_has_an_axis_of_length_1()
    {
        using Tensor<float> x = Tensor.Full<float>([], 3);
        Assert.Equal(1, x.AsReadOnlyTensorSpan().Rank);
        Assert.Equal(3, x.AsReadOnlyTensorSpan()[0]);
    }

    [Fact]
    public void More_axes_than_a_shape_has_are_refused()
    {
        string message = Assert.Throws<ShapeException>(() => Tensor.From(
            new ReadOnlyTensorSpan<float>([1f], [1, 1, 1, 1, 1, 1, 1]))).Message;
        Assert.Contains("at most 6 axes", message);
    }
}
