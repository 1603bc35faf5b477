using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Losses;

/// <summary>The model that knows only how common each token is.</summary>
/// <remarks><c>p(b) = (count(b) + 1) / (pairs + vocab)</c>: one is added to every count (Laplace),
/// so that tokens the training text never has can be predicted. Counts are those of predicted
/// tokens.</remarks>
/// <param name="counts">Pairs of the training text.</param>
public sealed class UnigramModel(BigramCounts counts) : INextTokenModel
{
    private readonly double _logTotal = Math.Log(counts.Pairs + (double)counts.Vocabulary);

    /// <summary>The entropy of the training text's own token frequencies, without smoothing, in
    /// nats.</summary>
    public double TrainEntropy
    {
        get
        {
            double sum = 0;
            foreach (int count in counts.SecondCounts)
            {
                sum += count > 0 ? count * Math.Log(count / (double)counts.Pairs) : 0;
            }

            return counts.Pairs == 0 ? 0 : -sum / counts.Pairs;
        }
    }

    /// <summary><c>ln p(second)</c>; the first token makes no difference.</summary>
    public double LogProbability(int first, int second) =>
        Math.Log(counts.SecondCounts[second] + 1.0) - _logTotal;
}
