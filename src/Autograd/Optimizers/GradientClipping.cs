using Vitrine.Tensors;

namespace Vitrine.Autograd.Optimizers;

/// <summary>Bounds the length of the whole gradient.</summary>
public static class GradientClipping
{
    /// <summary>The factor that bounds the norm over all gradients together, to pass to
    /// <see cref="Optimizer.Step"/>; the gradients themselves are only read.
    /// <code>norm = √(Σ g²),  scale = min(1, maximum / (norm + 1e-6))</code></summary>
    /// <param name="parameters">Parameters; those without a gradient count as zero.</param>
    /// <param name="maximum">The largest norm allowed, above 0; infinity clips nothing.</param>
    /// <returns>The norm before clipping, and the factor: NaN if a maximum is given and the norm is
    /// infinite or NaN, so that the whole update shows it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0.</exception>
    /// <exception cref="ArgumentException">A parameter is another's second name.</exception>
    public static (double Norm, float Scale) GlobalNorm(
        IReadOnlyList<Parameter> parameters, double maximum)
    {
        if (!(maximum > 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(maximum), maximum,
                "GlobalNorm: the maximum must be above 0; pass infinity to clip nothing.");
        }

        double squares = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            Require.Untied("GlobalNorm", parameters[i]);
            squares += parameters[i].GradStorage is { } gradient ? Ops.SumOfSquares(gradient) : 0;
        }

        double norm = Math.Sqrt(squares);
        double scale = double.IsPositiveInfinity(maximum) ? 1
            : double.IsFinite(norm) ? Math.Min(1, maximum / (norm + 1e-6))
            : double.NaN;
        return (norm, (float)scale);
    }
}
