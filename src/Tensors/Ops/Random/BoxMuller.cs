using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// Two normal numbers from two random words, in double precision from additions, products,
/// quotients and square roots only: IEEE rounds these alike everywhere, which no math library
/// promises of its logarithm and cosine. Nothing here may be contracted to fused operations; C#
/// never does so by itself.
/// </summary>
internal static class BoxMuller
{
    private const double Ln2 = 0.693147180559945309417;
    private const double QuarterPi = 0.785398163397448309616;

    /// <summary>z = √(−2 ln u) · (cos 2πv, sin 2πv), u in (0, 1], v in [0, 1) with 32 bits
    /// each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Cosine, double Sine) Normals(uint u, uint v)
    {
        double radius = Math.Sqrt(-2 * Log((u + 1.0) * (1.0 / 4294967296.0)));
        (double cosine, double sine) = CosSinTurn(v);
        return (radius * cosine, radius * sine);
    }

    /// <summary>ln x for a normal positive x: x = m · 2ᵉ with m in [√½, √2), and
    /// ln m = 2 artanh s, s = (m − 1)/(m + 1), as its series up to s²¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Log(double x)
    {
        const long SqrtHalf = 0x3FE6A09E667F3BCD;
        long shifted = BitConverter.DoubleToInt64Bits(x) - SqrtHalf;
        long exponent = shifted >> 52;
        double m = BitConverter.Int64BitsToDouble((shifted & 0x000F_FFFF_FFFF_FFFF) + SqrtHalf);
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double sum = 1.0 / 21;
        sum = (sum * z) + (1.0 / 19);
        sum = (sum * z) + (1.0 / 17);
        sum = (sum * z) + (1.0 / 15);
        sum = (sum * z) + (1.0 / 13);
        sum = (sum * z) + (1.0 / 11);
        sum = (sum * z) + (1.0 / 9);
        sum = (sum * z) + (1.0 / 7);
        sum = (sum * z) + (1.0 / 5);
        sum = (sum * z) + (1.0 / 3);
        sum = (sum * z) + 1;
        return (exponent * Ln2) + (2 * s * sum);
    }

    /// <summary>cos and sin of 2π · turn / 2³²: the top three bits pick the octant exactly, and the
    /// rest is an angle up to π/4 for the Taylor series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (double Cosine, double Sine) CosSinTurn(uint turn)
    {
        uint octant = turn >> 29;
        double part = (turn & 0x1FFF_FFFF) * (1.0 / 536870912.0);
        double angle = ((octant & 1) == 0 ? part : 1 - part) * QuarterPi;
        double z = angle * angle;
        double cosine = 1.0 / 20922789888000;
        cosine = (cosine * z) - (1.0 / 87178291200);
        cosine = (cosine * z) + (1.0 / 479001600);
        cosine = (cosine * z) - (1.0 / 3628800);
        cosine = (cosine * z) + (1.0 / 40320);
        cosine = (cosine * z) - (1.0 / 720);
        cosine = (cosine * z) + (1.0 / 24);
        cosine = (cosine * z) - (1.0 / 2);
        cosine = (cosine * z) + 1;
        double sine = 1.0 / 355687428096000;
        sine = (sine * z) - (1.0 / 1307674368000);
        sine = (sine * z) + (1.0 / 6227020800);
        sine = (sine * z) - (1.0 / 39916800);
        sine = (sine * z) + (1.0 / 362880);
        sine = (sine * z) - (1.0 / 5040);
        sine = (sine * z) + (1.0 / 120);
        sine = (sine * z) - (1.0 / 6);
        sine = (sine * z) + 1;
        sine *= angle;
        bool swapped = (((octant + 1) >> 1) & 1) == 1;
        double x = swapped ? sine : cosine;
        double y = swapped ? cosine : sine;
        return (octant is >= 2 and <= 5 ? -x : x, octant >= 4 ? -y : y);
    }
}
