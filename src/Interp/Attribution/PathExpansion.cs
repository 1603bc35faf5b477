using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attribution;

/// <summary>The gain from the paths of one length.</summary>
/// <param name="Name">Which paths.</param>
/// <param name="Heads">How many heads they pass through; null for the rows before any path.</param>
/// <param name="Terms">How many paths there are.</param>
/// <param name="Loss">The loss of these and all shorter paths, nats per token.</param>
/// <param name="Gain">The loss before they were added, minus <paramref name="Loss"/>.</param>
public sealed record PathOrder(string Name, int? Heads, long Terms, double Loss, double Gain)
{
    /// <summary>The gain per term, in nats; null if there are none.</summary>
    public double? GainPerTerm => Terms > 0 ? Gain / Terms : null;
}

/// <summary>The effect of one path.</summary>
/// <param name="First">The head, or the earlier one of a pair; null for the direct path.</param>
/// <param name="Second">The later head of a pair, as <c>1.3</c>; null for a single head.</param>
/// <param name="Effect">The mean over predicted tokens of the term's logit for the actual next
/// token, minus its mean logit over the vocabulary: how far it raises the correct token.</param>
public sealed record PathTerm(string? First, string? Second, double Effect);

/// <summary>How much of a model's loss its direct path, its heads, and its pairs of heads explain,
/// with the attention patterns frozen.</summary>
/// <remarks>The loss is computed from the logits of all paths through at most that many heads, so
/// each row adds one kind of path; the last row is the model itself. The rows are those of "Term
/// Importance Analysis" in Elhage et al. (2021), "A Mathematical Framework for Transformer
/// Circuits", where the model is run repeatedly with every head's output replaced by that of the
/// previous run. <see cref="Analysis.Residual"/> is the largest difference between the sum of all
/// paths and the model's own stream, divided by the stream's largest value.</remarks>
/// <param name="Orders">The rows, each added to those before it.</param>
/// <param name="Layers">The direct path with the heads of one layer alone, one row per layer; the
/// gain is relative to the direct path.</param>
/// <param name="Terms">The direct path, every head, every pair of heads.</param>
/// <param name="Tokens">Predicted tokens.</param>
public sealed record PathExpansion(
    IReadOnlyList<PathOrder> Orders, IReadOnlyList<PathOrder> Layers, IReadOnlyList<PathTerm> Terms,
    int Tokens)
    : Analysis(
        "path-expansion",
        "How much does each kind of path explain?",
        "nats per token",
        "The loss from the logits of all paths through at most that many heads, with attention "
        + "patterns frozen at those of the whole model.")
{
    private const int BatchTokens = 2048;

    // What single heads write is held for all layers: 256 MB of it.
    private const long BatchValues = 1 << 26;

    /// <summary>Expands a model on some sequences.</summary>
    /// <param name="model">A model with attention layers and without norms; borrowed.</param>
    /// <param name="sequences">Sequences of the same length, at least two tokens.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="InvalidOperationException">The model has norms or no layers.</exception>
    /// <exception cref="ArgumentException">The sequences are of several lengths, too short, or
    /// longer than the context.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PathExpansion Of(
        Transformer model, IReadOnlyList<int[]> sequences, CancellationToken cancellation = default)
    {
        if (sequences.Count == 0 || sequences[0].Length < 2
            || sequences.Any(row => row.Length != sequences[0].Length))
        {
            throw new ArgumentException(
                "PathExpansion: sequences must have the same length, at least 2 tokens; got "
                + $"{sequences.Count} of "
                + string.Join(", ", sequences.Select(row => row.Length).Distinct())
                + " tokens.", nameof(sequences));
        }

        var sums = new PathSums(model);
        TransformerConfig config = model.Config;
        long each = (long)config.Layers * config.Heads * config.DModel * sequences[0].Length;
        long most = Math.Min(BatchTokens / sequences[0].Length, BatchValues / Math.Max(each, 1));
        int batch = (int)Math.Max(most, 1);
        for (int from = 0; from < sequences.Count; from += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            sums.Add([.. sequences.Skip(from).Take(batch)]);
        }

        return sums.Result();
    }
}
