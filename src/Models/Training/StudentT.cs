namespace Vitrine.Models.Training;

/// <summary>Student's distribution, for 95% intervals of means over few documents.</summary>
public static class StudentT
{
    private const double Inside = 0.95;
    private const int MostTerms = 200;
    private const int LeastDocuments = 3;

    /// <summary>The 97.5% point: 95% of the distribution lie within plus and minus this.</summary>
    /// <remarks>Up to 200 degrees of freedom, n, the probability within ±t is a finite sum over
    /// powers of cos θ, θ = atan(t / √n), inverted by halving; above, Cornish and Fisher's
    /// expansion about the normal point, right there to 10 decimals. Abramowitz and Stegun 26.7.3,
    /// 26.7.4, 26.7.5.</remarks>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no degrees of freedom.</exception>
    public static double Quantile(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (degrees > MostTerms)
        {
            return Expanded(degrees);
        }

        double low = 0;
        double high = Math.PI / 2;
        for (int halving = 0; halving < 60; halving++)
        {
            double middle = (low + high) / 2;
            (low, high) = Within(middle, degrees) < Inside ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(degrees) * Math.Tan((low + high) / 2);
    }

    /// <summary>The 95% interval of a ratio Σ s / Σ n over documents, which are the sampling unit,
    /// since tokens of one document resemble each other; null for fewer than three, where it is
    /// meaningless.
    /// <code>
    /// r = Σ s_d / Σ n_d,  se² = D/(D − 1) · Σ (s_d − r n_d)² / (Σ n_d)²,  r ± t(0.975, D − 1) · se
    /// </code></summary>
    /// <remarks>The linearised ratio estimator: Cochran, <em>Sampling Techniques</em>,
    /// 6.4.</remarks>
    /// <param name="sums">s, one for each document.</param>
    /// <param name="counts">n, likewise.</param>
    public static (double Low, double High)? Interval(
        IReadOnlyList<double> sums, IReadOnlyList<int> counts)
    {
        int documents = sums.Count;
        if (documents < LeastDocuments)
        {
            return null;
        }

        long total = counts.Sum(count => (long)count);
        double ratio = sums.Sum() / total;
        double squares = 0;
        for (int document = 0; document < documents; document++)
        {
            double deviation = sums[document] - (ratio * counts[document]);
            squares += deviation * deviation;
        }

        double error = Math.Sqrt(squares * documents / (documents - 1)) / total;
        double half = error * Quantile(documents - 1);
        return (ratio - half, ratio + half);
    }

    // Odd n: 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + …)).
    // Even n: sin θ (1 + 1/2 cos² θ + 3/8 cos⁴ θ + …).
    private static double Within(double angle, int degrees)
    {
        bool odd = degrees % 2 == 1;
        double squared = Math.Cos(angle) * Math.Cos(angle);
        double term = odd ? Math.Cos(angle) : 1;
        double sum = 0;
        for (int power = odd ? 1 : 0; power <= degrees - 2; power += 2)
        {
            sum += term;
            term *= squared * (power + 1) / (power + 2);
        }

        return odd
            ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum))
            : Math.Sin(angle) * sum;
    }

    private static double Expanded(int degrees)
    {
        const double Z = 1.959963984540054;
        const double Z2 = Z * Z;
        const double G1 = Z * (Z2 + 1) / 4;
        const double G2 = Z * ((((5 * Z2) + 16) * Z2) + 3) / 96;
        const double G3 = Z * ((((((3 * Z2) + 19) * Z2) + 17) * Z2) - 15) / 384;
        const double G4 =
            Z * ((((((((79 * Z2) + 776) * Z2) + 1482) * Z2) - 1920) * Z2) - 945) / 92160;
        double n = degrees;
        return Z + ((G1 + ((G2 + ((G3 + (G4 / n)) / n)) / n)) / n);
    }
}
