using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>Sines and cosines of many wavelengths as position embeddings (Vaswani et al.
/// 2017).</summary>
public static class Sinusoidal
{
    /// <summary>The table.
    /// <code>
    /// P[pos, 2i]     = sin(pos / 10000^(2i / dModel))
    /// P[pos, 2i + 1] = cos(pos / 10000^(2i / dModel))
    /// </code></summary>
    /// <remarks>An odd dModel ends with a sine. In halves, all sines come first, then all
    /// cosines.</remarks>
    /// <param name="positions">How many positions.</param>
    /// <param name="dModel">The width.</param>
    /// <param name="halves">Whether sines and cosines fill a half each rather than taking
    /// turns.</param>
    /// <returns>float32 [positions, dModel], rounded from double precision; the caller owns
    /// it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static Tensor<float> Table(int positions, int dModel, bool halves = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        ArgumentOutOfRangeException.ThrowIfNegative(dModel);
        Tensor<float> table = Tensor.Empty<float>([positions, dModel]);
        Span<float> values = table.WritableSpan;
        for (int pos = 0; pos < positions; pos++)
        {
            for (int d = 0; d < dModel; d++)
            {
                int half = (dModel + 1) / 2;
                (int pair, int which) = halves
                    ? (d % half, d / half) : (d / 2, d % 2);
                double angle = pos * Math.Pow(10_000, -2 * pair / (double)dModel);
                values[(pos * dModel) + d] =
                    (float)(which == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        }

        return table;
    }
}
