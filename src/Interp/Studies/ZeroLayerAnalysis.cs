using System.Text.Json.Serialization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Interp.Studies;

/// <summary>The whole analysis of a 0-layer model, from its weights and its text.</summary>
/// <remarks>A plain record without native memory: the weights may be released after it is
/// made.</remarks>
internal sealed record ZeroLayerAnalysis
{
    /// <summary>Pairs of the training text.</summary>
    [JsonIgnore]
    public required BigramCounts Counts { get; init; }

    /// <summary><c>ln Σ exp(logit)</c> of every input that occurs in a text, float32 [vocab]; NaN
    /// for the others.</summary>
    [JsonIgnore]
    public required float[] LogSumExp { get; init; }

    /// <summary>W_E at one byte per weight, [vocab, dModel].</summary>
    [JsonIgnore]
    public required QuantisedMatrix W_E { get; init; }

    /// <summary>W_U at one byte per weight, transposed: [vocab, dModel], a row for each
    /// token.</summary>
    [JsonIgnore]
    public required QuantisedMatrix W_U { get; init; }

    /// <summary>b_U, float32 [vocab]; zeros if the model has none.</summary>
    [JsonIgnore]
    public required float[] Bias { get; init; }

    /// <summary>How good it is.</summary>
    public required LossComparison Losses { get; init; }

    /// <summary>How many common followers it knows.</summary>
    public required FollowerScore Followers { get; init; }

    /// <summary>What nearest neighbours share, in W_E and in W_U.</summary>
    public required IReadOnlyList<NeighbourScore> Neighbours { get; init; }

    /// <summary>PCA and t-SNE of W_E, then of W_U.</summary>
    public required IReadOnlyList<EmbeddingMap> Maps { get; init; }

    /// <summary>Tables of a few example tokens.</summary>
    public required IReadOnlyList<BigramTable> Examples { get; init; }

    /// <summary>The cost of one byte per weight.</summary>
    public required LogitError LogitError { get; init; }

    /// <summary>Runs the whole analysis.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="train">Training documents, each preceded by end-of-text.</param>
    /// <param name="heldOut">Held-out documents, likewise.</param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives stages and shares.</param>
    /// <param name="cancellation">Cancels the analysis.</param>
    /// <exception cref="ShapeException">Weights and tokenizer have different
    /// vocabularies.</exception>
    /// <exception cref="ArgumentException">A text has no pair, or a weight is not
    /// finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ZeroLayerAnalysis Of(
        DirectPath path, Tokenizer tokenizer, ReadOnlySpan<int> train, ReadOnlySpan<int> heldOut,
        ZeroLayerOptions? options = null, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new ZeroLayerOptions();
        if (path.Vocabulary != tokenizer.VocabularySize)
        {
            throw new ShapeException(
                "ZeroLayerAnalysis: weights and tokenizer must have one vocabulary; got "
                + $"{path.Vocabulary} and {tokenizer.VocabularySize} tokens.");
        }

