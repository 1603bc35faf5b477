using Vitrine.Interp.Bigrams;

namespace Vitrine.Interp.Losses;

/// <summary>A model of the next token given the previous one.</summary>
public interface INextTokenModel
{
    /// <summary><c>ln p(second | first)</c> in nats; finite for every pair of tokens.</summary>
    double LogProbability(int first, int second);
}

/// <summary>A 0-layer model whose normalisers are known: <c>ln p = logit − logSumExp</c>.</summary>
/// <param name="path">The weights.</param>
/// <param name="logSumExp"><see cref="DirectPath.LogSumExp"/> of every first token that is
/// used.</param>
internal sealed class DirectPathModel(DirectPath path, float[] logSumExp) : INextTokenModel
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The first token's normaliser was not
    /// computed.</exception>
    public double LogProbability(int first, int second) => float.IsNaN(logSumExp[first])
        ? throw new InvalidOperationException(
            $"DirectPathModel: the normaliser of token {first} is not known; compute it with "
                + "DirectPath.LogSumExp.")
        : path.Logit(first, second) - logSumExp[first];
}
