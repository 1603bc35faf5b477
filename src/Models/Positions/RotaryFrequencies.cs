namespace Vitrine.Models.Positions;

/// <summary>How fast each pair of a head turns, after a family's change for longer
/// contexts.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Radians per position of each pair, and the factor on cosines and sines.
    /// <code>f[i] = base^(−2i / rotaryDim), changed by the scaling</code></summary>
    /// <param name="config">The base and its scaling.</param>
    /// <param name="rotaryDim">How many entries of a head are rotated.</param>
    /// <param name="positions">How long the sequence is, which LongRoPE asks.</param>
    public static (double[] Frequencies, double Factor) Of(
        PositionConfig config, int rotaryDim, int positions)
    {
        var plain = new double[rotaryDim / 2];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = Math.Pow(config.RotaryBase, -2.0 * i / rotaryDim);
        }

        if (config.RotaryScaling is not { } scaling)
        {
            return (plain, 1);
        }

        double factor = scaling.Factor ?? 1;
        double original = scaling.OriginalContext ?? 1;
        (double[] changed, double size) = scaling.Kind switch
        {
            RotaryScalingKind.Linear => (Array.ConvertAll(plain, f => f / factor), 1),
            RotaryScalingKind.Llama3 => (Array.ConvertAll(plain, f => Llama3(scaling, f)), 1),
            RotaryScalingKind.Yarn => (
                Yarn(scaling, plain, config.RotaryBase),
                factor <= 1 ? 1 : (0.1 * Math.Log(factor)) + 1),
            RotaryScalingKind.LongRope => (
                Divided(
                    plain, positions > original ? scaling.LongDivisors! : scaling.Divisors!),
                factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)))),
            _ => (Divided(plain, scaling.Divisors!), 1),
        };
        return (changed, scaling.AttentionFactor ?? size);
    }

    private static double[] Divided(double[] plain, IReadOnlyList<float> divisors) =>
        [.. plain.Select((f, i) => f / divisors[i])];

    /// <summary>f above the band of middle wavelengths, f / factor below it, and between them a
    /// mixture by how often a pair turns in the original context.</summary>
    private static double Llama3(RotaryScaling scaling, double f)
    {
        double low = scaling.LowFrequencyFactor!.Value;
        double high = scaling.HighFrequencyFactor!.Value;
        double turns = scaling.OriginalContext!.Value * f / (2 * Math.PI);
        double kept = Math.Clamp((turns - low) / (high - low), 0, 1);
        return Mixed(scaling, f, kept);
    }

    /// <summary>f up to the pair that turns betaFast times in the original context, f / factor from
    /// the pair that turns betaSlow times on, and a ramp between them.</summary>
    private static double[] Yarn(RotaryScaling scaling, double[] plain, double rotaryBase)
    {
        int dim = 2 * plain.Length;
        double low = PairOf(scaling.BetaFast ?? 32);
        double high = PairOf(scaling.BetaSlow ?? 1);
        if (!scaling.Unrounded)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, dim - 1));
        high += low == high ? 0.001 : 0;
        return
        [
            .. plain.Select((f, i) =>
                Mixed(scaling, f, 1 - Math.Clamp((i - low) / (high - low), 0, 1))),
        ];

        double PairOf(double turns) =>
            dim * Math.Log(scaling.OriginalContext!.Value / (turns * 2 * Math.PI))
            / (2 * Math.Log(rotaryBase));
    }

    private static double Mixed(RotaryScaling scaling, double f, double kept) =>
        (kept * f) + ((1 - kept) * f / scaling.Factor!.Value);
}
