namespace Vitrine.Tensors;

/// <summary>The requirements of the optimizer kernels on their tensors.</summary>
internal static class OptimizerShapes
{
    public static void Check(
        string op, Tensor<float> parameter, Tensor<float> other, string what, bool written = true)
    {
        if (other.Shape != parameter.Shape)
        {
            throw new ShapeException(
                $"{op}: {what} must have the parameter's shape {parameter.Shape}; got "
                + $"{other.Shape}.");
        }

        parameter.RequireWritable(op);
        if (written)
        {
            other.RequireWritable(op);
        }

        if (!parameter.IsContiguous || !other.IsContiguous)
        {
            throw new ShapeException(
                $"{op}: the parameter and {what} must be contiguous; pass the tensors that own the "
                + "memory, not transposed views.");
        }
    }
}
