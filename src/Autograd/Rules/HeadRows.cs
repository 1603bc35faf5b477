using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>What reading and writing the stream by heads share.</summary>
internal static class HeadRows
{
    /// <summary>The last axes brought to the front; a view.</summary>
    public static Tensor<float> LastFirst(Tensor<float> x, int axes)
    {
        Span<int> order = stackalloc int[x.Rank];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i < axes ? x.Rank - axes + i : i - axes;
        }

        return x.Permute(order);
    }

    /// <summary>Adds the sum over all leading axes to a bias' gradient.</summary>
    public static void AddSum(Tensor<float> into, Tensor<float> dY)
    {
        Tensor<float> rows = dY.Reshape([-1, .. into.Shape]);
        using Tensor<float> sum = Ops.Sum(rows, axis: 0);
        Ops.Add(into, sum, into: into);
    }
}
