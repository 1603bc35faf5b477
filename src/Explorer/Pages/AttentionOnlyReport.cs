using Vitrine.Interp.Studies;
using Vitrine.Interp.Induction;
using Vitrine.Models;
using Vitrine.Models.Training;

namespace Vitrine.Explorer;

/// <summary>What the report of an attention-only run is made of.</summary>
internal sealed record AttentionOnlyReport
{
    /// <summary>The experiment: <c>1-layer</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>The line of facts.</summary>
    public required IReadOnlyList<ReportFact> Facts { get; init; }

    /// <summary>Every token of the model.</summary>
    public required TokenVocabulary Vocabulary { get; init; }

    /// <summary>Occurrences of every token in the training text, <c>[vocab]</c>.</summary>
    public required IReadOnlyList<int> TokenCounts { get; init; }

    /// <summary>The model, whose circuits the page computes for any token; borrowed.</summary>
    public required Transformer Model { get; init; }

    /// <summary>Loss over training.</summary>
    public required LossHistory Loss { get; init; }

    /// <summary>The analyses.</summary>
    public required AttentionOnlyAnalysis Analysis { get; init; }

    /// <summary>Heads one by one, and experiments on the activations; null for none.</summary>
    public AttentionOnlyStudy? Study { get; init; }

    /// <summary>What was seen while the circuit formed; null where nothing was measured.</summary>
    public PhaseChange? Phase { get; init; }

    /// <summary>What heads did at the checkpoints, rising by step; the last is the
    /// analysis.</summary>
    public IReadOnlyList<CheckpointReading> Timeline { get; init; } = [];

    /// <summary>How the model was trained.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The held-out loss of a 1-layer model of the same text; null for none.</summary>
    public double? OneLayerLoss { get; init; }
}
