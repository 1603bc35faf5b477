using Vitrine.Interp.Attribution;

namespace Vitrine.Explorer;

/// <summary>A prediction's logit split over what wrote it, as a section.</summary>
public static class AttributionSection
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
            Finding = Finding(attribution),
            Component = "vt-attribution",
            Data = attribution,
            Caption = Caption(attribution),
            Table = Table(attribution),
        };

    private static Prose Finding(LogitAttribution attribution)
    {
        string what = attribution.Versus is null ? "logit" : "difference of logits";
        (int Layer, int Head, double Value)[] heads =
        [
            .. attribution.Heads.SelectMany(
                (own, layer) => own.Select((value, head) => (layer, head, value))),
        ];
        var said = new Prose("Of the ")
            .Text($"{what} ")
            .Text(Numerals.Signed(attribution.Total))
            .Text(" of ")
            .Token(attribution.Target);
        if (attribution.Versus is { } versus)
        {
            said.Text(" over ").Token(versus);
        }

        if (heads.Length == 0)
        {
            return said.Text(", the direct path writes all but the biases.");
        }

        (int layer, int head, double value) = heads.MaxBy(one => one.Value);
        if (value <= 0)
        {
            return said.Text(", no head writes a part above zero.");
        }

        said.Text(", head ").Head(layer, head).Text($" writes {Numerals.Signed(value)}");
        double[] sources = attribution.Sources[$"{layer}.{head}"];
        int from = Array.IndexOf(sources, sources.Max());
        said.Text(sources[from] > value / 2 ? ", most of it from " : ", the largest part from ")
            .Token(attribution.Tokens[from])
            .Text($" ({Numerals.Signed(sources[from])})");
        (int l, int h, double against) = heads.MinBy(one => one.Value);
        return against < 0 && -against > 0.1 * value
            ? said.Text("; ").Head(l, h).Text($" pushes back, {Numerals.Signed(against)}.")
            : said.Text(".");
    }

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
            "Click a layer, then a head, to go deeper; each column sums to the bar that "
                + "opened it.");
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
