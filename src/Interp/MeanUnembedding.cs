using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp;

/// <summary>The mean column of W_U: the mean over the vocabulary of a stream's logits is its
/// product with this one.</summary>
internal static class MeanUnembedding
{
    /// <summary>float32 [dModel].</summary>
    public static float[] Of(Transformer model)
    {
        using Tensor<float> mean = Ops.Mean(model.Unembed.W_U.Value.Transpose(), axis: 0);
        return mean.ToArray();
    }
}
