namespace Vitrine.Autograd.Optimizers;

/// <summary>How a learning rate falls after the warm-up.</summary>
public enum Decay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>Along half a cosine.</summary>
    Cosine,
}

/// <summary>The learning rate at each step: a linear warm-up, then a decay to a floor.
/// <code>
/// t &lt; warmup:  peak · (t + 1) / warmup
/// then, with s = (t − warmup) / (steps − warmup):
/// linear:      peak + (floor − peak) · s
/// cosine:      floor + (peak − floor) · (1 + cos πs) / 2
/// </code></summary>
/// <param name="Peak">The rate after the warm-up.</param>
/// <param name="Warmup">Steps of rising rate.</param>
/// <param name="Steps">All steps, including the warm-up.</param>
/// <param name="Floor">The final rate of the decay.</param>
/// <param name="Decay">How it falls.</param>
public sealed record Schedule(
    float Peak, int Warmup, int Steps, float Floor = 0, Decay Decay = Decay.Linear)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0. The floor is reached at
    /// step <see cref="Steps"/>, one after the last, and kept from there on; a constant rate stays
    /// at the peak.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step or a number of the schedule is
    /// negative or not finite, or the decay has no name.</exception>
    public float At(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Require.NonNegative(Peak, nameof(Peak));
        Require.NonNegative(Floor, nameof(Floor));
        ArgumentOutOfRangeException.ThrowIfNegative(Warmup);
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        Require.Known(Decay);
        if (step < Warmup)
        {
            return (float)((double)Peak * (step + 1) / Warmup);
        }

        double s = Math.Clamp((step - Warmup) / Math.Max(1.0, Steps - Warmup), 0, 1);
        return (float)(Decay switch
        {
            Decay.Linear => Peak + (((double)Floor - Peak) * s),
            Decay.Cosine => Floor + (((double)Peak - Floor) * (1 + Math.Cos(Math.PI * s)) / 2),
            _ => Peak,
        });
    }
}
