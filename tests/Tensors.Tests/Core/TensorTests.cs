namespace Vitrine.Tensors.Tests;

public class TensorTests
{
    [Fact]
    public void Nothing_is_copied_into_a_broadcast_view()
    {
        using Tensor<float> x = Tensor.From<float>([1, 2], [2, 1]);
        using Tensor<float> y = Tensor.Full<float>([2, 3], 7);
        Assert.Contains(
            "must not be broadcast",
            Assert.Throws<ShapeException>(() => x.BroadcastTo([2, 3]).CopyFrom(y)).Message);
        Assert.Equal([1f, 2], x.ToArray());
    }

    [Fact]
    public void A_released_tensor_does_not_mark_its_blocks_next_tenant_as_written()
    {
        Tensor<float> x = Tensor.Zeros<float>([4]);
        x.Dispose();
        using Tensor<float> next = Tensor.Zeros<float>([4]);
        int version = next.Version;
        Action[] writes =
        [
            () => x.Fill(1), () => x.CopyFrom(next), () => x.CopyFrom(new float[4]), () => x[0] = 1,
            () => _ = x.WritableSpan.Length, () => Ops.Add(next, next, into: x),
            () => Ops.RandomNormal(x, seed: 1),
        ];
        Assert.All(writes, write => Assert.Throws<ObjectDisposedException>(write));
        Assert.Equal(version, next.Version);
    }

