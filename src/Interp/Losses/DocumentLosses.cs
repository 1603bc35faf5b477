using Vitrine.Tensors;

namespace Vitrine.Interp.Losses;

/// <summary>The summed loss of each document of a text under a model.</summary>
/// <param name="Sums">Nats, one number a document.</param>
/// <param name="Tokens">Predicted tokens, one number a document.</param>
internal sealed record DocumentLosses(double[] Sums, int[] Tokens)
{
    /// <summary>Sums −ln p over every token that has a predecessor in its document.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Documents, each preceded by <paramref name="endOfText"/>.</param>
    /// <param name="endOfText">The token before each document.</param>
    /// <param name="cancellation">Checked between documents.</param>
    /// <returns>One entry for each document that has a predicted token.</returns>
    public static DocumentLosses Of(
        INextTokenModel model, ReadOnlySpan<int> tokens, int endOfText,
        CancellationToken cancellation = default)
    {
        int[] stream = tokens.ToArray();
        List<(int Start, int End)> documents = Documents(stream, endOfText);
        double[] sums = new double[documents.Count];
        WorkerPool.For(documents.Count, document =>
        {
            cancellation.ThrowIfCancellationRequested();
            (int start, int end) = documents[document];
            double sum = 0;
            for (int i = start + 1; i < end; i++)
            {
                sum -= model.LogProbability(stream[i - 1], stream[i]);
            }

            sums[document] = sum;
        });
        return new DocumentLosses(
            sums, [.. documents.Select(document => document.End - document.Start - 1)]);
    }

    /// <summary>Sums some of each sequence's losses.</summary>
    /// <param name="losses">[sequence][pos − 1].</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    internal static DocumentLosses Of(float[][] losses, int first, int count) => new(
        [.. losses.Select(row => row.Skip(first).Take(count).Sum(loss => (double)loss))],
        [.. losses.Select(_ => count)]);

    private static List<(int Start, int End)> Documents(int[] stream, int endOfText)
    {
        var documents = new List<(int Start, int End)>();
        int start = 0;
        for (int i = 1; i <= stream.Length; i++)
        {
            if (i < stream.Length && stream[i] != endOfText)
            {
                continue;
            }

            if (i - start > 1)
            {
                documents.Add((start, i));
            }

            start = i;
        }

        return documents;
    }
}
