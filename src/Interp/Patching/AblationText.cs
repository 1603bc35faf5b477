using Vitrine.Interp.Findings;
using Vitrine.Interp.Heads;
using Vitrine.Models;

namespace Vitrine.Interp.Patching;

/// <summary>A text on which heads are ablated.</summary>
/// <param name="Name">What it is: <c>random repeats, second copy</c>.</param>
/// <param name="Trials">The whole model on it.</param>
/// <param name="Reference">Another loss to compare with.</param>
/// <param name="Pieces">What its sequences are called.</param>
internal sealed record AblationText(
    string Name, AblationTrials Trials, AblationReference? Reference = null,
    string Pieces = "sequences")
{
    /// <summary>The second copy of repeated tokens, compared with the loss on the first.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The sequences.</param>
    /// <param name="means">What mean ablation writes; null for means over the sequences.</param>
    public static AblationText Of(
        Transformer model, RepeatedTokens tokens, HeadMeans? means = null)
    {
        RepeatLoss? whole = HeadScores.OnRepeatedTokens(model, tokens, copying: false).Repeats;
        return new AblationText(
            "random repeats, second copy", AblationTrials.Of(model, tokens, means),
            new AblationReference("first copy", whole!.First));
    }

    /// <summary>Heads by their names: <c>heads 1.0, 1.1</c>.</summary>
    public static string Named(IReadOnlyList<Head> heads) =>
        heads.Count == 1 ? $"head {heads[0]}" : $"heads {string.Join(", ", heads)}";

    /// <summary>The losses without some heads, compared with those without as many others and
    /// without each head by itself.</summary>
    /// <param name="heads">The heads in question.</param>
    /// <param name="all">Every head of the model.</param>
    /// <param name="asked">What replaces the heads' output: in the first row, and in those of
    /// others.</param>
    public AblationGroup Without(
        IReadOnlyList<Head> heads, IReadOnlyList<Head> all, AblationKind asked = AblationKind.Mean)
    {
        Head[] others = Others(heads, all);
        AblationKind[] ways = Trials.Sequences > 1
            ? [AblationKind.Mean, AblationKind.Zero, AblationKind.Resample]
            : [AblationKind.Mean, AblationKind.Zero];
        List<AblationRow> rows =
        [
            .. ways.OrderBy(way => way != asked).Select(way => Row(Named(heads), heads, way)),
        ];
        if (others.Length > 0)
        {
            rows.Add(Row(Named(others), others, asked) with { Others = true });
        }

        Head[] alone = [.. all.Where(head => !(heads.Count == 1 && heads[0] == head)
            && !(others.Length == 1 && others[0] == head))];
        rows.AddRange(alone.Select(head => Row($"head {head} alone", [head], asked)));
        return new AblationGroup(Name, Trials.Intact.Value, rows, Reference) { Kind = asked };
    }

    /// <summary>The loss at the intact one and the paired interval: what is common to all sequences
    /// cancels.</summary>
    private AblationRow Row(string name, IReadOnlyList<Head> heads, AblationKind kind)
    {
        AblationTrial trial = Trials.Without(heads, kind);
        return new AblationRow(
            $"{name}, {AblationFindings.Way(kind)}", [.. heads.Select(head => head.ToString())],
            trial.Without.Value,
            Trials.Intact.Value + trial.Increase.Low, Trials.Intact.Value + trial.Increase.High);
    }

    /// <summary>As many other heads of the same layers; none where there are not as many.</summary>
    private static Head[] Others(IReadOnlyList<Head> heads, IReadOnlyList<Head> all)
    {
        Head[] others =
        [
            .. heads.GroupBy(head => head.Layer).SelectMany(layer =>
                all.Where(head => head.Layer == layer.Key).Except(layer).Take(layer.Count())),
        ];
        return others.Length == heads.Count ? others : [];
    }
}

/// <summary>The losses on one text.</summary>
/// <param name="Name">The text: <c>random repeats, second half</c>.</param>
/// <param name="Intact">The loss of the whole model.</param>
/// <param name="Rows">The losses without heads.</param>
/// <param name="Reference">Another loss to compare with: that of the first half.</param>
internal sealed record AblationGroup(
    string Name, double Intact, IReadOnlyList<AblationRow> Rows,
    AblationReference? Reference = null)
{
    /// <summary>What replaces the heads' output, in the first row and in those of others.</summary>
    public AblationKind Kind { get; init; } = AblationKind.Mean;
}

/// <summary>A loss to compare with the intact one.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The loss.</param>
internal sealed record AblationReference(string Name, double Value);

/// <summary>The loss without some heads.</summary>
/// <param name="Name">What is left out.</param>
/// <param name="Heads">The heads, as <c>1.2</c>.</param>
/// <param name="Value">The loss without them.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end of its interval.</param>
internal sealed record AblationRow(
    string Name, IReadOnlyList<string> Heads, double Value, double? Low = null,
    double? High = null)
{
    /// <summary>Whether this is the control: as many other heads.</summary>
    public bool Others { get; init; }
}
