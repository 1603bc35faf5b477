using System.Runtime.InteropServices;

namespace Vitrine.Explorer;

/// <summary>A large array of a section's data: its bytes, little-endian, written as base64 in an
/// element of its own.</summary>
internal sealed class PackedArray
{
    private PackedArray(string type, int length, ReadOnlyMemory<byte> bytes)
    {
        Type = type;
        Length = length;
        Bytes = bytes;
    }

    /// <summary><c>uint8</c>, <c>int8</c>, <c>uint32</c>, <c>float16</c> or
    /// <c>float32</c>.</summary>
    public string Type { get; }

    /// <summary>The number of values.</summary>
    public int Length { get; }

    /// <summary>The values.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A copy of the values, 4 bytes each.</summary>
    public static PackedArray Of(ReadOnlySpan<float> values) => Pack("float32", values);

    /// <summary>A copy of the values, 2 bytes each.</summary>
    public static PackedArray Of(ReadOnlySpan<Half> values) => Pack("float16", values);

    /// <summary>A copy of the values, one byte each.</summary>
    public static PackedArray Of(ReadOnlySpan<byte> values) => Pack("uint8", values);

    /// <summary>A copy of the values, one signed byte each.</summary>
    public static PackedArray Of(ReadOnlySpan<sbyte> values) => Pack("int8", values);

    /// <summary>A copy of ids or counts, 4 bytes each.</summary>
    /// <exception cref="ArgumentException">One of them is negative.</exception>
    public static PackedArray Of(ReadOnlySpan<int> values)
    {
        foreach (int value in values)
        {
            if (value < 0)
            {
                throw new ArgumentException(
                    $"PackedArray: ids and counts must not be negative; got {value}; pass floats.",
                    nameof(values));
            }
        }

        return Pack("uint32", values);
    }

    private static PackedArray Pack<T>(string type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values).ToArray();
        int width = bytes.Length / Math.Max(1, values.Length);
        if (!BitConverter.IsLittleEndian && width > 1)
        {
            for (int i = 0; i < bytes.Length; i += width)
            {
                Array.Reverse(bytes, i, width);
            }
        }

        return new PackedArray(type, values.Length, bytes);
    }
}
