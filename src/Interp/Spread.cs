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

    /// <summary>The Pearson correlation of two measures of the same items, −1 … 1; null if either
    /// is constant.</summary>
    public static double? Correlation(IReadOnlyList<(double X, double Y)> pairs)
    {
        double meanX = pairs.Select(pair => pair.X).DefaultIfEmpty().Average();
        double meanY = pairs.Select(pair => pair.Y).DefaultIfEmpty().Average();
        double scale = Math.Sqrt(
            pairs.Sum(pair => (pair.X - meanX) * (pair.X - meanX))
            * pairs.Sum(pair => (pair.Y - meanY) * (pair.Y - meanY)));
        return scale > 0
            ? pairs.Sum(pair => (pair.X - meanX) * (pair.Y - meanY)) / scale : null;
    }

    /// <summary>The quantile of a sorted sample at the given share.</summary>
    public static T Quantile<T>(IReadOnlyList<T> ascending, double share) =>
        ascending[(int)Math.Round(share * (ascending.Count - 1))];
}
