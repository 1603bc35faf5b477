using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>The angles of rotary positions, as tables for <see cref="Ops.Rotary"/> takes.</summary>
public static class RotaryTable
{
    /// <summary>The plain angles (Su et al. 2021, eq. 15).
    /// <code>θ[pos, i] = (offset + pos) · rotaryBase^(−2i / rotaryDim)</code></summary>
    /// <param name="positions">How many positions.</param>
    /// <param name="rotaryDim">How many entries of a head are rotated; even.</param>
    /// <param name="rotaryBase">The base of the wavelengths.</param>
    /// <param name="offset">The position of row 0.</param>
    /// <returns>float32 [positions, rotaryDim / 2] each, the cosines and sines of angles in double
    /// precision; the caller owns them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, rotaryDim is odd, or the
    /// base is not positive.</exception>
    public static (Tensor<float> Cos, Tensor<float> Sin) Create(
        int positions, int rotaryDim, double rotaryBase = 10_000, int offset = 0)
    {
        if (rotaryDim < 0 || rotaryDim % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rotaryDim), rotaryDim,
                "RotaryTable: rotaryDim must be even, since dimensions are rotated in pairs; got "
                + $"{rotaryDim}.");
        }

        if (!(rotaryBase > 0 && double.IsFinite(rotaryBase)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rotaryBase), rotaryBase,
                "RotaryTable: the base must be above 0 and finite.");
        }

        int pairs = rotaryDim / 2;
        var frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            frequencies[i] = Math.Pow(rotaryBase, -2.0 * i / rotaryDim);
        }

        return Create(positions, frequencies, offset);
    }

    /// <summary>Angles of any frequencies, as used by families that extend their context.
    /// <code>θ[pos, i] = (offset + pos) · frequencies[i]</code></summary>
    /// <param name="positions">How many positions.</param>
    /// <param name="frequencies">Radians per position, for each pair.</param>
    /// <param name="offset">The position of row 0.</param>
    /// <param name="factor">The factor on cosines and sines.</param>
    /// <returns>float32 [positions, frequencies] each, cosines and sines; the caller owns
    /// them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of positions is
    /// negative.</exception>
    public static (Tensor<float> Cos, Tensor<float> Sin) Create(
        int positions, ReadOnlySpan<double> frequencies, int offset = 0, double factor = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        int pairs = frequencies.Length;
        Tensor<float> cos = Tensor.Empty<float>([positions, pairs]);
        Tensor<float> sin = Tensor.Empty<float>([positions, pairs]);
        Span<float> cosines = cos.WritableSpan;
        Span<float> sines = sin.WritableSpan;
        for (int pos = 0; pos < positions; pos++)
        {
            for (int i = 0; i < pairs; i++)
            {
                (double s, double c) = Math.SinCos(((double)offset + pos) * frequencies[i]);
                cosines[(pos * pairs) + i] = (float)(factor * c);
                sines[(pos * pairs) + i] = (float)(factor * s);
            }
        }

        return (cos, sin);
    }
}
