using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>Several ablations on the same sequences, running the whole model once.</summary>
/// <remarks>The losses are those of <see cref="Ablation"/>; use this to compare heads or kinds of
/// ablation.</remarks>
public sealed class AblationTrials
{
    private readonly Transformer _model;
    private readonly IReadOnlyList<int[]> _rows;
    private readonly int _from;
    private readonly float[][] _intact;

    private AblationTrials(
        Transformer model, IReadOnlyList<int[]> rows, int from, HeadMeans? means)
    {
        TextWindows.RequireOneLength("AblationTrials", rows);
        (_model, _rows, _from, Means) = (model, rows, from, means);
        using Tensor<int> tokens = _model.Batch(_rows);
        _intact = PassageLosses.OfAll(model, tokens, hooks: null);
        Intact = LossEstimate.Of(Sums(_intact));
    }

    /// <summary>The loss of the whole model, nats per token, with its interval over
    /// sequences.</summary>
    public LossEstimate Intact { get; }

    /// <summary>What mean ablation writes; null for means over these sequences.</summary>
    public HeadMeans? Means { get; }

    /// <summary>How many sequences there are.</summary>
    public int Sequences => _rows.Count;

    /// <summary>On every token but the first of each sequence.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="rows">Sequences of one length.</param>
    /// <param name="means">What mean ablation writes; null for means over these sequences.</param>
    /// <exception cref="ArgumentException">There is none, they are shorter than two tokens, or they
    /// differ in length.</exception>
    public static AblationTrials Of(
        Transformer model, IReadOnlyList<int[]> rows, HeadMeans? means = null) =>
        new(model, rows, from: 0, means);

    /// <summary>On the second copy of repeated tokens, without its first token, which nothing
    /// predicts.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The sequences.</param>
    /// <param name="means">What mean ablation writes; null for means over these sequences.</param>
    public static AblationTrials Of(
        Transformer model, RepeatedTokens tokens, HeadMeans? means = null) =>
        new(model, tokens.Sequences, tokens.Start + tokens.Length, means);

    /// <summary>The loss without some heads.</summary>
    /// <param name="heads">The heads to ablate.</param>
    /// <param name="kind">What they write instead: of these sequences, or the given
    /// means.</param>
    /// <exception cref="ArgumentOutOfRangeException">A head does not exist.</exception>
    /// <exception cref="ArgumentException">There are no heads, or resampling has no other
    /// sequence.</exception>
    public AblationTrial Without(IReadOnlyList<Head> heads, AblationKind kind)
    {
        using Tensor<int> tokens = _model.Batch(_rows);
        float[][] without = PassageLosses.OfAll(
            _model, tokens,
            kind == AblationKind.Mean && Means is { } means
                ? Ablation.HooksFor(_model, tokens, heads, means)
                : Ablation.HooksFor(_model, tokens, heads, kind));
        DocumentLosses after = Sums(without);
        DocumentLosses before = Sums(_intact);
        var changes = Spread.Of(
            [.. after.Sums.Zip(before.Sums, (a, b) => (a - b) / after.Tokens[0])]);
        return new AblationTrial(
            [.. heads], kind, LossEstimate.Of(after), LossEstimate.Difference(after, before),
            changes.Deviation);
    }

    private DocumentLosses Sums(float[][] losses) =>
        DocumentLosses.Of(losses, _from, losses[0].Length - _from);
}

/// <summary>What a model loses without some heads.</summary>
/// <param name="Heads">The heads that were ablated.</param>
/// <param name="Ablation">What replaced their output.</param>
/// <param name="Without">The loss without them, nats per token.</param>
/// <param name="Increase">The paired difference, without minus intact.</param>
/// <param name="Deviation">The standard deviation of that over sequences; null with one.</param>
public sealed record AblationTrial(
    IReadOnlyList<Head> Heads, AblationKind Ablation, LossEstimate Without, LossEstimate Increase,
    double? Deviation);
