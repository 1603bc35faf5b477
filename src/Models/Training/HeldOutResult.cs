namespace Vitrine.Models.Training;

/// <summary>The loss of one document.</summary>
/// <param name="Name">The document.</param>
/// <param name="Tokens">How many tokens were predicted.</param>
/// <param name="TotalLoss">The sum of their losses in nats.</param>
public sealed record DocumentLoss(string Name, int Tokens, double TotalLoss);

/// <summary>The loss over a set of documents, in nats per token.</summary>
public sealed record HeldOutResult
{
    /// <summary>Makes the result from its documents.</summary>
    public HeldOutResult(IReadOnlyList<DocumentLoss> documents)
    {
        Documents = documents;
        Tokens = documents.Sum(document => (long)document.Tokens);
        Loss = documents.Sum(document => document.TotalLoss) / Tokens;
        Interval = FindInterval();
    }

    /// <summary>Each document's loss.</summary>
    public IReadOnlyList<DocumentLoss> Documents { get; }

    /// <summary>The number of predicted tokens.</summary>
    public long Tokens { get; }

    /// <summary>The mean over all tokens.</summary>
    public double Loss { get; }

    /// <summary>A 95% interval of <see cref="Loss"/>, with documents as the unit that is sampled,
    /// since tokens of one document resemble each other; null for fewer than two documents.
    /// <code>
    /// r = Σ L_d / Σ n_d,  se² = D/(D − 1) · Σ (L_d − r n_d)² / (Σ n_d)²,  r ± t(0.975, D − 1) · se
    /// </code></summary>
    /// <remarks>The linearised ratio estimator: Cochran, <em>Sampling Techniques</em>,
    /// 6.4.</remarks>
    public (double Low, double High)? Interval { get; }

    private (double Low, double High)? FindInterval()
    {
        int d = Documents.Count(document => document.Tokens > 0);
        if (d < 2)
        {
            return null;
        }

        double squares = Documents.Sum(
            document => Math.Pow(document.TotalLoss - (Loss * document.Tokens), 2));
        double error = Math.Sqrt(squares * d / (d - 1)) / Tokens;
        double half = StudentQuantile(d - 1) * error;
        return (Loss - half, Loss + half);
    }

    /// <summary>The 97.5% point of Student's t; below 5 degrees of freedom from a table, above by
    /// the Cornish–Fisher expansion, right to three decimals.</summary>
    private static double StudentQuantile(int degrees)
    {
        ReadOnlySpan<double> table = [12.7062, 4.3027, 3.1824, 2.7764];
        if (degrees <= table.Length)
        {
            return table[degrees - 1];
        }

        const double Z = 1.959964;
        double v = degrees;
        double z3 = Z * Z * Z;
        double z5 = z3 * Z * Z;
        double z7 = z5 * Z * Z;
        return Z + ((z3 + Z) / (4 * v))
            + (((5 * z5) + (16 * z3) + (3 * Z)) / (96 * v * v))
            + (((3 * z7) + (19 * z5) + (17 * z3) - (15 * Z)) / (384 * v * v * v));
    }
}
