using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>Tokens laid out in the plane.</summary>
/// <param name="Method"><c>PCA</c> or <c>t-SNE</c>.</param>
/// <param name="Matrix"><c>W_E</c> or <c>W_U</c>.</param>
/// <param name="Ids">The tokens, <c>[points]</c>.</param>
/// <param name="X">First coordinate, <c>[points]</c>.</param>
/// <param name="Y">Second coordinate, <c>[points]</c>.</param>
public sealed record EmbeddingMap(string Method, string Matrix, int[] Ids, float[] X, float[] Y)
    : Analysis("embedding-map", "Which tokens does the model treat as similar?", UnitOf(Method), Method)
{
    /// <summary>The name of the map of principal components.</summary>
    public const string PcaMethod = "PCA";

    /// <summary>The name of the t-SNE map.</summary>
    public const string TSneMethod = "t-SNE";

    /// <summary>How the map was made and how to read it, in a sentence.</summary>
    public string Description => Method == PcaMethod
        ? "The first two principal components of the rows, centred, not scaled."
        : "Barnes–Hut t-SNE from the first two principal components; only neighbourhoods carry "
            + "meaning; distances between clusters and their sizes do not.";

    /// <summary>PCA: every component's share of the variance of these rows, falling.</summary>
    public IReadOnlyList<double>? ExplainedVariance { get; init; }

    /// <summary>t-SNE: KL(P ‖ Q) at the end, in nats.</summary>
    public double? Divergence { get; init; }

    /// <summary>t-SNE: the requested perplexity.</summary>
    public double? Perplexity { get; init; }

    /// <summary>t-SNE: the seed of the start.</summary>
    public ulong Seed { get; init; }

    /// <summary>The first two principal components of chosen rows of <c>float32 [vocab,
    /// dModel]</c>. The residual is the share of variance that the two axes do not show.</summary>
    public static EmbeddingMap Pca(string matrix, Tensor<float> weights, int[] ids)
    {
        var pca = Embeddings.Pca.Of(weights, ids);
        int axes = Math.Min(2, pca.Mean.Length);
        double[] projected = pca.Project(axes);
        double[] shares = pca.ExplainedVarianceRatio;
        float[] x = new float[ids.Length];
        float[] y = new float[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            x[i] = (float)projected[i * axes];
            y[i] = axes == 2 ? (float)projected[(i * 2) + 1] : 0;
        }

        return new EmbeddingMap(PcaMethod, matrix, ids, x, y)
        {
            ExplainedVariance = shares,
            Residual = Math.Max(0, 1 - shares.Take(2).Sum()),
        };
    }

    /// <summary>A t-SNE map of chosen rows of <c>float32 [vocab, dModel]</c>. The residual is the
    /// remaining divergence.</summary>
    public static EmbeddingMap TSne(
        string matrix, Tensor<float> weights, int[] ids, TSneOptions options,
        IProgress<TSneProgress>? progress = null, CancellationToken cancellation = default)
    {
        TSneMap map = Embeddings.TSne.Of(weights, ids, options, progress, cancellation);
        return new EmbeddingMap(
            TSneMethod, matrix, ids, Array.ConvertAll(map.X, value => (float)value),
            Array.ConvertAll(map.Y, value => (float)value))
        {
            Divergence = map.Divergence,
            Perplexity = options.Perplexity,
            Seed = options.Seed,
            Residual = map.Divergence,
        };
    }

    private static string UnitOf(string method) => method == PcaMethod ? "units of the weights"
        : "none";
}
