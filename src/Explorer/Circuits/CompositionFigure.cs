using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>A head of the graph that <c>vt-composition</c> draws.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Head">Its number in the layer.</param>
/// <param name="Kind">What it does: <c>induction</c>; null where it was not classified.</param>
/// <param name="Score">The score that says so.</param>
internal sealed record HeadNode(int Layer, int Head, string? Kind = null, double? Score = null);

/// <summary>What <c>vt-composition</c> draws: heads, their patterns, and the links between
/// them.</summary>
internal sealed record CompositionFigure
{
    /// <summary>Every head.</summary>
    public required IReadOnlyList<HeadNode> Nodes { get; init; }

    /// <summary>Every pair of heads, by kind.</summary>
    public required IReadOnlyList<CompositionEdge> Edges { get; init; }

    /// <summary>Random heads of the same shapes.</summary>
    public required CompositionBaseline Baseline { get; init; }

    /// <summary>Patterns of the heads, one set a passage.</summary>
    public IReadOnlyList<HeadPatterns> Patterns { get; init; } = [];

    /// <summary>The same at earlier checkpoints; null where there are none.</summary>
    public IReadOnlyList<CompositionStep>? Timeline { get; init; }

    /// <summary>The figure of an analysis, with what is known of its heads.</summary>
    /// <param name="composition">Links and baseline.</param>
    /// <param name="kinds">The kind and score of heads that have one, by name.</param>
    /// <param name="patterns">Patterns of the heads.</param>
    public static CompositionFigure Of(
        Composition composition,
        IReadOnlyDictionary<string, (string Kind, double Score)>? kinds = null,
        params IReadOnlyList<HeadPatterns> patterns) =>
        new()
        {
            Nodes = NodesOf(composition, kinds),
            Edges = composition.Edges,
            Baseline = composition.Baseline,
            Patterns = patterns,
        };

    internal static HeadNode[] NodesOf(
        Composition composition, IReadOnlyDictionary<string, (string Kind, double Score)>? kinds) =>
        [
            .. composition.Nodes.Select(node =>
                kinds is not null
                && kinds.TryGetValue($"{node.Layer}.{node.Head}", out var kind)
                    ? new HeadNode(node.Layer, node.Head, kind.Kind, kind.Score)
                    : new HeadNode(node.Layer, node.Head)),
        ];
}

/// <summary>What replaces a <see cref="CompositionFigure"/>'s heads and links at a
/// checkpoint.</summary>
/// <param name="Step">The checkpoint.</param>
/// <param name="Nodes">Every head.</param>
/// <param name="Edges">Every pair of heads, by kind.</param>
/// <param name="Patterns">Patterns of the heads at that time.</param>
internal sealed record CompositionStep(
    int Step,
    IReadOnlyList<HeadNode> Nodes,
    IReadOnlyList<CompositionEdge> Edges,
    IReadOnlyList<HeadPatterns> Patterns);
