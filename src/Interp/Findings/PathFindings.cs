using Vitrine.Interp.Patching;

namespace Vitrine.Interp.Findings;

/// <summary>Which paths between heads carry a difference between two prompts.</summary>
internal static class PathFindings
{
    /// <summary>The strongest path.</summary>
    /// <param name="result">The paths.</param>
    /// <param name="it">The name of what is carried.</param>
    public static string Title(PathPatchingResult result, string it)
    {
        if (PatchingFindings.Slight(
            result.Metric, result.ValueClean, result.ValueCorrupt) is not null)
        {
            return $"The two prompts hardly differ in {it}";
        }

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

    /// <summary>The strongest path between heads, and the strongest into the logits.</summary>
    public static Prose Of(PathPatchingResult result)
    {
        var said = new Prose(PatchingFindings.Slight(
            result.Metric, result.ValueClean, result.ValueCorrupt) ?? "");
        PatchedPath[] between = [.. result.Paths.Where(path => path.Receiver is not null)];
        PatchedPath[] out_ = [.. result.Paths.Where(path => path.Receiver is null)];
        if (between.MaxBy(path => Math.Abs(path.Effect)) is { Receiver: { } receiver } best)
        {
            said.Text("Between heads, the path from ").Head(best.Sender.Layer, best.Sender.Index)
                .Text($" into the {PatchingFindings.Input(best.Input)} of ")
                .Head(receiver.Layer, receiver.Index)
                .Text($" carries most: {Numerals.Score(-best.Effect)} of the clean run’s effect is "
                    + "lost when it alone is corrupted. ");
        }

        if (out_.MaxBy(path => Math.Abs(path.Effect)) is { } direct)
        {
            said.Text("Directly to the logits, ").Head(direct.Sender.Layer, direct.Sender.Index)
                .Text($" carries {Numerals.Score(-direct.Effect)}.");
        }

        return said.IsEmpty ? "No path was requested." : said;
    }

    /// <summary>The strongest edge by gradient, in a line.</summary>
    public static string Title(EdgeAttribution edges)
    {
        (string source, string target, double score) = edges.Strongest(1)[0];
        (string to, string input) = EdgeAttribution.End(target);
        return $"{EdgeAttribution.End(source).Name} → "
            + $"{(input == "logits" ? "the logits" : $"{input.ToUpperInvariant()} of {to}")} "
            + $"carries {Numerals.Score(-score)} by gradient";
    }

    /// <summary>The same in a sentence.</summary>
    public static Prose Of(EdgeAttribution edges)
    {
        (string source, string target, double score) = edges.Strongest(1)[0];
        (string to, string input) = EdgeAttribution.End(target);
        Prose said = new Prose(PatchingFindings.Slight(
                edges.Metric, edges.ValueClean, edges.ValueCorrupt) ?? "")
            .Text("The strongest edge by gradient goes from ");
        Named(said, EdgeAttribution.End(source).Name);
        said.Text(input == "logits" ? " to the " : $" into the {PatchingFindings.Input(input)} of ");
        return Named(said, to).Text(
            $": it carries {Numerals.Score(-score)} of the clean run’s effect.");
    }

    /// <summary>What the edges from the input sum to.</summary>
    public static string Sum(EdgeAttribution edges) =>
        $"The input’s edges together carry {Numerals.Score(-edges.Scores[0].Sum())}; the exact "
        + "value is 1.";

    private static Prose Named(Prose said, string end) =>
        Head.TryParse(end, out Head head) ? said.Head(head.Layer, head.Index) : said.Text(end);
}
