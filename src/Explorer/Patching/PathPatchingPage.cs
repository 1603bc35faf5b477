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
            Title(result, vocabulary),
            new Prose().Asked(result).Text("Which path between heads carries it?"),
            [Section(result, edges)]);

    /// <summary>The page of edges approximated by gradients alone.</summary>
    /// <param name="edges">The edges.</param>
    internal static PageContent Of(EdgeAttribution edges)
    {
        (string source, string target, double score) = edges.Strongest(1)[0];
        var said = $"The strongest edge by gradient goes from {source} to {target}: it carries "
            + $"{Numerals.Score(-score)} of the clean run’s effect.";
        return new PageContent(
            $"{source} → {target} carries {Numerals.Score(-score)} by gradient",
            said,
            [
                ReportSection.Of(
                    edges, "paths", "Edges", "vt-path-patching",
                    said + " The input’s edges sum to "
                        + $"{Numerals.Score(-edges.Scores[0].Sum())}; exactly it is 1.",
                    PathPatchingFigure.Of(edges)),
            ]);
    }

    /// <summary>The section.</summary>
    /// <param name="result">The paths.</param>
    /// <param name="edges">The gradient's approximation of the same prompts; null for none.</param>
    public static ReportSection Section(PathPatchingResult result, EdgeAttribution? edges = null)
    {
        var figure = PathPatchingFigure.Of(result, edges);
        return ReportSection.Of(
            result, "paths", "Path patching", "vt-path-patching", Finding(result), figure) with
        {
            Caption = result.Method + (figure is { MeanError: { } mean, LargestError: { } largest }
                ? $" Gradient: {edges!.Method.TrimEnd('.')}; against the exact values its mean "
                    + $"error is {Numerals.Error(mean)}, its largest {Numerals.Error(largest)}."
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

    private static string Title(PathPatchingResult result, TokenVocabulary vocabulary)
    {
        string it = vocabulary.Quoted(result.Answers[0], result.Versus?[0]);
        PatchedPath? between = result.Paths.Where(path => path.Receiver is not null)
            .MaxBy(path => Math.Abs(path.Effect));
        if (between is { Receiver: { } receiver } && Math.Abs(between.Effect) >= 0.05)
        {
            return $"{between.Sender} → {between.Input.ToUpperInvariant()} of {receiver} carries "
                + $"{Numerals.Score(-between.Effect)} of {it}";
        }

        return result.Strongest(1) is [var path]
            ? $"{path.Sender} → {path.Receiver?.ToString() ?? "the logits"} carries "
                + $"{Numerals.Score(-path.Effect)} of {it}"
            : result.Title;
    }

    private static Prose Finding(PathPatchingResult result)
    {
        var said = new Prose();
        PatchedPath[] between = [.. result.Paths.Where(path => path.Receiver is not null)];
        PatchedPath[] out_ = [.. result.Paths.Where(path => path.Receiver is null)];
        if (between.MaxBy(path => Math.Abs(path.Effect)) is { Receiver: { } receiver } best)
        {
            said.Text("Between heads, the path from ").Head(best.Sender.Layer, best.Sender.Index)
                .Text($" into the {PromptQuestion.Input(best.Input)} of ")
                .Head(receiver.Layer, receiver.Index)
                .Text($" carries most: {Numerals.Score(-best.Effect)} of the clean run’s effect is "
                    + "lost when it alone is corrupted. ");
        }

        if (out_.MaxBy(path => Math.Abs(path.Effect)) is { } direct)
        {
            said.Text("Straight to the logits ").Head(direct.Sender.Layer, direct.Sender.Index)
                .Text($" carries {Numerals.Score(-direct.Effect)}.");
        }

        return said.IsEmpty ? "No path was asked for." : said;
    }
}
