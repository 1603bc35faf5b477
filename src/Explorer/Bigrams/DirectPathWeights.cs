using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>The direct path as a page computes with it: one byte a weight.</summary>
/// <param name="W_E">What the unembedding reads of each token, [vocab, dModel].</param>
/// <param name="W_U">W_U transposed, [vocab, dModel].</param>
/// <param name="Bias">b_U, float32 [vocab]; zeros if the model has none.</param>
/// <param name="LogSumExp"><c>ln Σ exp(logit)</c>, float32 [vocab]; NaN where it was not
/// computed.</param>
/// <param name="Counts">Pairs of the training text; none where no text is known.</param>
/// <param name="Error">What one byte a weight costs.</param>
internal sealed record DirectPathWeights(
    QuantisedMatrix W_E, QuantisedMatrix W_U, float[] Bias, float[] LogSumExp,
    BigramCounts Counts, LogitError Error)
{
    /// <summary>The weights of an analysis.</summary>
    public static DirectPathWeights Of(ZeroLayerAnalysis analysis) => new(
        analysis.W_E, analysis.W_U, analysis.Bias, analysis.LogSumExp, analysis.Counts,
        analysis.LogitError);

    /// <summary>Rounds the weights of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="logSumExp">Its normalisers, NaN for inputs that were not normalised.</param>
    public static DirectPathWeights Of(DirectPath path, BigramCounts counts, float[] logSumExp)
    {
        QuantisedMatrix embed = QuantisedMatrix.Of(path.Read);
        QuantisedMatrix unembed = QuantisedMatrix.Of(path.Unembed);
        int[] normalised =
            [.. Enumerable.Range(0, path.Vocabulary).Where(id => !float.IsNaN(logSumExp[id]))];
        return new DirectPathWeights(
            embed, unembed, path.Bias?.ToArray() ?? new float[path.Vocabulary], logSumExp, counts,
            LogitError.Of(path, embed, unembed, normalised));
    }

    /// <summary>The arrays of <c>Web/bigrams/model.js</c>.</summary>
    public Dictionary<string, PackedArray> Arrays => new(Matrices(W_E, W_U))
    {
        ["b_U"] = PackedArray.Of(Bias),
        ["logSumExp"] = PackedArray.Of(LogSumExp),
        ["bigrams"] = PackedArray.Of(TokenTables.Encode(Counts.Following)),
    };

    /// <summary>Those of the matrices alone.</summary>
    public static Dictionary<string, PackedArray> Matrices(
        QuantisedMatrix embed, QuantisedMatrix unembed) => new()
        {
            ["W_E"] = PackedArray.Of(embed.Values),
            ["W_E.scale"] = PackedArray.Of(embed.Scales),
            ["W_U"] = PackedArray.Of(unembed.Values),
            ["W_U.scale"] = PackedArray.Of(unembed.Scales),
        };
}
