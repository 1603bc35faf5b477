using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Losses;

/// <summary>The model that knows only how common each token is.</summary>
/// <remarks><c>p(b) = (count(b) + 1) / (pairs + vocab)</c>: one is added to every count (Laplace),
/// so that tokens that never occur in the training text can be predicted. Counts are those of
/// predicted tokens.</remarks>
/// <param name="counts">Pairs of the training text.</param>
public sealed class UnigramModel(BigramCounts counts) : INextTokenModel
{
    private readonly double _logTotal = Math.Log(counts.Pairs + (double)counts.Vocabulary);

    /// <summary><c>ln p(second)</c>; the first token makes no difference.</summary>
    public double LogProbability(int first, int second) =>
        Math.Log(counts.SecondCounts[second] + 1.0) - _logTotal;
}
