using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>Which paths between heads carry a difference: a page, or a section of one.</summary>
internal static class PathPatchingPage
{
    /// <summary>The page of path patching, its title the strongest path.</summary>
    /// <param name="result">The paths.</param>
    /// <param name="edges">The gradient's approximation of the same prompts; null for none.</param>
    /// <param name="vocabulary">The model's tokens, which the title names.</param>
    internal static PageContent Of(
        PathPatchingResult result, TokenVocabulary vocabulary, EdgeAttribution? edges = null) =>
        new(
            PathFindings.Title(
                result, vocabulary.Quoted(result.Answers[0], result.Versus?[0])),
            PatchingFindings.Asked(result).Text("Which path between heads carries it?"),
            [Section(result, edges)]);

    /// <summary>The page of edges approximated by gradients alone.</summary>
    /// <param name="edges">The edges.</param>
    internal static PageContent Of(EdgeAttribution edges) => new(
        PathFindings.Title(edges),
        PathFindings.Of(edges),
        [
            ReportSection.Of(
                edges, "paths", "Edges", "vt-path-patching",
                PathFindings.Sum(edges),
                PathPatchingFigure.Of(edges)),
        ]);

    /// <summary>The section.</summary>
    /// <param name="result">The paths.</param>
    /// <param name="edges">The gradient's approximation of the same prompts; null for none.</param>
    public static ReportSection Section(PathPatchingResult result, EdgeAttribution? edges = null)
    {
        var figure = PathPatchingFigure.Of(result, edges);
        return ReportSection.Of(
            result, "paths", "Path patching", "vt-path-patching", PathFindings.Of(result),
            figure) with
        {
            Caption = result.Method + (figure is { MeanError: { } mean, LargestError: { } largest }
                ? $" Gradient: {edges!.Method.TrimEnd('.')}; compared with the exact values, its "
                    + $"mean error is {Numerals.Error(mean)}, its largest "
                    + $"{Numerals.Error(largest)}."
                : ""),
            Table = ReportTable.Of(
                ["from", "to", "input", "carries"],
                result.Strongest(12),
                path =>
                [
                    Name(path.Sender), path.Receiver is { } head ? Name(head) : "logits",
                    path.Input, Numerals.Score(-path.Effect),
                ]),
        };
    }

    private static Prose Name(Head head) => new Prose().Head(head.Layer, head.Index);
}
