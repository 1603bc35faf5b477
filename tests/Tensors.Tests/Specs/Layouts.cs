namespace Vitrine.Tensors.Tests.Specs;

/// <summary>Ways to lay the same values out in memory. Each tensor lies inside a larger one filled
/// with a guard value, so that a kernel that writes beside its destination is found.</summary>
public static class Layouts
{
    public const float Guard = -7777.25f;

    public static readonly string[] Names =
        ["transposed", "every second", "reversed axes", "middle of a larger one"];

    /// <summary>A view of new memory in a layout, and the memory it lies in. Its elements are
    /// guards.</summary>
    public static (Tensor<float> View, Tensor<float> Memory) Empty(string layout, Shape shape)
    {
        int rank = shape.Rank;
        int[] lengths = [.. Enumerate(shape)];
        switch (layout)
        {
            case "transposed" when rank >= 2:
                (lengths[^1], lengths[^2]) = (lengths[^2], lengths[^1]);
                Tensor<float> transposed = Guarded(lengths);
                return (transposed.Transpose(), transposed);

            case "reversed axes" when rank >= 2:
                Array.Reverse(lengths);
                Tensor<float> reversed = Guarded(lengths);
                return (reversed.Permute([.. Enumerable.Range(0, rank).Reverse()]), reversed);

            case "every second" when rank < Shape.MaxRank:
            case var _ when rank == 0:
                Tensor<float> pairs = Guarded([.. lengths, 2]);
                return (pairs.Select(-1, 1), pairs);

            default:
                Tensor<float> wide = Guarded([.. lengths.Select(length => length + 3)]);
                Tensor<float> middle = wide;
                for (int axis = 0; axis < rank; axis++)
                {
                    middle = middle.Slice(axis, 2, lengths[axis]);
                }

                return (middle, wide);
        }
    }

    /// <summary>The values in a layout.</summary>
    public static Tensor<float> Of(string layout, Values values)
    {
        (Tensor<float> view, _) = Empty(layout, values.Shape);
        using Tensor<float> contiguous = values.ToTensor();
        view.CopyFrom(contiguous);
        return view;
    }

    /// <summary>Fails if anything in the memory outside the view is no longer a guard.</summary>
    public static void CheckGuards(string what, Tensor<float> view, Tensor<float> memory)
    {
        using Tensor<float> inside = view.Clone();
        view.Fill(Guard);
        foreach (float value in memory.ToArray())
        {
            Assert.True(value == Guard, $"{what}: wrote outside its destination.");
        }

        view.CopyFrom(inside);
    }

    public static int[] Enumerate(Shape shape)
    {
        int[] lengths = new int[shape.Rank];
        shape.CopyTo(lengths);
        return lengths;
    }

    private static Tensor<float> Guarded(int[] lengths) =>
        Tensor.Full(Shape.Create(lengths), Guard);
}
