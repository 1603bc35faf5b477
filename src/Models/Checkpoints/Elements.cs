using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Turns stored bytes into elements; false if a value does not fit.</summary>
internal delegate bool Decoder<T>(ReadOnlySpan<byte> bytes, Span<T> elements);

/// <summary>Turns elements into stored bytes.</summary>
internal delegate void Encoder<T>(ReadOnlySpan<T> elements, Span<byte> bytes);

/// <summary>The conversions between stored and computed elements, little-endian on any
/// machine.</summary>
internal static class Elements
{
    /// <summary>How to read a stored type as float or int; null if it cannot be read that
    /// way.</summary>
    public static Decoder<T>? Decoder<T>(ElementType type) => (Decoder<T>?)(Delegate?)(
        typeof(T) == typeof(float) ? FloatDecoder(type)
        : typeof(T) == typeof(int) ? IntDecoder(type) : null);

    /// <summary>How to store float or int elements; null if there is no such form.</summary>
    public static Encoder<T>? Encoder<T>(ElementType type) => (Encoder<T>?)(Delegate?)(
        typeof(T) == typeof(float) ? FloatEncoder(type)
        : typeof(T) == typeof(int) ? IntEncoder(type) : null);

    private static Decoder<float>? FloatDecoder(ElementType type) => type switch
    {
        ElementType.F32 => Each(4, BinaryPrimitives.ReadSingleLittleEndian, Copy<float>),
        ElementType.F64 => Each(8, bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        ElementType.F16 => Each(2, bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        ElementType.BF16 => Each(
            2, bytes => BitConverter.UInt32BitsToSingle(
                (uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16)),
        _ => null,
    };

    private static Decoder<int>? IntDecoder(ElementType type) => type switch
    {
        ElementType.I32 => Each(4, BinaryPrimitives.ReadInt32LittleEndian, Copy<int>),
        ElementType.I64 => Fitting(8, BinaryPrimitives.ReadInt64LittleEndian),
        ElementType.U32 => Fitting(4, bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        ElementType.I16 => Each(2, bytes => (int)BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        ElementType.U16 => Each(2, bytes => (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        ElementType.I8 => Each(1, bytes => (int)(sbyte)bytes[0]),
        ElementType.U8 or ElementType.BOOL => Each(1, bytes => (int)bytes[0]),
        _ => null,
    };

    private static Encoder<float>? FloatEncoder(ElementType type) => type switch
    {
        ElementType.F32 => Each<float>(
            4, (value, bytes) => BinaryPrimitives.WriteSingleLittleEndian(bytes, value), Copy),
        ElementType.F64 => Each<float>(
            8, (value, bytes) => BinaryPrimitives.WriteDoubleLittleEndian(bytes, value)),
        ElementType.F16 => Each<float>(
            2, (value, bytes) => BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value)),
        ElementType.BF16 => Each<float>(
            2, (value, bytes) => BinaryPrimitives.WriteUInt16LittleEndian(
                bytes, ((BFloat16)value).Bits)),
        _ => null,
    };

    private static Encoder<int>? IntEncoder(ElementType type) => type switch
    {
        ElementType.I32 => Each<int>(
            4, (value, bytes) => BinaryPrimitives.WriteInt32LittleEndian(bytes, value), Copy),
        ElementType.I64 => Each<int>(
            8, (value, bytes) => BinaryPrimitives.WriteInt64LittleEndian(bytes, value)),
        _ => null,
    };

    private static Decoder<T> Each<T>(
        int size, ReadElement<T> read, Decoder<T>? littleEndian = null)
    {
        bool Decode(ReadOnlySpan<byte> bytes, Span<T> elements)
        {
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = read(bytes.Slice(i * size, size));
            }

            return true;
        }

        return BitConverter.IsLittleEndian && littleEndian is not null ? littleEndian : Decode;
    }

    private static Decoder<int> Fitting(int size, ReadElement<long> read) => (bytes, elements) =>
    {
        for (int i = 0; i < elements.Length; i++)
        {
            long value = read(bytes.Slice(i * size, size));
            elements[i] = (int)value;
            if (elements[i] != value)
            {
                return false;
            }
        }

        return true;
    };

    private static Encoder<T> Each<T>(
        int size, WriteElement<T> write, Encoder<T>? littleEndian = null)
    {
        void Encode(ReadOnlySpan<T> elements, Span<byte> bytes)
        {
            for (int i = 0; i < elements.Length; i++)
            {
                write(elements[i], bytes.Slice(i * size, size));
            }
        }

        return BitConverter.IsLittleEndian && littleEndian is not null ? littleEndian : Encode;
    }

    private static bool Copy<T>(ReadOnlySpan<byte> bytes, Span<T> elements)
        where T : unmanaged
    {
        bytes.CopyTo(MemoryMarshal.AsBytes(elements));
        return true;
    }

    private static void Copy<T>(ReadOnlySpan<T> elements, Span<byte> bytes)
        where T : unmanaged => MemoryMarshal.AsBytes(elements).CopyTo(bytes);

    private delegate T ReadElement<out T>(ReadOnlySpan<byte> bytes);

    private delegate void WriteElement<in T>(T value, Span<byte> bytes);
}
