using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Induction;

/// <summary>Options for measuring an induction circuit, and the thresholds of its claims.</summary>
public sealed record InductionOptions
{
    /// <summary>The minimum prefix matching or previous-token attention for a head to count as one
    /// of its kind.</summary>
    public const double LeastScore = 0.3;

    /// <summary>The minimum number of standard deviations of a composition above random
    /// heads.</summary>
    public const double LeastZ = 3;

    /// <summary>The share of tokens whose match must be on the diagonal.</summary>
    public const double LeastMatching = 0.5;

    /// <summary>The share of the second copy's gain that ablation must remove.</summary>
    public const double LeastRemoved = 0.6;

    /// <summary>The share of the gain that ablating as many other heads must stay below.</summary>
    public const double MostRemovedByOthers = 0.2;

    /// <summary>Sequences of repeated random tokens.</summary>
    public int Sequences { get; init; } = 64;

    /// <summary>The tokens of one copy; each is measured.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [50, 25, 37];

    /// <summary>From how many of the commonest types tokens are drawn; each is measured with the
    /// first length, the first with every length.</summary>
    public IReadOnlyList<int> Types { get; init; } = [1000, 8191];

    /// <summary>Whether to measure matching and copying only on the first of <see cref="Types"/>:
    /// for a model that never saw other types, whose embedding rows are noise.</summary>
    public bool OnlyTypes { get; init; }

    /// <summary>Pieces of held-out text.</summary>
    public int TextWindows { get; init; } = 64;

    /// <summary>The seed of the sequences and baselines.</summary>
    public ulong Seed { get; init; }

    /// <summary>Repeated random tokens, as long as the model's context allows.</summary>
    internal RepeatedTokens Repeats(Corpus corpus, Transformer model, int types, int length) =>
        RepeatedTokens.OfCommon(corpus, types, model.Config.Context, length, Sequences, Seed);
}
