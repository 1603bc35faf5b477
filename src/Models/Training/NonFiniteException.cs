namespace Vitrine.Models.Training;

/// <summary>Training stopped at a number that is NaN or infinite.</summary>
public sealed class NonFiniteException : ArithmeticException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="step">The step that was not taken, counted from 1.</param>
    /// <param name="tensor">The first tensor, in the order of computation, that is not
    /// finite.</param>
    public NonFiniteException(int step, string tensor)
        : base($"Training: {tensor} is not finite at step {step}; the last good checkpoint is "
            + "kept; train again with a lower learning rate.")
    {
        Step = step;
        TensorName = tensor;
    }

    /// <summary>The step that was not taken, counted from 1.</summary>
    public int Step { get; }

    /// <summary>The first tensor that is not finite.</summary>
    public string TensorName { get; }
}
