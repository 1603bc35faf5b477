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
        DocumentLoss[] counted = [.. documents.Where(document => document.Tokens > 0)];
        Interval = StudentT.Interval(
            [.. counted.Select(document => document.TotalLoss)],
            [.. counted.Select(document => document.Tokens)]);
    }

    /// <summary>Each document's loss.</summary>
    public IReadOnlyList<DocumentLoss> Documents { get; }

    /// <summary>The number of predicted tokens.</summary>
    public long Tokens { get; }

    /// <summary>The mean over all tokens.</summary>
    public double Loss { get; }

    /// <summary>The 95% interval of <see cref="Loss"/> over documents, by
    /// <see cref="StudentT.Interval"/>; null for fewer than three.</summary>
    public (double Low, double High)? Interval { get; }
}
