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
        double half = StudentT.Quantile(d - 1) * error;
        return (Loss - half, Loss + half);
    }
}
