using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models.Training;

namespace Vitrine.Explorer;

/// <summary>Loss over training, in nats per token.</summary>
/// <param name="Steps">The steps of <paramref name="Train"/>.</param>
/// <param name="Train">Training loss of the batch of each step.</param>
/// <param name="HeldOut">Held-out loss at some steps.</param>
/// <param name="References">Losses of other models on the same held-out text.</param>
/// <param name="Checkpoints">Steps whose weights were kept, ascending.</param>
internal sealed record LossHistory(
    IReadOnlyList<int> Steps, IReadOnlyList<double> Train, IReadOnlyList<HeldOutPoint> HeldOut,
    IReadOnlyList<ReferenceLoss> References, IReadOnlyList<int> Checkpoints)
{
    /// <summary>Where the model began to see other data.</summary>
    public IReadOnlyList<TrainingChange> Changes { get; init; } = [];

    /// <summary>The history of a run: its metrics, with the loss over all held-out tokens as the
    /// last held-out point, since those before are of a sample.</summary>
    /// <param name="metrics">The lines of <c>metrics.jsonl</c>.</param>
    /// <param name="losses">The final losses and those of the models that only count.</param>
    /// <param name="checkpoints">Steps whose weights were kept.</param>
    public static LossHistory Of(
        IReadOnlyList<TrainingMetrics> metrics, LossComparison losses,
        IReadOnlyList<int> checkpoints) =>
        Of(
            metrics,
            losses.HeldOut,
            [
                new ReferenceLoss("unigram", losses.UnigramHeldOut.Value),
                new ReferenceLoss("bigram, Kneser–Ney", losses.BigramHeldOut.Value),
            ],
            checkpoints);

    /// <summary>The history of a run with what it is compared with.</summary>
    /// <param name="metrics">The lines of <c>metrics.jsonl</c>.</param>
    /// <param name="heldOut">The final loss over all held-out tokens.</param>
    /// <param name="references">Losses of other models on the same text.</param>
    /// <param name="checkpoints">Steps whose weights were kept.</param>
    public static LossHistory Of(
        IReadOnlyList<TrainingMetrics> metrics, LossEstimate heldOut,
        IReadOnlyList<ReferenceLoss> references, IReadOnlyList<int> checkpoints)
    {
        TrainingMetrics[] trained = [.. metrics.Where(line => line.Loss is not null)];
        int last = metrics.Count == 0 ? 0 : metrics.Max(line => line.Step);
        return new LossHistory(
            [.. trained.Select(line => line.Step)],
            [.. trained.Select(line => line.Loss!.Value)],
            [
                .. metrics.Where(line => line.HeldOutLoss is not null && line.Step < last)
                    .Select(line => new HeldOutPoint(line.Step, line.HeldOutLoss!.Value)),
                new HeldOutPoint(last, heldOut.Value, heldOut.Low, heldOut.High),
            ],
            references,
            [.. checkpoints.Order()]);
    }
}

/// <summary>Held-out loss at a step, with its 95% interval over documents where it is
/// known.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Value">Nats per token.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
internal sealed record HeldOutPoint(
    int Step, double Value, double? Low = null, double? High = null);

/// <summary>The held-out loss of a model to compare with.</summary>
/// <param name="Name">What the line is called.</param>
/// <param name="Value">Nats per token.</param>
internal sealed record ReferenceLoss(string Name, double Value);
