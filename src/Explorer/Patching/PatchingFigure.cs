using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-patching</c> draws: maps of patches, by layer and position and by
/// head.</summary>
internal sealed record PatchingFigure
{
    /// <summary>The clean prompt.</summary>
    public required IReadOnlyList<int> Clean { get; init; }

    /// <summary>The corrupt prompt; of another length, both are shown and no map.</summary>
    public required IReadOnlyList<int> Corrupt { get; init; }

    /// <summary>How many pairs of prompts the values are means of; the first is shown.</summary>
    public int Pairs { get; init; } = 1;

    /// <summary>The metric for the patches.</summary>
    public required string Metric { get; init; }

    /// <summary>The metric of the clean run.</summary>
    public required double ValueClean { get; init; }

    /// <summary>The metric of the corrupt run.</summary>
    public required double ValueCorrupt { get; init; }

    /// <summary>The tokens whose logits are compared.</summary>
    public PatchingAnswers? Answers { get; init; }

    /// <summary>The maps, one a site.</summary>
    public required IReadOnlyList<PatchingSite> Sites { get; init; }

    /// <summary>How far a running sweep is; null when done.</summary>
    public PatchingProgress? Progress { get; init; }

    /// <summary>The figure of sweeps over the same prompts. A sweep over layers and heads stands
    /// beside the maps of layers and positions, or by itself where there are none.</summary>
    /// <exception cref="ArgumentException">There is no sweep, or they are of different
    /// prompts.</exception>
    public static PatchingFigure Of(params IReadOnlyList<PatchingSweep> sweeps)
    {
        if (
            sweeps.Count == 0
            || sweeps.Any(sweep => !sweep.Corrupt[0].AsSpan().SequenceEqual(sweeps[0].Corrupt[0])))
        {
            throw new ArgumentException(
                "PatchingFigure: needs at least one sweep, and all must use the same prompts; got "
                    + $"{sweeps.Count} sweeps.",
                nameof(sweeps));
        }

        PatchingSweep first = sweeps[0];
        PatchingSweep? heads = sweeps.FirstOrDefault(sweep => sweep.ColumnAxis == "head");
        PatchingSweep[] maps = [.. sweeps.Where(sweep => sweep.ColumnAxis == "pos")];
        return new PatchingFigure
        {
            Clean = first.Clean[0],
            Corrupt = first.Corrupt[0],
            Pairs = first.Corrupt.Count,
            Metric = NameOf(first.Metric),
            ValueClean = first.ValueClean,
            ValueCorrupt = first.ValueCorrupt,
            Answers = PatchingAnswers.Of(first.Answers[0], first.Versus?[0]),
            Sites =
            [
                .. (maps.Length > 0 ? maps : [heads!]).Select(map => SiteOf(
                    map, map.RowAxis == "layer" && map.ColumnAxis == "pos" ? heads : null)),
            ],
        };
    }

    private static PatchingSite SiteOf(PatchingSweep sweep, PatchingSweep? heads) =>
        new(ShortNameOf(sweep.Site), sweep.Values)
        {
            Name = NameOf(sweep.Site),
            Hook = HookOf(sweep.Site),
            Axis = sweep.ColumnAxis == "head" ? "head" : "position",
            Skipped = sweep.Skipped,
            Rows = sweep.RowAxis == "head" ? sweep.Rows : null,
            Approx = ApproximationOf(sweep),
            Details = DetailsOf(sweep),
            Heads = heads is null
                ? null
                : new PatchingHeads(heads.Values)
                {
                    Hook = HookOf(heads.Site),
                    Approx = ApproximationOf(heads),
                    Details = DetailsOf(heads),
                },
        };

    private static PatchingApproximation? ApproximationOf(PatchingSweep sweep)
    {
        if (sweep.Approx is not { } approx)
        {
            return null;
        }

        double[] errors =
        [
            .. sweep.Strongest(int.MaxValue)
                .Select(cell => Math.Abs(cell.Value - approx[cell.Row][cell.Column])),
        ];
        return new PatchingApproximation(
            approx, errors.DefaultIfEmpty().Average(), errors.DefaultIfEmpty().Max());
    }

    private static Dictionary<string, PatchingDetail> DetailsOf(PatchingSweep sweep) =>
        sweep.Details.ToDictionary(
            detail => detail.Key,
            detail => new PatchingDetail(detail.Value.Compared));

    internal static string NameOf(MetricKind metric) =>
        metric switch
        {
            MetricKind.LogitDifference => "difference",
            MetricKind.Probability => "probability",
            MetricKind.Loss => "loss",
            _ => "KL",
        };

    private static string NameOf(PatchSite site) =>
        site switch
        {
            PatchSite.ResidPre => "residual, before layer",
            PatchSite.AttnOut => "attention out",
            _ => ShortNameOf(site),
        };

    internal static string ShortNameOf(PatchSite site) =>
        site switch
        {
            PatchSite.ResidPre => "resid_pre",
            PatchSite.AttnOut => "attn_out",
            _ => $"{site}".ToLowerInvariant(),
        };

    private static string HookOf(PatchSite site) =>
        site is PatchSite.ResidPre or PatchSite.AttnOut
            ? $"blocks.{{layer}}.hook_{ShortNameOf(site)}"
            : $"blocks.{{layer}}.attn.hook_{ShortNameOf(site)}";
}

/// <summary>The tokens whose logits are compared, in each run.</summary>
/// <param name="Clean">In the clean run.</param>
/// <param name="Corrupt">In the corrupt run.</param>
internal sealed record PatchingAnswers(
    IReadOnlyList<PatchingAnswer> Clean, IReadOnlyList<PatchingAnswer> Corrupt)
{
    /// <summary>An answer, and the one that it is compared with, of unknown logits.</summary>
    public static PatchingAnswers Of(int answer, int? versus)
    {
        PatchingAnswer[] listed =
            versus is { } other ? [new(answer), new(other)] : [new(answer)];
        return new PatchingAnswers(listed, listed);
    }
}

/// <summary>A token and its logit.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logit">Its logit; null where it is not known.</param>
internal sealed record PatchingAnswer(int Id, double? Logit = null);

/// <summary>How far a sweep is.</summary>
/// <param name="Done">Patches done.</param>
/// <param name="Total">Patches in all.</param>
/// <param name="SecondsLeft">The time that the rest will take.</param>
internal sealed record PatchingProgress(int Done, int Total, double SecondsLeft);
