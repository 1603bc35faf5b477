using Vitrine.Interp.Attribution;

namespace Vitrine.Explorer;

/// <summary>A prediction's logit split over what wrote it, as a section.</summary>
internal static class AttributionSection
{
    /// <summary>The section. Its finding names the head that writes most, its strongest source, and
    /// the head that pushes back most, where one does.</summary>
    /// <param name="attribution">The split logit.</param>
    /// <param name="key">The section's key.</param>
    public static ReportSection Of(LogitAttribution attribution, string key = "attribution") =>
        new()
        {
            Key = key,
            Name = "Attribution",
            Heading = "Which parts write the answer?",
            Finding = HeadFindings.Of(attribution),
            Component = "vt-attribution",
            Data = attribution,
            Caption = Caption(attribution),
            Table = Table(attribution),
        };

    private static Prose Caption(LogitAttribution attribution)
    {
        Prose said = new Prose(
            "Direct logit attribution: each part’s output at the last position"
                + (
                    attribution.Norm == "frozen"
                        ? ", divided by the frozen final scale, times "
                        : ", times "))
            .Matrix("W_U")
            .Text(attribution.Versus is null ? " of the answer. " : " of the two answers. ");
        return said.Text(
            "Click a layer, then a head, to expand it; each column sums to the bar that opened "
                + "it.");
    }

    private static ReportTable Table(LogitAttribution attribution)
    {
        var rows = new List<IReadOnlyList<Prose>>();
        void Row(Prose name, double value) => rows.Add([name, Numerals.Signed(value)]);
        Row("embedding", attribution.Embed);
        if (attribution.Positions is { } positions)
        {
            Row("positions", positions);
        }

        Row("biases", attribution.Bias);
        for (int layer = 0; layer < attribution.Heads.Length; layer++)
        {
            for (int head = 0; head < attribution.Heads[layer].Length; head++)
            {
                Row(new Prose("head ").Head(layer, head), attribution.Heads[layer][head]);
            }
        }

        for (int layer = 0; layer < attribution.Mlp.Length; layer++)
        {
            Row($"MLP {layer}", attribution.Mlp[layer]);
        }

        Row(attribution.Versus is null ? "logit" : "logit difference", attribution.Total);
        return new ReportTable(["part", "logits"], rows);
    }
}
