using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>Tensors with head axes seen as matrices, so that all heads are one product.</summary>
internal static class HeadRows
{
    /// <summary>A matrix whose columns are the last <paramref name="axes"/> axes; a view where the
    /// memory allows it.</summary>
    public static Tensor<float> Of(Tape tape, Tensor<float> x, int axes)
    {
        int columns = 1;
        for (int axis = x.Rank - axes; axis < x.Rank; axis++)
        {
            columns *= x.Shape[axis];
        }

        int rows = columns == 0 ? Leading(x, axes) : checked((int)(x.Length / columns));
        return (x.IsContiguous ? x : tape.Own(x.Clone())).Reshape(rows, columns);
    }

    /// <summary>The shape with more axes behind it.</summary>
    public static Shape Join(Shape shape, params ReadOnlySpan<int> last)
    {
        Span<int> lengths = stackalloc int[shape.Rank + last.Length];
        shape.CopyTo(lengths);
        last.CopyTo(lengths[shape.Rank..]);
        return Shape.Create(lengths);
    }

    /// <summary>Adds a product of matrices to a gradient that is that matrix with more
    /// axes.</summary>
    public static void AddProduct(Tensor<float> into, Tensor<float> left, Tensor<float> right)
    {
        if (into.IsContiguous)
        {
            Ops.MatMul(
                left, right, into: into.Reshape(left.Shape[0], right.Shape[1]), accumulate: true);
            return;
        }

        using Tensor<float> product = Ops.MatMul(left, right);
        Ops.Add(into, product.Reshape([.. into.Shape]), into: into);
    }

    /// <summary>Adds the sum of the rows to a bias' gradient.</summary>
    public static void AddSum(Tensor<float> into, Tensor<float> rows)
    {
        using Tensor<float> sum = Ops.Sum(rows, axis: 0);
        Ops.Add(into, sum.Reshape([.. into.Shape]), into: into);
    }

    private static int Leading(Tensor<float> x, int axes)
    {
        int rows = 1;
        for (int axis = 0; axis < x.Rank - axes; axis++)
        {
            rows *= x.Shape[axis];
        }

        return rows;
    }
}
