using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Training;

/// <summary>One line of <c>metrics.jsonl</c>: one step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">The step's training loss in nats per token; null before the first
/// step.</param>
/// <param name="HeldOutLoss">The held-out loss over the fixed sample after the step, in nats per
/// token; null where it was not measured.</param>
/// <param name="LearningRate">The step's learning rate; null before the first step.</param>
/// <param name="GradientNorm">The norm of the whole gradient before clipping; null before the first
/// step.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="Seconds">Time spent training so far.</param>
/// <param name="Scores">What <see cref="TrainerOptions.Measure"/> found after the step; null where
/// it was not asked.</param>
public sealed record TrainingMetrics(
    int Step,
    double? Loss,
    double? HeldOutLoss,
    double? LearningRate,
    double? GradientNorm,
    long Tokens,
    double Seconds,
    IReadOnlyDictionary<string, double>? Scores = null)
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">The line is no such object.</exception>
    public static TrainingMetrics Parse(string line) =>
        JsonSerializer.Deserialize(line, ModelsJsonLines.Default.TrainingMetrics)!;

    /// <summary>Reads every line of a run.</summary>
    /// <exception cref="InvalidDataException">A line is no such object.</exception>
    public static IReadOnlyList<TrainingMetrics> Of(RunFolder run)
    {
        var lines = new List<TrainingMetrics>();
        try
        {
            lines.AddRange(run.ReadMetrics().Select(Parse));
            return lines;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException(
                $"Run: {run[RunFolder.MetricsFile]}: line {lines.Count + 1} is no step; "
                + problem.Message,
                problem);
        }
    }

    /// <summary>The line.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(this, ModelsJsonLines.Default.TrainingMetrics);
}
