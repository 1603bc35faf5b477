using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <content>Path patching, positions, the gradient beside patches.</content>
internal static partial class CircuitPage
{
    private static readonly string[] Late = ["1.0", "1.1"];

    /// <summary>From 0.1 into the keys of 1.0 goes 0.8; 1.0 writes 0.9 to the logits.</summary>
    public static PathPatchingFigure PathMap() =>
        new()
        {
            Clean = [17, 9, 15, 16, 13],
            Corrupt = [17, 9, 10, 16, 13],
            Pairs = 8,
            Metric = "difference",
            ValueClean = 6,
            ValueCorrupt = -4,
            Senders = [.. Heads.Select(head => head.ToString())],
            Panels =
            [
                new("q", Late, [[0, 0.1], [0, 0], [null, null], [null, null]]),
                new(
                    "k", Late, [[0, 0], [0.8, 0.05], [null, null], [null, null]],
                    [[0, 0], [0.5, 0.05], [null, null], [null, null]]),
                new("v", Late, [[0, 0], [-0.2, 0], [null, null], [null, null]]),
                new("logits", ["logits"], [[0], [0.02], [0.9], [0]]),
            ],
            MeanError = 0.03,
            LargestError = 0.3,
        };

    /// <summary>Head 0.1 looks by position alone, at the token before; 1.0 by tokens.</summary>
    public static PositionFigure Positions() =>
        new(
            [
                Share("0.1", 0.9, [0.1, 0.8, 0.06, 0.04]),
                Share("1.0", 0.2, [0.3, 0.3, 0.2, 0.2]),
            ],
            new AttentionByDistance(
                [
                    new("0.1", [0.12, 0.78, 0.06, 0.04], [0, 0.6, 0, 0], [0.3, 0.95, 0.2, 0.1]),
                    new("1.0", [0.4, 0.3, 0.2, 0.1], [0, 0, 0, 0], [0.9, 0.8, 0.7, 0.4]),
                ],
                [0.5, 0.3, 0.29, 0.25],
                16,
                4));

    public static ApproximationFigure Approximated() =>
        new(
            [
                new("resid_pre", "1", 2, 0.9, 0.5),
                new("z", "0.1", 3, 0.2, 0.21),
                new("z", "1.0", null, 0.7, 0.7),
            ],
            0.14,
            0.4,
            0.91);

    private static PositionShare Share(string head, double position, double[] byDistance) =>
        new(
            head, "relative bias", 0.02, 0.98 - position, position, 0, byDistance,
            [0.52, 0.36, 0.29, 0.25], [0, 0, 0, 0]);
}
