using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;

namespace Vitrine.Explorer;

/// <summary>All that the page of a 0-layer experiment shows; tables for any token are computed in the
/// page from the two matrices. Losses are in nats per token, shares and probabilities fractions of 1,
/// counts of the training text.</summary>
public sealed record ZeroLayerReport
{
    /// <summary>What was trained, on what, for how long.</summary>
    public required RunFacts Run { get; init; }

    /// <summary>Text, bytes and class of every token.</summary>
    public required TokenVocabulary Vocabulary { get; init; }

    /// <summary>Pairs of the training text.</summary>
    public required BigramCounts Bigrams { get; init; }

    /// <summary>The embedding at one byte a weight, <c>[vocab, dModel]</c>.</summary>
    public required QuantisedMatrix W_E { get; init; }

    /// <summary>The unembedding at one byte a weight, one row a token: <c>[vocab, dModel]</c>.</summary>
    public required QuantisedMatrix W_U { get; init; }

    /// <summary>The output bias, <c>float32 [vocab]</c>.</summary>
    public required float[] Bias { get; init; }

    /// <summary><c>ln Σ exp(logit)</c> of the float32 weights for every input token, <c>[vocab]</c>.</summary>
    public required float[] LogSumExp { get; init; }

    /// <summary>Layouts of the embedding and the unembedding in the plane.</summary>
    public required IReadOnlyList<EmbeddingMap> Maps { get; init; }

    /// <summary>Training and held-out loss with its reference lines.</summary>
    public required LossHistory Loss { get; init; }

    /// <summary>How often the commonest followers are in the model's top five.</summary>
    public required FollowerScore Followers { get; init; }

    /// <summary>What the nearest neighbours have in common.</summary>
    public required NeighbourScore Neighbours { get; init; }

    /// <summary>Exact tables of a few telling tokens; the first is shown when the page opens.</summary>
    public required IReadOnlyList<BigramTable> Examples { get; init; }

    /// <summary>What one byte a weight costs.</summary>
    public required LogitError Error { get; init; }
}

/// <summary>The facts line of a run.</summary>
public sealed record RunFacts
{
    /// <summary>The name of the run, used for exported files.</summary>
    public required string Name { get; init; }

    /// <summary>The width of the model.</summary>
    public required int DModel { get; init; }

    /// <summary>The number of tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The number of trained numbers.</summary>
    public required long Parameters { get; init; }

    /// <summary>The name of the text.</summary>
    public required string Corpus { get; init; }

    /// <summary>Tokens in the training text.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Tokens held out.</summary>
    public required long HeldOutTokens { get; init; }

    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>The seed of every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Wall-clock seconds of training.</summary>
    public required double Seconds { get; init; }

    /// <summary>The commit of the program, where it is known.</summary>
    public string? Commit { get; init; }

    /// <summary>Loss over all held-out tokens at the end.</summary>
    public required double HeldOutLoss { get; init; }

    /// <summary>The same of the unigram model of the training text.</summary>
    public required double UnigramLoss { get; init; }

    /// <summary>The same of the interpolated Kneser-Ney bigram model of the training text.</summary>
    public required double BigramLoss { get; init; }
}

/// <summary>Tokens laid out in the plane.</summary>
/// <param name="Method"><c>PCA</c> or <c>t-SNE</c>.</param>
/// <param name="Matrix"><c>W_E</c> or <c>W_U</c>.</param>
/// <param name="Ids">The tokens, <c>[points]</c>.</param>
/// <param name="X">First coordinate, <c>[points]</c>.</param>
/// <param name="Y">Second coordinate, <c>[points]</c>.</param>
public sealed record EmbeddingMap(string Method, string Matrix, int[] Ids, float[] X, float[] Y)
{
    /// <summary>PCA: the share of the variance along each shown axis.</summary>
    public IReadOnlyList<double>? ExplainedVariance { get; init; }

    /// <summary>t-SNE: the Kullback-Leibler divergence at the end, in nats.</summary>
    public double? Divergence { get; init; }

    /// <summary>t-SNE: the perplexity asked for.</summary>
    public double? Perplexity { get; init; }

    /// <summary>t-SNE: the seed of the start.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Loss over training.</summary>
/// <param name="Steps">The steps of <paramref name="Train"/>.</param>
/// <param name="Train">Training loss of the batch of each step.</param>
/// <param name="HeldOut">Held-out loss at some steps.</param>
/// <param name="References">Losses of other models on the same held-out text.</param>
/// <param name="Checkpoints">Steps whose weights were kept.</param>
public sealed record LossHistory(
    IReadOnlyList<int> Steps, IReadOnlyList<double> Train, IReadOnlyList<HeldOutLoss> HeldOut,
    IReadOnlyList<ReferenceLoss> References, IReadOnlyList<int> Checkpoints);

/// <summary>Held-out loss at a step, with its 95% interval over documents where it is known.</summary>
public sealed record HeldOutLoss(int Step, double Value, double? Low = null, double? High = null);

/// <summary>The held-out loss of a model to compare with.</summary>
public sealed record ReferenceLoss(string Name, double Value);

/// <summary>How much of what commonly follows the model knows.</summary>
/// <param name="Pairs">How many of the corpus' most frequent pairs were asked.</param>
/// <param name="ModelShare">The share whose second token is in the model's top five.</param>
/// <param name="CorpusShare">The share in the corpus' own top five: the ceiling.</param>
/// <param name="Heads">How many of the most frequent first tokens were asked.</param>
/// <param name="HeadsAgreed">For how many the model's top next token is the corpus'.</param>
public sealed record FollowerScore(int Pairs, double ModelShare, double CorpusShare, int Heads, int HeadsAgreed);

/// <summary>What nearest neighbours by cosine in W_E have in common.</summary>
/// <param name="Tokens">How many tokens were asked.</param>
/// <param name="SameClassShare">The share whose nearest neighbour is of the same class.</param>
/// <param name="Groups">Named groups such as the months.</param>
public sealed record NeighbourScore(int Tokens, double SameClassShare, IReadOnlyList<NeighbourGroup> Groups);

/// <summary>A group of tokens that belong together.</summary>
/// <param name="Name">Singular and plural are told apart by the sentence: <c>month</c>.</param>
/// <param name="Members">The tokens.</param>
/// <param name="WithMemberNearest">How many have another member as their nearest neighbour.</param>
public sealed record NeighbourGroup(string Name, IReadOnlyList<int> Members, int WithMemberNearest);

/// <summary>The two tables of one token, of the float32 weights.</summary>
public sealed record BigramTable(int Token, IReadOnlyList<NextRow> Next, IReadOnlyList<PreviousRow> Previous);

/// <summary>A token that follows.</summary>
public sealed record NextRow(int Id, double Probability, double Frequency, int Count);

/// <summary>A token that predicts; lifts are null where the predicted token never occurs.</summary>
public sealed record PreviousRow(int Id, double Logit, double Probability, double? Lift, double? CorpusLift, int Count);

/// <summary>The error of a logit from weights at one byte, in nats.</summary>
/// <param name="RootMeanSquare">Its root mean square over the sampled pairs.</param>
/// <param name="Largest">Its largest size among them.</param>
/// <param name="Sampled">How many input × output pairs were sampled.</param>
public sealed record LogitError(double RootMeanSquare, double Largest, long Sampled);
