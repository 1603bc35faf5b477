using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Vitrine.Tensors.Tests;

/// <summary>Shapes and views held against a naive model: a list of lengths, and an array indexed by
/// row-major arithmetic.</summary>
[Properties(Arbitrary = [typeof(ViewProperties)], MaxTest = 200)]
public class ViewProperties
{
    /// <summary>The lengths of a small tensor, and numbers to choose a view with.</summary>
    public sealed record Layout(int[] Lengths, int[] Choices)
    {
        public override string ToString() =>
            $"[{string.Join(", ", Lengths)}] by ({string.Join(", ", Choices)})";
    }

    public static Arbitrary<Layout> Layouts() => (
        from rank in Gen.Choose(0, 4)
        from lengths in Gen.ArrayOf(
            Gen.Frequency((1, Gen.Constant(0)), (12, Gen.Choose(1, 5))), rank)
        from choices in Gen.ArrayOf(Gen.Choose(0, 1000), 16)
        select new Layout(lengths, choices)).ToArbitrary();

    [Property]
    public void A_shape_is_its_lengths(Layout layout)
    {
        Shape shape = Shape.Create(layout.Lengths);
        Assert.Equal(layout.Lengths.Length, shape.Rank);
        Assert.Equal(layout.Lengths.Aggregate(1L, (a, b) => a * b), shape.Length);
        Assert.Equal($"[{string.Join(", ", layout.Lengths)}]", shape.ToString());
        Assert.True(shape == Shape.Create(layout.Lengths));
        Assert.Equal(shape.GetHashCode(), Shape.Create(layout.Lengths).GetHashCode());
        int axis = 0;
        foreach (int length in shape)
        {
            Assert.Equal(layout.Lengths[axis], length);
            Assert.Equal(length, shape[axis - shape.Rank]);
            Assert.False(shape == shape.With(axis, length + 1));
            Assert.Equal(
                layout.Lengths.Where((_, i) => i != axis),
                Specs.Layouts.Enumerate(shape.Without(axis)));
            axis++;
        }

        Assert.Throws<ShapeException>(() => shape[shape.Rank]);
        Assert.Throws<ShapeException>(() => shape[-shape.Rank - 1]);
    }

    [Property]
    public void Views_of_views_show_the_elements_of_the_model(Layout layout)
    {
        using Tensor<int> x = Counting(layout.Lengths);
        Tensor<int> view = x;
        int[] lengths = layout.Lengths;
        Func<int[], int> at = index => Flat(index, layout.Lengths);
        for (int step = 0; step + 2 < layout.Choices.Length; step += 3)
        {
            (view, lengths, at) = Next(view, lengths, at, layout.Choices.AsSpan(step, 3));
            Same(view, lengths, at);
        }
    }

    [Property]
    public void Reshape_keeps_the_order_of_the_elements(Layout layout)
    {
        using Tensor<int> x = Counting(layout.Lengths);
        int[] order = Shuffled(layout.Lengths.Length, layout.Choices);
        Tensor<int> view = x.Permute(order);
        int[] elements = view.ToArray();
        int[] lengths = [.. order.Select(axis => layout.Lengths[axis])];
        Assert.Equal(elements, x.Permute(order).Contiguous().Reshape((int)x.Length).ToArray());

        // Splitting an axis, adding axes of length 1 and merging neighbours in order never need a
        // copy.
        int[] ones = [.. lengths.SelectMany(length => (int[])[length, 1])];
        if (ones.Length <= Shape.MaxRank)
        {
            Tensor<int> split = view.Reshape(ones);
            Assert.Equal(elements, split.ToArray());
            Assert.Equal(elements, split.Reshape(lengths).ToArray());
        }

        try
        {
            Assert.Equal(elements, view.Reshape((int)view.Length).ToArray());
            Assert.True(view.Reshape((int)view.Length).SharesMemoryWith(x));
        }
        catch (ShapeException error)
        {
            Assert.Contains("cannot be seen as", error.Message, StringComparison.Ordinal);
            Assert.False(view.IsContiguous);
        }
    }

    [Property]
    public void Broadcasting_aligns_the_last_axes(Layout layout)
    {
        int[] a = layout.Lengths;
        int[] b = [
            .. a.Skip(layout.Choices[0] % (a.Length + 1)).Select(
                (n, i) => layout.Choices[i + 1] % 3 == 0 ? 1 : n)];
        int[] stretchedA = [.. a.Select((n, i) => layout.Choices[i + 6] % 3 == 0 ? 1 : n)];
        int[] expected = [.. a.Select((n, i) =>
            stretchedA[i] == 1 ? (i < a.Length - b.Length ? 1 : b[i - (a.Length - b.Length)]) : n)];
        Shape shape = Shape.Broadcast("Test", Shape.Create(stretchedA), Shape.Create(b));
        Assert.Equal(expected, Specs.Layouts.Enumerate(shape));
        Assert.Equal(shape, Shape.Broadcast("Test", Shape.Create(b), Shape.Create(stretchedA)));

        using Tensor<int> x = Counting(b);
        Same(x.BroadcastTo(shape), expected, index =>
        {
            int[] own =
                [.. index.Skip(expected.Length - b.Length).Select((n, i) => b[i] == 1 ? 0 : n)];
            return Flat(own, b);
        });
    }

