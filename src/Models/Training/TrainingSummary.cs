using System.Text.Json;

namespace Vitrine.Models.Training;

/// <summary>The figures of a finished run: <c>summary.json</c>. Losses are in nats per token.</summary>
public sealed record TrainingSummary
{
    /// <summary>The number of updates.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens read.</summary>
    public required long Tokens { get; init; }

    /// <summary>Time spent training, held-out samples and checkpoints among it.</summary>
    public required double Seconds { get; init; }

    /// <summary><see cref="Tokens"/> / <see cref="Seconds"/>.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>The largest resident memory of the process.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The mean training loss of the last tenth of the steps.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>The loss over all held-out tokens.</summary>
    public required double HeldOutLoss { get; init; }

    /// <summary>The ends of a 95% interval of <see cref="HeldOutLoss"/> over documents; null for a
    /// single document.</summary>
    public IReadOnlyList<double>? HeldOutInterval { get; init; }

    /// <summary>The loss of the unigram model over all held-out tokens, once it was measured.</summary>
    public double? UnigramHeldOutLoss { get; init; }

    /// <summary>The loss of the interpolated Kneser–Ney bigram model over all held-out tokens, once
    /// it was measured.</summary>
    public double? BigramHeldOutLoss { get; init; }

    /// <summary>Reads a summary.</summary>
    /// <exception cref="JsonException">The text is no summary.</exception>
    public static TrainingSummary Parse(string json) =>
        JsonSerializer.Deserialize(json, ModelsJson.Default.TrainingSummary)!;

    /// <summary>The text of <c>summary.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.TrainingSummary);
}