        int endOfText = tokenizer.EndOfText;
        progress?.Report(new AnalysisProgress("Counting pairs", 0));
        BigramCounts counts = BigramCounts.Of(train, endOfText, path.Vocabulary);
        int[] inputs =
            Inputs(counts, BigramCounts.Of(heldOut, endOfText, path.Vocabulary),
                options.UnseenInputs);
        float[] logSumExp =
            path.LogSumExp(
                inputs,
                AnalysisProgress.Of<double>(progress, "Normalising every row", share => share),
                cancellation);
        progress?.Report(new AnalysisProgress("Comparing losses", 0));
        LossComparison losses = LossComparison.Of(
            new DirectPathModel(path, logSumExp), new UnigramModel(counts),
            new KneserNeyBigram(counts), train,
            heldOut, endOfText, cancellation);
        progress?.Report(new AnalysisProgress("Reading tables", 0));
        TokenClass[] classes = tokenizer.Classes();
        int[] examples = CollocationHeads.Of(counts, classes, options.Examples);
        var tables = new BigramTables(path, counts, logSumExp);
        QuantisedMatrix embed = QuantisedMatrix.Of(path.Read);
        QuantisedMatrix unembed = QuantisedMatrix.Of(path.Unembed);
        int[] common = counts.MostFrequentTokens(options.MapTokens);
        return new ZeroLayerAnalysis
        {
            Counts = counts,
            LogSumExp = logSumExp,
            W_E = embed,
            W_U = unembed,
            Bias = path.Bias?.ToArray() ?? new float[path.Vocabulary],
            Losses = losses,
            Followers = FollowerScore.Of(path, counts),
            Neighbours = NeighbourScores(path, tokenizer, common, progress, cancellation),
            Maps = MapsOf(path, common, options.TSne, progress, cancellation),
            Examples = [.. examples.Select(token => tables.Of(token, options.TableRows))],
            LogitError = LogitError.Of(path, embed, unembed, inputs),
        };
    }

    /// <summary>Runs the whole analysis of a model without layers.</summary>
    /// <param name="model">The model; only read, and not needed afterwards.</param>
    /// <param name="corpus">The text that it was trained on, and the part that was held
    /// out.</param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives stages and shares.</param>
    /// <param name="cancellation">Cancels the analysis.</param>
    /// <inheritdoc cref="Of(DirectPath, Tokenizer, ReadOnlySpan{int}, ReadOnlySpan{int}, ZeroLayerOptions?, IProgress{AnalysisProgress}?, CancellationToken)" path="/exception"/>
    public static ZeroLayerAnalysis Of(
        Transformer model, Corpus corpus, ZeroLayerOptions? options = null,
        IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        using DirectPath path = DirectPath.Of(model);
        return Of(path, corpus.Tokenizer, corpus.Train, corpus.HeldOut, options, progress,
            cancellation);
    }

    private static int[] Inputs(BigramCounts train, BigramCounts heldOut, bool unseen)
    {
        var inputs = new List<int>();
        for (int token = 0; token < train.Vocabulary; token++)
        {
            if (unseen || train.FirstCounts[token] > 0 || heldOut.FirstCounts[token] > 0)
            {
                inputs.Add(token);
            }
        }

        return [.. inputs];
    }

    /// <summary>What nearest neighbours have in common, in W_E and in W_U.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="common">The tokens that are asked.</param>
    /// <param name="progress">Hears stages and shares.</param>
    /// <param name="cancellation">Ends it soon.</param>
    public static NeighbourScore[] NeighbourScores(
        DirectPath path, Tokenizer tokenizer, int[] common,
        IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        progress?.Report(new AnalysisProgress("Finding neighbours", 0));
        TokenClass[] classes = tokenizer.Classes();
        IReadOnlyList<TokenGroup> groups = TokenGroup.English(tokenizer);
        return
        [
            NeighbourScore.Of("W_E", path.Embed, common, classes, groups, cancellation),
            NeighbourScore.Of("W_U", path.Unembed, common, classes, groups, cancellation),
        ];
    }

    /// <summary>PCA and, with enough tokens, t-SNE of W_E, then of W_U.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="common">The tokens that are mapped.</param>
    /// <param name="options">Of t-SNE; its perplexity is lowered to a third of the points.</param>
    /// <param name="progress">Hears stages and shares.</param>
    /// <param name="cancellation">Ends it soon.</param>
    public static IReadOnlyList<EmbeddingMap> MapsOf(
        DirectPath path, int[] common, TSneOptions options,
        IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        // A third of the points are neighbours at most, as the search for them assumes.
        var fitting =
            options with { Perplexity = Math.Min(options.Perplexity, (common.Length - 1) / 3.0) };
        var maps = new List<EmbeddingMap>();
        foreach ((string name, Tensor<float> matrix) in new[] { ("W_E", path.Embed),
            ("W_U", path.Unembed) })
        {
            maps.Add(EmbeddingMap.Pca(name, matrix, common));
            if (fitting.Perplexity > 1)
            {
                maps.Add(EmbeddingMap.TSne(
                    name, matrix, common, fitting,
                    AnalysisProgress.Of<TSneProgress>(
                        progress, $"Mapping {name}", at => at.Iteration / (double)at.Iterations),
                    cancellation));
            }
        }

        return maps;
    }
}
