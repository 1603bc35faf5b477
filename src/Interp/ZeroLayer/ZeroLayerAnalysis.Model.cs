using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.ZeroLayer;

/// <content>Of a model and the text that it was trained on.</content>
public sealed partial record ZeroLayerAnalysis
{
    /// <summary>Asks everything of a model without layers.</summary>
    /// <param name="model">The model; only read, and not needed afterwards.</param>
    /// <param name="corpus">The text that it was trained on, and the part that was held
    /// out.</param>
    /// <param name="options">What to ask.</param>
    /// <param name="progress">Hears stages and shares.</param>
    /// <param name="cancellation">Ends it soon.</param>
    /// <inheritdoc cref="Of(DirectPath, Models.Tokenizers.Tokenizer, ReadOnlySpan{int}, ReadOnlySpan{int}, ZeroLayerOptions?, IProgress{AnalysisProgress}?, CancellationToken)" path="/exception"/>
    public static ZeroLayerAnalysis Of(
        Transformer model, Corpus corpus, ZeroLayerOptions? options = null,
        IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        using DirectPath path = DirectPath.Of(model);
        return Of(path, corpus.Tokenizer, corpus.Train, corpus.HeldOut, options, progress,
            cancellation);
    }
}
