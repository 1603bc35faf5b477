namespace Vitrine.Interp;

/// <summary>Mean and standard deviation (n − 1) of a sample.</summary>
internal readonly record struct Spread(double Mean, double? Deviation)
{
    public static Spread Of(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return new Spread(mean, values.Count < 2 ? null : Math.Sqrt(
            values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }

    /// <summary>The value of a sorted sample that so large a share of it stays below.</summary>
    public static T Quantile<T>(IReadOnlyList<T> ascending, double share) =>
        ascending[(int)Math.Round(share * (ascending.Count - 1))];
}
