namespace Vitrine.Autograd.Optimizers;

/// <summary>Parameters that share a learning-rate factor and a weight decay.</summary>
public sealed class ParameterGroup
{
    /// <summary>Makes a group.</summary>
    /// <param name="parameters">Its members.</param>
    /// <param name="learningRateFactor">Multiplies the learning rate of each step.</param>
    /// <param name="weightDecay">λ of the decoupled decay, <c>p ← p − learningRate · λ · p</c>,
    /// with the group's own learning rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not
    /// finite.</exception>
    public ParameterGroup(
        IEnumerable<Parameter> parameters, float learningRateFactor = 1, float weightDecay = 0)
    {
        Parameters = [.. parameters];
        LearningRateFactor = Require.NonNegative(learningRateFactor, "learningRateFactor");
        WeightDecay = Require.NonNegative(weightDecay, "weightDecay");
    }

    /// <summary>The members.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Multiplies the learning rate of each step.</summary>
    public float LearningRateFactor { get; }

    /// <summary>λ of the decoupled weight decay.</summary>
    public float WeightDecay { get; }
}
