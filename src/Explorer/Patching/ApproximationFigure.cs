using Vitrine.Interp;
using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-approximation</c> draws: the gradient's approximation of patches against the
/// patches themselves.</summary>
/// <param name="Points">The patches that were run.</param>
/// <param name="MeanError">The mean absolute error.</param>
/// <param name="LargestError">The largest.</param>
/// <param name="Correlation">Of approximation and patch; null where either is constant.</param>
internal sealed record ApproximationFigure(
    IReadOnlyList<ApproximatedPatch> Points, double MeanError, double LargestError,
    double? Correlation)
{
    /// <summary>The figure of sweeps that have an approximation; the others are left out.</summary>
    /// <exception cref="ArgumentException">None has one.</exception>
    public static ApproximationFigure Of(params IReadOnlyList<PatchingSweep> sweeps)
    {
        ApproximatedPatch[] points =
        [
            .. sweeps.Where(sweep => sweep.Approx is not null).SelectMany(sweep =>
                sweep.Strongest(int.MaxValue).Select(cell => new ApproximatedPatch(
                    PatchingFigure.ShortNameOf(sweep.Site),
                    sweep.ColumnAxis == "head" ? $"{cell.Row}.{cell.Column}" : sweep.Rows[cell.Row],
                    sweep.ColumnAxis == "head" ? null : cell.Column,
                    cell.Value,
                    sweep.Approx![cell.Row][cell.Column]))),
        ];
        if (points.Length == 0)
        {
            throw new ArgumentException(
                "ApproximationFigure: needs a sweep with an approximation; got none.",
                nameof(sweeps));
        }

        double[] errors = [.. points.Select(one => Math.Abs(one.Exact - one.Gradient))];
        return new ApproximationFigure(
            points, errors.Average(), errors.Max(),
            Spread.Correlation([.. points.Select(one => (one.Exact, one.Gradient))]));
    }
}

/// <summary>A patch and its approximation.</summary>
/// <param name="Site">Which activation: <c>z</c>.</param>
/// <param name="Row">The layer, or the head as <c>1.2</c>.</param>
/// <param name="Position">The position; null for all.</param>
/// <param name="Exact">What the patch restores.</param>
/// <param name="Gradient">What the gradient says.</param>
internal sealed record ApproximatedPatch(
    string Site, string Row, int? Position, double Exact, double Gradient);
