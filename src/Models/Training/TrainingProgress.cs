namespace Vitrine.Models.Training;

/// <summary>The progress of a training run after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Loss">The step's training loss in nats per token.</param>
/// <param name="HeldOutLoss">The latest held-out loss over the fixed sample, in nats per token;
/// null before the first.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The norm of the whole gradient before clipping.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="TokensPerSecond">Over the last steps of this process.</param>
/// <param name="Elapsed">Time spent training, over all processes.</param>
/// <param name="TimeLeft">The time left at the present speed.</param>
/// <param name="Scores">The latest that <see cref="TrainerOptions.Measure"/> found; null if
/// nothing.</param>
public readonly record struct TrainingProgress(
    int Step,
    int Steps,
    double Loss,
    double? HeldOutLoss,
    double LearningRate,
    double GradientNorm,
    long Tokens,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan TimeLeft,
    IReadOnlyDictionary<string, double>? Scores = null);