    [Fact]
    public void A_view_sees_the_memory_and_dies_with_it()
    {
        Tensor<float> x = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        Tensor<float> t = x.Transpose();
        Assert.Equal([1f, 4, 2, 5, 3, 6], t.ToArray());
        x[0, 2] = 9;
        Assert.Equal(9, t[2, 0]);
        Assert.True(t.IsView && !x.IsView && t.SharesMemoryWith(x));
        t.Dispose();
        Assert.False(x.IsDisposed);
        x.Dispose();
        x.Dispose();
        Assert.True(t.IsDisposed);
        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => t[0, 0]);
        Assert.StartsWith(
            "Tensor: its memory was released; it, the tensor it is a view of, or the tape",
            error.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => x.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => Ops.Exp(t));
        Assert.Throws<ObjectDisposedException>(() => t.Fill(1));
        Assert.Throws<ObjectDisposedException>(() => t.ToArray());
    }

    [Fact]
    public void The_version_rises_with_every_write_through_any_view()
    {
        using Tensor<float> x = Tensor.Zeros<float>([2, 3]);
        Tensor<float> view = x.Transpose();
        int version = x.Version;
        void Rose(Action write)
        {
            write();
            Assert.True(x.Version > version);
            Assert.Equal(x.Version, view.Version);
            version = x.Version;
        }

        Rose(() => x[0, 0] = 1);
        Rose(() => view[0, 0] = 1);
        Rose(() => x.WritableSpan[0] = 2);
        Rose(() => view.Fill(3));
        Rose(() => view.CopyFrom(view));
        Rose(() => Ops.RandomNormal(view, 1));
        _ = x.Span[0] + x[1, 1];
        using Tensor<float> copy = view.Clone();
        Assert.Equal(version, x.Version);
    }

    [Fact]
    public void Copies_to_an_overlapping_view_read_before_they_write()
    {
        using Tensor<float> x = Tensor.From([1f, 2, 3, 4], [2, 2]);
        x.CopyFrom(x.Transpose());
        Assert.Equal([1f, 3, 2, 4], x.ToArray());
        using Tensor<float> y = Tensor.From([1f, 2, 3, 4, 5]);
        y.Slice(0, 1, 4).CopyFrom(y.Slice(0, 0, 4));
        Assert.Equal([1f, 1, 2, 3, 4], y.ToArray());
        y.Slice(0, 0, 2).CopyFrom(y.Slice(0, 3, 2));
        Assert.Equal([3f, 4, 2, 3, 4], y.ToArray());
    }

    [Fact]
    public void Ops_into_an_overlapping_view_read_before_they_write()
    {
        using Tensor<float> x = Tensor.From([1f, 2, 3, 4], [2, 2]);
        Ops.Add(x, x.Transpose(), into: x);
        Assert.Equal([2f, 5, 5, 8], x.ToArray());
        Ops.Scale(x, 2, into: x);
        Assert.Equal([4f, 10, 10, 16], x.ToArray());
        using Tensor<float> y = Tensor.From([1f, 2, 3, 4, 5]);
        Ops.Scale(y.Slice(0, 0, 4), 10, into: y.Slice(0, 1, 4));
        Assert.Equal([1f, 10, 20, 30, 40], y.ToArray());
        using Tensor<float> z = Tensor.From([1f, 2, 3, 4, 5, 6], [3, 2]);
        Ops.Sum(z, 0, into: z.Select(0, 0));
        Assert.Equal([9f, 12, 3, 4, 5, 6], z.ToArray());
        using Tensor<float> logits = Tensor.From([0f, 0, 0, 0], [2, 2]);
        Ops.Softmax(logits, 1, into: logits.Transpose());
        Assert.Equal([.5f, .5f, .5f, .5f], logits.ToArray());
    }

    [Fact]
    public void Two_views_of_one_memory_are_two_operands()
    {
        using Tensor<float> x = Ops.RandomNormal(Tensor.Empty<float>([7, 7]), 1);
        using Tensor<float> copy = x.Transpose().Clone();
        using Tensor<float> expected = Ops.SoftmaxBackward(x, copy);
        using Tensor<float> actual = Ops.SoftmaxBackward(x, x.Transpose());
        Assert.Equal(expected.ToArray(), actual.ToArray());
        using Tensor<float> sum = Ops.Add(x, copy);
        using Tensor<float> same = Ops.Add(x, x.Transpose());
        Assert.Equal(sum.ToArray(), same.ToArray());
    }

    [Fact]
    public void Shows_its_type_its_shape_and_its_corners()
    {
        Assert.Equal("float32 [2] [1.5, -2]", Tensor.From([1.5f, -2]).ToString());
        Assert.Equal("int32 [] 7", Tensor.Full<int>([], 7).ToString());
        Assert.Equal("float16 [1] [0.5]", Tensor.From([(Half)0.5f]).ToString());
        Assert.Equal("float32 [2, 0]", Tensor.Zeros<float>([2, 0]).ToString());
        using Tensor<int> count = Tensor.From<int>(Enumerable.Range(0, 100).ToArray(), [10, 10]);
        Assert.Equal(
            "int32 [10, 10] strides [1, 10] [[0, 10, 20, …, 70, 80, 90], [1, 11, 21, …, 71, 81, "
            + "91], [2, 12, 22, …, 72, 82, 92], …, [7, 17, 27, …, 77, 87, 97], [8, 18, 28, …, 78, "
            + "88, 98], [9, 19, 29, …, 79, 89, 99]]",
            count.Transpose().ToString());
        Tensor<float> released = Tensor.Zeros<float>([2]);
        released.Dispose();
        Assert.Equal("float32 [2] (released)", released.ToString());
    }

    [Fact]
    public void Errors_name_the_rule_the_values_and_the_fix()
    {
        using Tensor<float> x = Tensor.Zeros<float>([2, 3, 4]);
        Refused(
            "Shape: at most 6 axes; got 7; merge axes by Reshape.",
            () => Shape.Create([1, 1, 1, 1, 1, 1, 1]));
        Refused(
            "Shape: an axis cannot have a negative length; got [2, -1].",
            () => Shape.Create([2, -1]));
        Refused(
            "Shape: the number of elements must fit 63 bits; got [2147483647, 2147483647, 3, 0].",
            () => Shape.Create([int.MaxValue, int.MaxValue, 3, 0]));
        Refused("Shape: axis 3 does not exist in [2, 3, 4]; use -3 … 2.", () => x.Transpose(3, 0));
        Refused(
            "Shape: axis -2 does not exist in [3]; use -1 … 0.",
            () => Tensor.Zeros<float>([3]).Transpose());
        Refused(
            "Permute: the order must name each axis of [2, 3, 4] once; got (0, 1, 1).",
            () => x.Permute(0, 1, 1));
        Refused(
            "Permute: the order must name each axis of [2, 3, 4] once; got (0, 1).",
            () => x.Permute(0, 1));
        Refused(
            "Unsqueeze: axis 4 cannot be added to [2, 3, 4]; use -4 … 3.", () => x.Unsqueeze(4));
        Refused(
            "Reshape: the number of elements must stay the same; got [2, 3, 4] (24) to [5, -1].",
            () => x.Reshape(5, -1));
        Refused(
            "Reshape: float32 [4, 3, 2] strides [1, 4, 12] cannot be seen as [24] without a copy; "
            + "call Contiguous() first.",
            () => x.Transpose(0, 2).Reshape(24));
        Refused(
            "BroadcastTo: [2, 3, 4] cannot be broadcast to [2, 3]; axes are aligned at the last "
            + "one and only a length of 1 can be broadcast.",
            () => x.BroadcastTo([2, 3]));
        Refused(
            "CopyTo: [2, 3, 4] holds 24 values; got a span of 3.", () => x.CopyTo(new float[3]));
        Refused("Tensor: [2] holds 2 values; got 3.", () => Tensor.From([1f, 2, 3], [2]));
        Refused(
            "Tensor: [2, 3, 4] takes 3 indices; got 2; use Select for a part.", () => x[0, 0] = 1);
        Refused(
            "Tensor: a span needs contiguous elements; got the strided view float32 [2, 4, 3] "
            + "strides [12, 1, 4]; call Contiguous() for a copy.",
            () => x.Transpose().WritableSpan.Clear());
        Refused(
            "Q: shapes must broadcast (equal from the last axis, or 1); got [2] and [3]; axis -1 "
            + "has 2 and 3.", () => Shape.Broadcast("Q", [2], [3]));
    }

    [Fact]
    public void Contiguous_borrows_what_is_contiguous_and_copies_what_is_not()
    {
        using Tensor<float> x = Tensor.From([1f, 2, 3, 4], [2, 2]);
        Assert.True(x.Contiguous().SharesMemoryWith(x));
        using Tensor<float> copy = x.Transpose().Contiguous();
        Assert.False(copy.SharesMemoryWith(x));
        Assert.Equal([1f, 3, 2, 4], copy.Span.ToArray());
        Assert.True(x.Slice(0, 1, 1).IsContiguous);
        Assert.False(x.Slice(1, 1, 1).IsContiguous);
        Assert.True(x.Slice(1, 1, 0).IsContiguous);
        Assert.Equal(4, x[-1, -1]);
    }

    private static void Refused(string message, Action call) =>
        Assert.Equal(message, Assert.Throws<ShapeException>(call).Message);
}
