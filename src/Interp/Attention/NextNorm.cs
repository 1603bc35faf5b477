using Vitrine.Tensors;

namespace Vitrine.Interp.Attention;

/// <summary>The layer norm that reads the stream after an attention layer: in an attention-only
/// model that of the next layer or the final one, with a feed-forward block that block's, and after
/// post-norm attention the norm directly after it.
/// <code>norm(m) = γ (m − mean m) / √(var m + ε) + β</code></summary>
/// <param name="Weight">γ, float32 [dModel]; null for ones. Borrowed.</param>
/// <param name="Epsilon">ε.</param>
public sealed record NextNorm(Tensor<float>? Weight, double Epsilon);
