using System.Buffers.Binary;
using System.Text.Json.Serialization;

namespace Vitrine.Explorer;

/// <summary>Attention maps as a page carries them: for each map the lower triangle of
/// <c>[query, key]</c>, row by row, one byte or one half float a cell, as base64.</summary>
/// <remarks>
/// <code>
/// uint8:   value = byte / 255 · scale          error at most scale / 510
/// float16: value = half · scale                error at most value / 2048
/// </code>
/// Cell (q, k ≤ q) of map m stands at m · n (n + 1) / 2 + q (q + 1) / 2 + k. Values that are not
/// finite are written as 0 and counted.
/// </remarks>
internal sealed record PackedPatterns
{
    [JsonConstructor]
    private PackedPatterns() { }

    /// <summary><c>uint8</c> or <c>float16</c>.</summary>
    [JsonInclude]
    public string Type { get; private init; } = "";

    /// <summary>The name of each map: a head, <c>1.2</c>, or a layer, <c>1</c>, where heads are
    /// summed.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Maps { get; private init; } = [];

    /// <summary>n, the number of queries and keys.</summary>
    [JsonInclude]
    public int Positions { get; private init; }

    /// <summary>The factor on the stored values.</summary>
    [JsonInclude]
    public double Scale { get; private init; }

    /// <summary>The largest difference between a value and what is stored of it.</summary>
    [JsonInclude]
    public double LargestError { get; private init; }

    /// <summary>How many values were not finite.</summary>
    [JsonInclude]
    public int NotFinite { get; private init; }

    /// <summary>The cells.</summary>
    [JsonInclude]
    public string Data { get; private init; } = "";

    /// <summary>Packs maps.</summary>
    /// <param name="values">float32 [map, query, key]; what lies above the diagonal is not
    /// read.</param>
    /// <param name="positions">The number of queries and keys.</param>
    /// <param name="maps">The name of each map.</param>
    /// <param name="precision">Bytes for maps that are looked at, halves where numbers are
    /// read.</param>
    /// <exception cref="ArgumentException">The sizes disagree, or bytes are asked for negative
    /// values.</exception>
    public static PackedPatterns Of(
        ReadOnlySpan<float> values,
        int positions,
        IReadOnlyList<string> maps,
        PatternPrecision precision = PatternPrecision.Half)
    {
        if (positions < 1 || values.Length != (long)maps.Count * positions * positions)
        {
            throw new ArgumentException(
                "PackedPatterns: values must be [map, query, key]; got "
                    + $"{values.Length} values for {maps.Count} maps of {positions} positions; "
                    + $"pass {(long)maps.Count * positions * positions}.",
                nameof(values));
        }

        int each = positions * (positions + 1) / 2;
        float[] cells = new float[maps.Count * each];
        int notFinite = 0;
        float most = 0;
        for (int map = 0, at = 0; map < maps.Count; map++)
        {
            for (int query = 0; query < positions; query++)
            {
                int row = ((map * positions) + query) * positions;
                foreach (float value in values.Slice(row, query + 1))
                {
                    bool finite = float.IsFinite(value);
                    notFinite += finite ? 0 : 1;
                    cells[at] = finite ? value : 0;
                    most = Math.Max(most, Math.Abs(cells[at++]));
                }
            }
        }

        double scale = Scaling(precision, most);
        (byte[] bytes, double error) =
            precision is PatternPrecision.Byte ? Bytes(cells, scale) : Halves(cells, scale);
        return new PackedPatterns
        {
            Type = precision is PatternPrecision.Byte ? "uint8" : "float16",
            Maps = maps,
            Positions = positions,
            Scale = scale,
            LargestError = error,
            NotFinite = notFinite,
            Data = Convert.ToBase64String(bytes),
        };
    }

    /// <summary>The stored values, float32 [map, query, key], 0 above the diagonal.</summary>
    public float[] Unpack()
    {
        byte[] bytes = Convert.FromBase64String(Data);
        float[] values = new float[Maps.Count * Positions * Positions];
        for (int map = 0, at = 0; map < Maps.Count; map++)
        {
            for (int query = 0; query < Positions; query++)
            {
                for (int key = 0; key <= query; key++, at++)
                {
                    double stored =
                        Type == "uint8"
                            ? bytes[at] / 255.0
                            : (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2 * at));
                    values[(((map * Positions) + query) * Positions) + key] = (float)(
                        stored * Scale);
                }
            }
        }

        return values;
    }

    // Halves reach 65,504 and lose digits below 6 × 10⁻⁵; weights need no factor.
    private static double Scaling(PatternPrecision precision, float most) =>
        precision is PatternPrecision.Byte ? (most > 0 ? most : 1)
        : most is > 0 and (> 1024 or < 0.25f) ? most
        : 1;

    private static (byte[] Bytes, double Error) Bytes(float[] cells, double scale)
    {
        byte[] bytes = new byte[cells.Length];
        double error = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i] < 0)
            {
                throw new ArgumentException(
                    $"PackedPatterns: bytes hold values from 0; got {cells[i]}; "
                        + "pack them as halves.",
                    nameof(cells));
            }

            bytes[i] = (byte)Math.Round(cells[i] / scale * 255);
            error = Math.Max(error, Math.Abs(cells[i] - (bytes[i] / 255.0 * scale)));
        }

        return (bytes, error);
    }

    private static (byte[] Bytes, double Error) Halves(float[] cells, double scale)
    {
        byte[] bytes = new byte[2 * cells.Length];
        double error = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            var half = (Half)(cells[i] / scale);
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), half);
            error = Math.Max(error, Math.Abs(cells[i] - ((double)half * scale)));
        }

        return (bytes, error);
    }
}

/// <summary>How many bytes a cell of a <see cref="PackedPatterns"/> takes.</summary>
internal enum PatternPrecision
{
    /// <summary>One: 256 levels up to the largest value.</summary>
    Byte,

    /// <summary>Two: 11 significant bits.</summary>
    Half,
}
