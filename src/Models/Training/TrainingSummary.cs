using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Training;

/// <summary>The figures of a finished run: <c>summary.json</c>. Losses are in nats per
/// token.</summary>
public sealed record TrainingSummary
{
    /// <summary>The number of updates.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens read.</summary>
    public required long Tokens { get; init; }

    /// <summary>Time spent training, including held-out samples and checkpoints.</summary>
    public required double Seconds { get; init; }

    /// <summary><see cref="Tokens"/> / <see cref="Seconds"/>.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>The largest resident memory of the process.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The mean training loss of the last tenth of the steps.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>The loss over all held-out tokens.</summary>
    public required double HeldOutLoss { get; init; }

    /// <summary>The ends of a 95% interval of <see cref="HeldOutLoss"/> over documents; null for
    /// fewer than three.</summary>
    public IReadOnlyList<double>? HeldOutInterval { get; init; }

    /// <summary>The loss of the unigram model over all held-out tokens, once measured.</summary>
    public double? UnigramHeldOutLoss { get; init; }

    /// <summary>The loss of the interpolated Kneser–Ney bigram model over all held-out tokens, once
    /// measured.</summary>
    public double? BigramHeldOutLoss { get; init; }

    /// <summary>The held-out loss of a 1-layer model on the same text, once one is
    /// available.</summary>
    public double? OneLayerHeldOutLoss { get; init; }

    /// <summary>The model's data, in the recipe's terms.</summary>
    public string? Data { get; init; }

    /// <summary>Prefix matching of the best head on repeated random tokens, for models of two or
    /// more layers.</summary>
    public PrefixMatchingSummary? PrefixMatching { get; init; }

    /// <summary>The best previous-token score in an earlier layer, on held-out text.</summary>
    public double? PreviousToken { get; init; }

    /// <summary>Losses on repeated random tokens from the commonest types.</summary>
    public RepeatLossSummary? RepeatLoss { get; init; }

    /// <summary>The strongest K-composition into that head.</summary>
    public CompositionSummary? KComposition { get; init; }

    /// <summary>The mean loss of the last quarter of positions minus that of the first, on held-out
    /// text.</summary>
    public double? InContextScore { get; init; }

    /// <summary>Reads a summary.</summary>
    /// <exception cref="InvalidDataException">The text is not a summary.</exception>
    public static TrainingSummary Parse(string json) =>
        JsonFile.Parse("TrainingSummary", json, Read);

    /// <summary>Reads the summary of a finished run.</summary>
    /// <exception cref="FileNotFoundException">The run is not finished.</exception>
    /// <exception cref="InvalidDataException">The file is not a summary.</exception>
    public static TrainingSummary Of(RunFolder run) => run.ReadJson(RunFolder.SummaryFile, Read);

    /// <summary>The text of <c>summary.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.TrainingSummary);

    private static TrainingSummary Read(JsonElement json)
    {
        TrainingSummary summary = json.As(ModelsJson.Default.TrainingSummary);
        return summary.HeldOutInterval is null or [_, _] ? summary
            : throw new InvalidDataException(
                $"heldOutInterval must be [low, high]; got {summary.HeldOutInterval.Count} "
                + "numbers.");
    }
}

/// <summary>Prefix matching of the best head.</summary>
/// <param name="Common">Tokens drawn from the 1,000 commonest types, in copies of 50; for a model
/// trained on random tokens alone, from the types that it saw, in copies of a length drawn for each
/// sequence.</param>
/// <param name="All">Tokens drawn from the 8,191 commonest types.</param>
public sealed record PrefixMatchingSummary(double Common, double All);

/// <summary>Losses on repeated random tokens, nats per token.</summary>
/// <param name="First">In the first copy.</param>
/// <param name="Second">In the second copy.</param>
/// <param name="Ablated">In the second copy without the induction heads.</param>
public sealed record RepeatLossSummary(double First, double Second, double Ablated);

/// <summary>A composition compared with random heads.</summary>
/// <param name="Value">The ratio of Frobenius norms.</param>
/// <param name="BaselineMean">The mean over random heads.</param>
/// <param name="BaselineDeviation">Their standard deviation.</param>
public sealed record CompositionSummary(
    double Value, double BaselineMean, double BaselineDeviation);
