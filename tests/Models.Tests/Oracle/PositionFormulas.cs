using System.Numerics;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Oracle;

/// <summary>How positions enter, from the papers' formulas in float64.</summary>
internal static class PositionFormulas
{
    /// <summary>What is added to the stream or, in a shortformer, to what queries and keys read:
    /// float64 [batch, pos, dModel].</summary>
    public static double[] Vectors(
        TransformerConfig config, Dictionary<string, double[]> weights, int batch, int count)
    {
        double[] vectors = new double[batch * count * config.DModel];
        for (int i = 0; i < vectors.Length; i++)
        {
            (int pos, int d) = (i / config.DModel % count, i % config.DModel);
            double wavelength = Math.Pow(10_000, 2.0 * (d / 2) / config.DModel);
            vectors[i] = config.Positions.Kind != PositionKind.Sinusoidal
                ? weights["pos_embed.W_pos"][(pos * config.DModel) + d]
                : d % 2 == 0 ? Math.Sin(pos / wavelength) : Math.Cos(pos / wavelength);
        }

        return vectors;
    }

    /// <summary>What is added to scores, [head, distance].</summary>
    public static double[,] Bias(
        TransformerConfig config, AttentionConfig attention, Dictionary<string, double[]> weights,
        string attn, int count)
    {
        double[,] bias = new double[attention.Heads, count];
        for (int i = 0; i < bias.Length; i++)
        {
            (int head, int distance) = (i / count, i % count);
            bias[head, distance] = config.Positions.Kind switch
            {
                PositionKind.Alibi => -Slopes(attention.Heads)[head] * distance,
                PositionKind.Relative => weights[$"{attn}rel_pos_bias.weight"][
                    (Bucket(config.Positions, distance) * attention.Heads) + head],
                _ => 0,
            };
        }

        return bias;
    }

    /// <summary>[batch, pos, head, dHead] turned, in pairs, by pos · base^(−2 pair /
    /// rotaryDim).</summary>
    public static double[] Rotated(
        TransformerConfig config, AttentionConfig attention, double[] x, int count)
    {
        int rotaryDim = config.Positions.RotaryDim ?? attention.DHead;
        double[] y = [.. x];
        for (int start = 0; start < x.Length; start += attention.DHead)
        {
            int pos = start / attention.DHead / attention.Heads % count;
            for (int pair = 0; pair < rotaryDim / 2; pair++)
            {
                bool halves = config.Positions.RotaryPairing == RotaryPairing.Halves;
                int first = start + (halves ? pair : 2 * pair);
                int second = first + (halves ? rotaryDim / 2 : 1);
                double angle = pos * Math.Pow(config.Positions.RotaryBase, -2.0 * pair / rotaryDim);
                Complex turned = new Complex(x[first], x[second])
                    * Complex.FromPolarCoordinates(1, angle);
                (y[first], y[second]) = (turned.Real, turned.Imaginary);
            }
        }

        return y;
    }

    /// <summary>Press et al.: a geometric sequence for powers of two; for other numbers that of the
    /// power below, then every second of that of the power above.</summary>
    private static double[] Slopes(int heads)
    {
        if (BitOperations.IsPow2(heads))
        {
            return [.. Enumerable.Range(1, heads).Select(i => Math.Pow(2, -8.0 * i / heads))];
        }

        int below = 1 << BitOperations.Log2((uint)heads);
        return [.. Slopes(below), .. Slopes(2 * below).Where((_, i) => i % 2 == 0)
            .Take(heads - below)];
    }

    /// <summary>Raffel et al., causal: half of the buckets exact, the others logarithmic.</summary>
    private static int Bucket(PositionConfig config, int distance)
    {
        int exact = config.RelativeBuckets / 2;
        if (distance < exact)
        {
            return distance;
        }

        double share = Math.Log((double)distance / exact)
            / Math.Log((double)config.RelativeMaxDistance / exact);
        return Math.Min(
            exact + (int)(share * (config.RelativeBuckets - exact)), config.RelativeBuckets - 1);
    }
}
