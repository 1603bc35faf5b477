using Vitrine.Interp.Attribution;

namespace Vitrine.Explorer;

/// <summary>What paths of each length explain, patterns frozen, as a section.</summary>
public static class PathsSection
{
    /// <summary>The section. Its finding names what each order of paths takes off the loss, and the
    /// head and the pair that lift the right token most.</summary>
    /// <param name="paths">The expansion.</param>
    /// <param name="key">The section's key.</param>
    public static ReportSection Of(PathExpansion paths, string key = "paths") =>
        ReportSection.Of(paths, key, "Paths", "vt-paths", Finding(paths)) with
        {
            Table = ReportTable.Of(
                ["paths", "terms", "loss", "gain"],
                paths.Orders,
                order =>
                [
                    order.Name, Numerals.Count(order.Terms), Numerals.Score(order.Loss),
                    Numerals.Signed(order.Gain),
                ]),
        };

    private static Prose Finding(PathExpansion paths)
    {
        PathOrder direct = paths.Orders.FirstOrDefault(order => order.Name == "direct path")
            ?? paths.Orders[0];
        double gain = direct.Loss - paths.Orders[^1].Loss;
        var said = new Prose($"Paths through heads explain {Numerals.Score(gain)} nats beyond the "
            + "direct path. Patterns frozen, the loss goes from ").Text(string.Join(
            " to ",
            paths.Orders.Select(order => $"{Numerals.Score(order.Loss)} ({order.Name})")));
        if (paths.Terms.Where(term => term is { First: not null, Second: null })
            .MaxBy(term => term.Effect) is { First: { } first } head)
        {
            said.Text("; of single heads ").Head($"{first}")
                .Text($" lifts the right token most, {Numerals.Signed(head.Effect)}");
        }

        if (paths.Terms.Where(term => term.Second is not null).MaxBy(term => term.Effect)
            is { First: { } from, Second: { } to } pair)
        {
            said.Text(", of pairs ").Head($"{from}").Text(" through ").Head($"{to}")
                .Text($", {Numerals.Signed(pair.Effect)}");
        }

        return said.Text(".");
    }
}
