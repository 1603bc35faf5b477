namespace Vitrine.Explorer;

/// <summary>Loss over training, in nats per token.</summary>
/// <param name="Steps">The steps of <paramref name="Train"/>.</param>
/// <param name="Train">Training loss of the batch of each step.</param>
/// <param name="HeldOut">Held-out loss at some steps.</param>
/// <param name="References">Losses of other models on the same held-out text.</param>
/// <param name="Checkpoints">Steps whose weights were kept, ascending.</param>
public sealed record LossHistory(
    IReadOnlyList<int> Steps, IReadOnlyList<double> Train, IReadOnlyList<HeldOutPoint> HeldOut,
    IReadOnlyList<ReferenceLoss> References, IReadOnlyList<int> Checkpoints);

/// <summary>Held-out loss at a step, with its 95% interval over documents where it is known.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Value">Nats per token.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public sealed record HeldOutPoint(int Step, double Value, double? Low = null, double? High = null);

/// <summary>The held-out loss of a model to compare with.</summary>
/// <param name="Name">What the line is called.</param>
/// <param name="Value">Nats per token.</param>
public sealed record ReferenceLoss(string Name, double Value);
