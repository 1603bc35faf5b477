namespace Vitrine.Tensors;

/// <summary>The checks of ops that select rows or columns by index.</summary>
internal static unsafe class RowIndices
{
    public static void CheckTable(string op, Shape table)
    {
        if (table.Rank != 2)
        {
            throw new ShapeException(
                $"{op}: the table must be [rows, dim]; got {table}; Reshape it to two axes.");
        }
    }

    /// <summary>The indices' shape with the row's length after it.</summary>
    public static Shape RowsShape(string op, Shape indices, int length)
    {
        if (indices.Rank == Shape.MaxRank)
        {
            throw new ShapeException(
                $"{op}: indices may have at most {Shape.MaxRank - 1} axes; got {indices}; Reshape "
                + "them.");
        }

        Span<int> lengths = stackalloc int[indices.Rank + 1];
        indices.CopyTo(lengths);
        lengths[^1] = length;
        return Shape.Create(lengths);
    }

    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public static void Check(string op, string name, Tensor<int> indices, int count, string what)
    {
        ReadOnlySpan<int> values = indices.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(
                    name,
                    $"{op}: {name} must be 0 … {count - 1}, the {what}; got {values[i]} at {i}.");
            }
        }
    }
}
