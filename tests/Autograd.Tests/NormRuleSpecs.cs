using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Norms and rotary positions, with their formulas in float64.</summary>
internal static class NormRuleSpecs
{
    private const double Eps = 1e-3f;

    private static readonly Array64 Angles = new([4, 2], [0.1, 2, 0.7, -1, 3, 0.2, 1.5, -2.2]);

    public static IEnumerable<RuleSpec> All =>
    [
        new()
        {
            Op = "LayerNorm",
            Inputs = [[2, 3, 7], [7], [7]],
            Run = (t, v) => t.LayerNorm(v[0], v[1], v[2], (float)Eps),
            Reference = v => Array64.Zip(
                Array64.Zip(Normal(v[0], centred: true), v[1], (x, w) => x * w), v[2],
                (x, b) => x + b),
        },
        new()
        {
            Op = "LayerNorm",
            Case = "plain",
            Inputs = [[5, 7]],
            Run = (t, v) => t.LayerNorm(v[0], eps: (float)Eps),
            Reference = v => Normal(v[0], centred: true),
        },
        new()
        {
            Op = "RmsNorm",
            Inputs = [[2, 3, 7], [7]],
            Run = (t, v) => t.RmsNorm(v[0], v[1], (float)Eps),
            Reference = v => Array64.Zip(Normal(v[0], centred: false), v[1], (x, w) => x * w),
        },
        new()
        {
            Op = "RmsNorm",
            Case = "plain",
            Inputs = [[5, 7]],
            Run = (t, v) => t.RmsNorm(v[0], eps: (float)Eps),
            Reference = v => Normal(v[0], centred: false),
        },
        Rotary(RotaryPairing.Halves),
        Rotary(RotaryPairing.Adjacent),
    ];

    private static RuleSpec Rotary(RotaryPairing pairing) => new()
    {
        Op = "Rotary",
        Case = pairing.ToString(),
        Inputs = [[2, 4, 3, 5]],
        Run = (t, v) => t.Rotary(
            v[0], t.Own(Angles.Map(Math.Cos).ToTensor()), t.Own(Angles.Map(Math.Sin).ToTensor()),
            pairing),
        Reference = v => Turned(v[0], pairing),
    };

    private static Array64 Normal(Array64 x, bool centred) => x.Along(-1, row =>
    {
        double mean = centred ? row.Average() : 0;
        double scale = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + Eps);
        return [.. row.Select(value => (value - mean) / scale)];
    });

    private static Array64 Turned(Array64 x, RotaryPairing pairing)
    {
        double[] y = [.. x.Values];
        for (int row = 0; row < y.Length / 5; row++)
        {
            for (int i = 0; i < 2; i++)
            {
                double angle = Angles.Values[(row / 3 % 4 * 2) + i];
                (double sin, double cos) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
                (int a, int b) =
                    pairing == RotaryPairing.Halves ? (i, i + 2) : (2 * i, (2 * i) + 1);
                (double xa, double xb) = (x.Values[(row * 5) + a], x.Values[(row * 5) + b]);
                y[(row * 5) + a] = (xa * cos) - (xb * sin);
                y[(row * 5) + b] = (xb * cos) + (xa * sin);
            }
        }

        return new Array64(x.Shape, y);
    }
}
