using Vitrine.Interp.Attribution;

namespace Vitrine.Explorer;

/// <summary>What paths of each length explain, patterns frozen, as a section.</summary>
internal static class PathsSection
{
    /// <summary>The section. Its finding names what each order of paths takes off the loss, and the
    /// head and the pair that lift the right token most.</summary>
    /// <param name="paths">The expansion.</param>
    /// <param name="key">The section's key.</param>
    public static ReportSection Of(PathExpansion paths, string key = "paths") =>
        ReportSection.Of(paths, key, "Paths", "vt-paths", LossFindings.Of(paths).Text) with
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
}
