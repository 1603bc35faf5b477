namespace Vitrine.Tensors.Tests;

/// <summary>Integers into and out of ops, which the op specs hold fixed.</summary>
public class IndexTests
{
    public static TheoryData<string> Outside => [.. Calls.Keys];

    /// <summary>Whatever takes an index, a part or a count, and what it says of one that lies
    /// outside.</summary>
    private static Dictionary<string, Action> Calls { get; } = new()
    {
        ["Tensor: index 4 is outside axis 2 of [2, 3, 4]; use -4 … 3."] =
            () => Zeros(2, 3, 4)[0, 0, 4] = 1,
        ["Tensor: index -3 is outside axis 0 of [2]; use -2 … 1."] = () => _ = Zeros(2)[-3],
        ["Select: index 3 is outside axis 1 of [2, 3, 4]; use -3 … 2."] =
            () => Zeros(2, 3, 4).Select(1, 3),
        ["Slice: the part must lie inside axis 1 of [2, 3, 4]; got start 2, length 2."] =
            () => Zeros(2, 3, 4).Slice(1, 2, 2),
        ["Slice: the part must lie inside axis 1 of [2, 3, 4]; got start -1, length 2."] =
            () => Zeros(2, 3, 4).Slice(1, -1, 2),
        ["GatherRows: indices must be 0 … 4, the rows of the table; got 5 at 1."] =
            () => Ops.GatherRows(Zeros(5, 2), At(0, 5)),
        ["ScatterAddRows: indices must be 0 … 4, the rows of into; got -1 at 0."] =
            () => Ops.ScatterAddRows(Zeros(5, 2), At(-1), Zeros(1, 2)),
        ["TopK: k must be 0 … 3, the last axis of [2, 3]; got 4."] =
            () => Ops.TopK(Zeros(2, 3), 4),
        ["CrossEntropy: targets must be 0 … 2, the vocabulary; got 3 at 0."] =
            () => Ops.CrossEntropy(Zeros(1, 3), At(3)),
        ["CrossEntropyBackward: targets must be 0 … 2, the vocabulary; got 3 at 0."] =
            () => Ops.CrossEntropyBackward(Zeros(1, 3), At(3), Zeros(1)),
        ["LinearCrossEntropy: targets must be 0 … 4; got 5 at 0."] =
            () => Ops.LinearCrossEntropy(Zeros(1, 2), Zeros(2, 5), null, At(5)),
        ["LinearCrossEntropyBackward: targets must be 0 … 4; got -1 at 0."] =
            () => Ops.LinearCrossEntropyBackward(
                Zeros(1, 2), Zeros(2, 5), null, At(-1), Zeros(1), null, null, null),
        ["LinearCrossEntropyWithGradients: targets must be 0 … 4; got 5 at 0."] =
            () => Ops.LinearCrossEntropyWithGradients(
                Zeros(1, 2), Zeros(2, 5), null, At(5), Zeros(1), null, null, null),
    };

    [Fact]
    public void Strided_indices_and_targets_equal_contiguous_ones()
    {
        using Tensor<int> memory = Tensor.From<int>([3, 9, 0, 9, 2, 9, 3, 9], [4, 2]);
        Tensor<int> strided = memory.Select(1, 0);
        using Tensor<int> contiguous = strided.Clone();
        using Tensor<float> x = Ops.RandomNormal(Tensor.Empty<float>([4, 5]), 1);
        using Tensor<float> dLoss = Ops.RandomNormal(Tensor.Empty<float>([4]), 2);
        Same(Ops.GatherRows(x, contiguous), Ops.GatherRows(x, strided));
        Same(Ops.CrossEntropy(x, contiguous), Ops.CrossEntropy(x, strided));
        Same(
            Ops.CrossEntropyBackward(x, contiguous, dLoss),
            Ops.CrossEntropyBackward(x, strided, dLoss));
        Same(
            Ops.ScatterAddRows(Tensor.Zeros<float>([4, 5]), contiguous, x),
            Ops.ScatterAddRows(Tensor.Zeros<float>([4, 5]), strided, x));
        using Tensor<int> square = Tensor.From<int>([0, 1, 2, 3], [2, 2]);
        Assert.Equal(x[2, 4], Ops.GatherRows(x, square.Transpose())[0, 1, 4]);
    }

    [Fact]
    public void ArgMax_writes_to_a_destination()
    {
        using Tensor<float> x = Tensor.From([1f, 5, 2, 7, 0, 7], [2, 3]);
        using Tensor<int> into = Tensor.Zeros<int>([2, 2]);
        Tensor<int> column = into.Select(1, 1);
        Assert.Same(column, Ops.ArgMax(x, 1, into: column));
        Assert.Equal([0, 1, 0, 0], into.ToArray());
        Assert.Equal([1, 0, 1], Ops.ArgMax(x, 0).ToArray());
        Assert.Equal(3, Ops.ArgMax(x)[[]]);
        Assert.Equal(
            "ArgMax: into must be [2, 1]; got [2]; leave it out for a new tensor.",
            Assert.Throws<ShapeException>(() => Ops.ArgMax(x, 1, keepAxis: true, into: column))
                .Message);
    }

    [Fact]
    public void A_table_may_be_gathered_from_and_scattered_into_as_a_transposed_view()
    {
        using Tensor<float> memory = Ops.RandomNormal(Tensor.Empty<float>([5, 4]), 1);
        using Tensor<float> table = memory.Transpose().Clone();
        using Tensor<int> indices = Tensor.From<int>(3, 0, 3);
        using Tensor<float> rows = Ops.RandomNormal(Tensor.Empty<float>([3, 5]), 2);
        Same(Ops.GatherRows(table, indices), Ops.GatherRows(memory.Transpose(), indices));
        Ops.ScatterAddRows(table, indices, rows);
        Ops.ScatterAddRows(memory.Transpose(), indices, rows);
        Assert.Equal(table.ToArray(), memory.Transpose().ToArray());
    }

    [Theory]
    [MemberData(nameof(Outside))]
    public void What_lies_outside_is_out_of_range(string message)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(Calls[message]);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.ParamName);
    }

    private static Tensor<float> Zeros(params ReadOnlySpan<int> lengths) =>
        Tensor.Zeros<float>(Shape.Create(lengths));

    private static Tensor<int> At(params ReadOnlySpan<int> indices) => Tensor.From<int>(indices);

    private static void Same(Tensor<float> expected, Tensor<float> actual)
    {
        Assert.Equal(expected.ToArray(), actual.ToArray());
        expected.Dispose();
        actual.Dispose();
    }
}
