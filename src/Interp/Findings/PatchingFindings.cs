using Vitrine.Interp.Patching;

namespace Vitrine.Interp.Findings;

/// <summary>Which activations carry a difference between two prompts, and what was
/// compared.</summary>
internal static class PatchingFindings
{
    private const double Least = 0.1;
    private const double LeastShare = 0.1;
    private const double LeastNats = 0.05;

    /// <summary>The name of a head's input.</summary>
    public static string Input(string input) => input switch
    {
        "q" or "Q" => "queries",
        "k" or "K" => "keys",
        "v" or "V" => "values",
        _ => input,
    };

    /// <summary>States that the two runs hardly differ in the metric, so shares of the difference
    /// mean little; null if they do differ.</summary>
    public static string? Slight(MetricKind metric, double clean, double corrupt)
    {
        double difference = Math.Abs(clean - corrupt);
        double share = difference / Math.Max(Math.Abs(clean), Math.Abs(corrupt));
        bool tiny = metric != MetricKind.Probability && difference < LeastNats;
        return share >= LeastShare && !tiny ? null
            : "The two runs hardly differ in the metric: by "
                + (tiny ? $"{Numerals.Error(difference)}, less than {LeastNats}"
                    : $"{Numerals.Percent(share, 0)} of the larger, less than "
                        + Numerals.Percent(LeastShare, 0))
                + "; restored shares of this difference mean little. ";
    }

    /// <inheritdoc cref="Slight(MetricKind, double, double)"/>
    private static string? Slight(PatchingSweep sweep) =>
        Slight(sweep.Metric, sweep.ValueClean, sweep.ValueCorrupt);

    /// <summary>The metric in both runs.</summary>
    public static Prose Asked(PatchingSweep sweep) => Asked(
        sweep.Metric, sweep.Answers[0], sweep.Versus?[0], sweep.ValueClean, sweep.ValueCorrupt,
        sweep.Clean.Count);

    /// <inheritdoc cref="Asked(PatchingSweep)"/>
    public static Prose Asked(PathPatchingResult paths) => Asked(
        paths.Metric, paths.Answers[0], paths.Versus?[0], paths.ValueClean, paths.ValueCorrupt,
        paths.Clean.Count);

    private static Prose Asked(
        MetricKind metric, int answer, int? versus, double clean, double corrupt, int pairs)
    {
        Prose said = new Prose(metric switch
        {
            MetricKind.LogitDifference => "The logit of ",
            MetricKind.Probability => "The probability of ",
            MetricKind.Loss => "The loss of ",
            _ => "The divergence from the clean run, whose answer is ",
        }).Token(answer);
        if (versus is { } other)
        {
            said.Text(" minus that of ").Token(other);
        }

        return said.Text(
            $" is {Numerals.Signed(clean)} after the clean prompt and {Numerals.Signed(corrupt)} "
                + "after the corrupt one"
                + (pairs > 1 ? $" (means of {Numerals.Count(pairs)} pairs). " : ". "))
            .Text(Slight(metric, clean, corrupt) ?? "");
    }

    /// <summary>The head that restores most, or the place if the sweeps have no heads.</summary>
    /// <param name="sweeps">Sweeps over the same prompts.</param>
    /// <param name="it">The name of what is restored.</param>
    public static string Title(IReadOnlyList<PatchingSweep> sweeps, string it)
    {
        PatchingSweep first = sweeps[0];
        if (Slight(first) is not null)
        {
            return $"The two prompts hardly differ in {it}";
        }

        if (sweeps.FirstOrDefault(sweep => sweep.ColumnAxis == "head") is { } heads
            && heads.Strongest(1) is [var (layer, head, value)])
        {
            return Math.Abs(value) >= Least
                ? $"Head {layer}.{head} alone restores {Numerals.Score(value)} of {it}"
                : $"No head alone restores more than {Numerals.Score(Math.Abs(value))} of {it}";
        }

        (int row, int column, double most) = first.Strongest(1) is [var cell]
            ? cell : (0, 0, 0);
        return $"{(first.RowAxis == "head" ? "Head" : "Layer")} {first.Rows[row]}, position "
            + $"{column} restores {Numerals.Score(most)} of {it}";
    }

    /// <summary>The heads that restore most, and where the residual stream carries it.</summary>
    public static Prose Of(IReadOnlyList<PatchingSweep> sweeps)
    {
        var said = new Prose(Slight(sweeps[0]) ?? "");
        if (sweeps.FirstOrDefault(sweep => sweep.ColumnAxis == "head") is { } heads)
        {
            (int Row, int Column, double Value)[] best =
                [.. heads.Strongest(3).Where(cell => Math.Abs(cell.Value) >= Least)];
            said.Text(best.Length == 0 ? $"No head alone restores {Numerals.Score(Least)}. "
                : best.Length == 1 ? "One head carries it alone: " : "Heads that carry most: ");
            for (int i = 0; i < best.Length; i++)
            {
                said.Text(i > 0 ? ", " : "").Head(best[i].Row, best[i].Column)
                    .Text($" ({Numerals.Score(best[i].Value)})")
                    .Text(i == best.Length - 1 ? ". " : "");
            }
        }

        if (sweeps.FirstOrDefault(sweep => sweep.Site == PatchSite.ResidPre) is not { } stream)
        {
            return said.IsEmpty ? Places(sweeps[0]) : said;
        }

        for (int layer = 0; layer < stream.Rows.Count; layer++)
        {
            (int at, double value) = stream.Values[layer]
                .Select((restored, position) => (position, restored)).MaxBy(one => one.restored);
            said.Text(layer == 0 ? "In the residual stream it is at " : ", before layer ")
                .Text(layer == 0 ? "" : $"{layer} at ").Token(stream.Clean[0][at])
                .Text($" (position {at}, {Numerals.Score(value)})");
            if (layer == 3 && stream.Rows.Count > 5)
            {
                said.Text(" and so on");
                break;
            }
        }

        return said.Text(".");
    }

    private static Prose Places(PatchingSweep sweep)
    {
        var said = new Prose("Strongest: ");
        (int Row, int Column, double Value)[] best = [.. sweep.Strongest(3)];
        for (int i = 0; i < best.Length; i++)
        {
            said.Text(i > 0 ? ", " : "");
            if (sweep.RowAxis == "head")
            {
                said.Head(sweep.Rows[best[i].Row]);
            }
            else
            {
                said.Text($"layer {sweep.Rows[best[i].Row]}");
            }

            said.Text(" at ").Token(sweep.Clean[0][best[i].Column])
                .Text($" ({Numerals.Score(best[i].Value)})");
        }

        return said.Text(".");
    }

    /// <summary>The quality of the gradient approximation.</summary>
    public static Prose Approximation(
        int patches, double meanError, double largestError, double? correlation) =>
        $"Over {Numerals.Count(patches)} patches its mean error is {Numerals.Error(meanError)}, "
        + $"its largest {Numerals.Error(largestError)}"
        + (correlation is { } r ? $"; correlation {Numerals.Score(r)}." : ".");
}