    [Property]
    public void Copies_between_any_two_layouts_keep_the_elements(Layout layout)
    {
        using Tensor<int> x = Counting(layout.Lengths);
        int[] order = Shuffled(layout.Lengths.Length, layout.Choices);
        Tensor<int> source = x.Permute(order);
        using Tensor<int> memory = Tensor.Zeros<int>(
            Shape.Create([.. Specs.Layouts.Enumerate(source.Shape), 2]));
        Tensor<int> destination = memory.Select(-1, 1);
        destination.CopyFrom(source);
        Assert.Equal(source.ToArray(), destination.ToArray());
        Assert.All(memory.Select(-1, 0).ToArray(), value => Assert.Equal(0, value));
        using Tensor<int> clone = destination.Clone();
        Assert.True(clone.IsContiguous);
        Assert.Equal(source.ToArray(), clone.Span.ToArray());
    }

    private static (Tensor<int> View, int[] Lengths, Func<int[], int> At) Next(
        Tensor<int> view, int[] lengths, Func<int[], int> at, ReadOnlySpan<int> choice)
    {
        int rank = lengths.Length;
        int axis = rank == 0 ? 0 : choice[1] % rank;
        switch (choice[0] % 5)
        {
            case 0 when rank > 0:
                int start = choice[2] % (lengths[axis] + 1);
                int length = choice[1] % (lengths[axis] - start + 1);
                return (view.Slice(axis - rank, start, length), Replaced(lengths, axis, length),
                    index => at(Replaced(index, axis, index[axis] + start)));
            case 1 when rank > 0 && lengths[axis] > 0:
                int selected = choice[2] % lengths[axis];
                return (view.Select(axis, selected - lengths[axis]),
                    [.. lengths.Where((_, i) => i != axis)],
                    index => at([.. index.Take(axis), selected, .. index.Skip(axis)]));
            case 2 when rank > 0:
                int other = choice[2] % rank;
                return (view.Transpose(axis, other), Swapped(lengths, axis, other),
                    index => at(Swapped(index, axis, other)));
            case 3 when rank < Shape.MaxRank:
                int added = choice[2] % (rank + 1);
                return (view.Unsqueeze(added), [.. lengths.Take(added), 1, .. lengths.Skip(added)],
                    index => at([.. index.Where((_, i) => i != added)]));
            default:
                int[] order = Shuffled(rank, choice.ToArray());
                return (view.Permute(order), [.. order.Select(i => lengths[i])], index =>
                {
                    int[] original = new int[rank];
                    for (int i = 0; i < rank; i++)
                    {
                        original[order[i]] = index[i];
                    }

                    return at(original);
                });
        }
    }

    private static void Same(Tensor<int> view, int[] lengths, Func<int[], int> at)
    {
        Assert.Equal(lengths, Specs.Layouts.Enumerate(view.Shape));
        int[] values = view.ToArray();
        int count = lengths.Aggregate(1, (a, b) => a * b);
        Assert.Equal(count, values.Length);
        for (int flat = 0; flat < count; flat++)
        {
            int[] index = new int[lengths.Length];
            for (int axis = lengths.Length - 1, rest = flat; axis >= 0; rest /= lengths[axis],
                axis--)
            {
                index[axis] = rest % lengths[axis];
            }

            Assert.Equal(at(index), values[flat]);
            Assert.Equal(at(index), view[index]);
        }
    }

    private static Tensor<int> Counting(int[] lengths)
    {
        Shape shape = Shape.Create(lengths);
        return Tensor.From<int>([.. Enumerable.Range(0, (int)shape.Length)], shape);
    }

    private static int Flat(int[] index, int[] lengths) =>
        index.Select((n, axis) => (n, axis)).Aggregate(
            0, (flat, at) => (flat * lengths[at.axis]) + at.n);

    private static int[] Shuffled(int count, int[] choices) =>
        [.. Enumerable.Range(0, count)
            .OrderBy(i => (choices[i % choices.Length] * (i + 7)) % 11).ThenBy(i => -i)];

    private static int[] Replaced(int[] values, int at, int value)
    {
        int[] copy = [.. values];
        copy[at] = value;
        return copy;
    }

    private static int[] Swapped(int[] values, int a, int b)
    {
        int[] copy = [.. values];
        (copy[a], copy[b]) = (copy[b], copy[a]);
        return copy;
    }
}
