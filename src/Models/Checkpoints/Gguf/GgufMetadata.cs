using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>The metadata of a GGUF file: values by key, decoded when they are asked
/// for.</summary>
/// <remarks>A missing key gives the value that the caller names for that case; if there is none, or
/// the value is of another kind or outside its range, an <see cref="InvalidDataException"/> names
/// file, key and rule. Texts that are no UTF-8 have U+FFFD where they are not. It outlives the
/// file.</remarks>
public sealed class GgufMetadata
{
    private readonly string _path;
    private readonly byte[] _header;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, byte[] header, Dictionary<string, GgufValue> values) =>
        (_path, _header, _values) = (path, header, values);

    /// <summary>The keys, in no order.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>Whether there is a value.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Whether there is an array: some counts are one number or one for each
    /// block.</summary>
    public bool IsArray(string key) =>
        _values.TryGetValue(key, out GgufValue value) && value.IsArray;

    /// <summary>A text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing or no text.</exception>
    public string Text(string key, string? absent = null) =>
        Find(key, false, absent is not null, GgufValueType.Text, out GgufValue value)
            ? TextAt(value.At, out _)
            : absent!;

    /// <summary>A whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    /// <param name="most">The largest one.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing, no whole number, or outside the
    /// range.</exception>
    public long Whole(string key, long least = 0, long most = int.MaxValue, long? absent = null) =>
        Find(key, false, absent is not null, GgufValueType.I64, out GgufValue value)
            ? WholeAt(key, value, value.At, least, most)
            : absent!.Value;

    /// <summary>A finite number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    /// <param name="most">The largest one.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing, no finite number, or outside the
    /// range.</exception>
    public double Number(
        string key, double least = double.MinValue, double most = double.MaxValue,
        double? absent = null)
    {
        if (!Find(key, false, absent is not null, GgufValueType.F64, out GgufValue value))
        {
            return absent!.Value;
        }

        double number = NumberAt(value.Type, value.At);
        return number >= least && number <= most ? number : throw Wrong(
            key, Math.Abs(least) == double.MaxValue && most == double.MaxValue
                ? "a finite number" : $"a number from {least} to {most}", $"{number}");
    }

    /// <summary>A truth value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing or no truth value.</exception>
    public bool Flag(string key, bool? absent = null)
    {
        if (!Find(key, false, absent is not null, GgufValueType.Bool, out GgufValue value))
        {
            return absent!.Value;
        }

        byte flag = _header[value.At];
        return flag <= 1 ? flag == 1 : throw Wrong(key, "0 or 1", $"{flag}");
    }

    /// <summary>An array of texts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing or no array of texts.</exception>
    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string>? absent = null)
    {
        if (!Find(key, true, absent is not null, GgufValueType.Text, out GgufValue value))
        {
            return absent!;
        }

        var texts = new string[value.Count];
        int at = value.At;
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = TextAt(at, out at);
        }

        return texts;
    }

    /// <summary>An array of whole numbers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    /// <param name="most">The largest one.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing, no array of whole numbers, or one of
    /// them is outside the range.</exception>
    public IReadOnlyList<long> Wholes(
        string key, long least = 0, long most = int.MaxValue, IReadOnlyList<long>? absent = null)
    {
        if (!Find(key, true, absent is not null, GgufValueType.I64, out GgufValue value))
        {
            return absent!;
        }

        var numbers = new long[value.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = WholeAt(
                key, value, value.At + (i * value.Type.Size()), least, most);
        }

        return numbers;
    }

    /// <summary>An array of numbers, which may be NaN or infinite.</summary>
    /// <param name="key">The key.</param>
    /// <param name="absent">The value if there is none; null if there must be one.</param>
    /// <exception cref="InvalidDataException">It is missing or no array of numbers.</exception>
    public IReadOnlyList<double> Numbers(string key, IReadOnlyList<double>? absent = null)
    {
        if (!Find(key, true, absent is not null, GgufValueType.F64, out GgufValue value))
        {
            return absent!;
        }

        var numbers = new double[value.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = NumberAt(value.Type, value.At + (i * value.Type.Size()));
        }

        return numbers;
    }

    /// <summary>False if the key is missing and may be; throws unless the value is of the kind:
    /// Text, Bool, I64 for any whole number, F64 for any number.</summary>
    private bool Find(
        string key, bool array, bool mayBeAbsent, GgufValueType kind, out GgufValue value)
    {
        if (!_values.TryGetValue(key, out value))
        {
            return mayBeAbsent ? false : throw GgufHeader.Wrong(
                _path, $"key {GgufHeader.Quoted(key)} is missing.");
        }

        bool fits = kind switch
        {
            GgufValueType.I64 => IsWhole(value.Type),
            GgufValueType.F64 => IsWhole(value.Type)
                || value.Type is GgufValueType.F32 or GgufValueType.F64,
            _ => value.Type == kind,
        };
        return fits && value.IsArray == array ? true : throw Wrong(
            key,
            (array, kind) switch
            {
                (false, GgufValueType.Text) => "a text",
                (false, GgufValueType.Bool) => "a truth value",
                (false, GgufValueType.I64) => "a whole number",
                (false, _) => "a number",
                (true, GgufValueType.Text) => "an array of texts",
                (true, GgufValueType.I64) => "an array of whole numbers",
                (true, _) => "an array of numbers",
            },
            $"{value}");
    }

    private static bool IsWhole(GgufValueType type) => type
        is <= GgufValueType.I32 or GgufValueType.U64 or GgufValueType.I64;

    private string TextAt(int at, out int end)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(at));
        end = at + 8 + length;
        return Encoding.UTF8.GetString(_header, at + 8, length);
    }

    private long WholeAt(string key, GgufValue value, int at, long least, long most)
    {
        Int128 number = IntegerAt(value.Type, at);
        return number >= least && number <= most
            ? (long)number
            : throw Wrong(key, $"a whole number from {least} to {most}", $"{number}");
    }

    private Int128 IntegerAt(GgufValueType type, int at)
    {
        ReadOnlySpan<byte> bytes = _header.AsSpan(at);
        return type switch
        {
            GgufValueType.U8 => bytes[0],
            GgufValueType.I8 => (sbyte)bytes[0],
            GgufValueType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    private double NumberAt(GgufValueType type, int at) => type switch
    {
        GgufValueType.F32 => BinaryPrimitives.ReadSingleLittleEndian(_header.AsSpan(at)),
        GgufValueType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(_header.AsSpan(at)),
        _ => (double)IntegerAt(type, at),
    };

    private InvalidDataException Wrong(string key, string rule, string got) => GgufHeader.Wrong(
        _path, $"key {GgufHeader.Quoted(key)} must be {rule}; got {got}.");
}
