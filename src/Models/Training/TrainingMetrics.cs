using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Training;

/// <summary>One line of <c>metrics.jsonl</c>: one step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">The step's training loss in nats per token; null before the first
/// step.</param>
/// <param name="HeldOutLoss">The held-out loss over the fixed sample after the step, in nats per
/// token; null if not measured.</param>
/// <param name="LearningRate">The step's learning rate; null before the first step.</param>
/// <param name="GradientNorm">The norm of the whole gradient before clipping; null before the first
/// step.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="Seconds">Time spent training so far.</param>
/// <param name="Scores">What <see cref="TrainerOptions.Measure"/> found after the step; null if not
/// measured.</param>
public sealed record TrainingMetrics(
    [property: JsonRequired] int Step,
    double? Loss,
    double? HeldOutLoss,
    double? LearningRate,
    double? GradientNorm,
    [property: JsonRequired] long Tokens,
    [property: JsonRequired] double Seconds,
    IReadOnlyDictionary<string, double>? Scores = null)
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="InvalidDataException">The line is not such an object.</exception>
    public static TrainingMetrics Parse(string line) =>
        JsonFile.Parse("TrainingMetrics", line, Read);

    /// <summary>Reads every line of a run.</summary>
    /// <exception cref="InvalidDataException">A line is not such an object.</exception>
    public static IReadOnlyList<TrainingMetrics> Of(RunFolder run)
    {
        IReadOnlyList<string> lines = run.ReadMetrics();
        var steps = new TrainingMetrics[lines.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            string name = $"Run: {run[RunFolder.MetricsFile]}: line {i + 1}";
            steps[i] = JsonFile.Parse(name, lines[i], Read);
            if (i > 0 && steps[i].Step <= steps[i - 1].Step)
            {
                throw new InvalidDataException(
                    $"{name}: step must increase from line to line; got {steps[i].Step} after "
                    + $"{steps[i - 1].Step}.");
            }
        }

        return steps;
    }

    internal static TrainingMetrics Read(JsonElement line)
    {
        TrainingMetrics read = line.As(ModelsJsonLines.Default.TrainingMetrics);
        return read is { Step: >= 0, Tokens: >= 0 } ? read
            : throw new InvalidDataException(
                $"step and tokens are counted from 0; got {read.Step} and {read.Tokens}.");
    }

    /// <summary>The line.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(this, ModelsJsonLines.Default.TrainingMetrics);
}
