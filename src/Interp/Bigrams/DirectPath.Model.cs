using Vitrine.Models;

namespace Vitrine.Interp.Bigrams;

/// <content>Of a model.</content>
public sealed partial class DirectPath
{
    /// <summary>The direct path of a model: its embedding and unembedding, borrowed: it must
    /// outlive this.</summary>
    public static DirectPath Of(Transformer model) =>
        new(model.Embed.W_E.Value, model.Unembed.W_U.Value, model.Unembed.B_U.Value);
}
