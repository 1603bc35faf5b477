using Vitrine.Interp.Losses;

namespace Vitrine.Interp.Patching;

/// <summary>What a model loses without some of its heads.</summary>
/// <param name="Heads">The ablated heads.</param>
/// <param name="Ablation">What replaces their output.</param>
/// <param name="Before">The loss of the whole model, in nats per token, with its interval over
/// sequences.</param>
/// <param name="After">The loss without the heads.</param>
/// <param name="Increase">The paired difference, after minus before.</param>
public sealed record AblationResult(
    IReadOnlyList<Head> Heads,
    AblationKind Ablation,
    LossEstimate Before,
    LossEstimate After,
    LossEstimate Increase) : Analysis(
        "ablation",
        "How much does the model lose without these heads?",
        "nats per token",
        $"The heads' z replaced ({Ablation}), the loss compared sequence by sequence; 95% "
        + "intervals over sequences.")
{
    /// <summary>What means were taken over; null for other ways.</summary>
    public string? MeansOver { get; init; }

    /// <summary>Over how many tokens; null for other ways.</summary>
    public long? MeanTokens { get; init; }
}

/// <summary>What some heads contribute to predicting repeated tokens.</summary>
/// <param name="Heads">The ablated heads.</param>
/// <param name="Ablation">What replaces their output.</param>
/// <param name="First">The loss within the first copy, in nats per token, with its interval over
/// sequences.</param>
/// <param name="Second">The loss within the second copy.</param>
/// <param name="FirstAblated">The loss within the first copy without the heads.</param>
/// <param name="SecondAblated">The loss within the second copy without the heads.</param>
public sealed record RepeatLossAblation(
    IReadOnlyList<Head> Heads,
    AblationKind Ablation,
    LossEstimate First,
    LossEstimate Second,
    LossEstimate FirstAblated,
    LossEstimate SecondAblated) : Analysis(
        "repeat-ablation",
        "How much of the second copy's gain do these heads carry?",
        "nats per token",
        "Repeated random tokens; the first token of each copy is not counted; the heads' z is "
        + $"replaced ({Ablation}).")
{
    /// <summary>What means were taken over; null for other ways.</summary>
    public string? MeansOver { get; init; }

    /// <summary>Over how many tokens; null for other ways.</summary>
    public long? MeanTokens { get; init; }

    /// <summary>What the second copy gains: <c>first − second</c>, in nats per token.</summary>
    public double Gain => First.Value - Second.Value;

    /// <summary>The share of the gain that the heads carry: <c>(second ablated − second) / (first −
    /// second)</c>; 0 if there is no gain.</summary>
    public double RemovedShare => Gain > 0 ? (SecondAblated.Value - Second.Value) / Gain : 0;
}
