using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>The header of a GGUF file, checked in full before anything is believed.</summary>
/// <remarks>
/// <c>GGUF</c>, version, number of tensors, number of pairs; the pairs: key, type, value; the
/// tensors: name, number of axes, their lengths with the innermost first, type, offset in the
/// data. The data begin at the next multiple of the alignment, as every tensor does. Versions 2
/// and 3 are the same.
/// </remarks>
internal sealed class GgufHeader
{
    private const string AlignmentKey = "general.alignment";
    private const int MostAxes = 4;
    private const int DeepestArray = 8;
    private const int LeastPair = 13;
    private const int LeastTensor = 24;

    private readonly string _path;
    private readonly GgufReader _reader;
    private readonly Dictionary<string, GgufValue> _values = [];

    private GgufHeader(string path, GgufReader reader) => (_path, _reader) = (path, reader);

    public int Version { get; private set; }

    public List<GgufTensor> Tensors { get; } = [];

    public GgufMetadata Metadata { get; private set; } = null!;

    public static GgufHeader Read(string path, SafeFileHandle file)
    {
        var reader = new GgufReader(path, file, RandomAccess.GetLength(file));
        var header = new GgufHeader(path, reader);
        header.Read();
        return header;
    }

    public static InvalidDataException Wrong(string path, string what) => new(
        $"GgufFile: {PrintableText.Escape(path)}: {what}");

    public static string Quoted(string name) => $"\"{PrintableText.Value(name)}\"";

    private void Read()
    {
        ReadVersion();
        ulong tensors = _reader.UInt64("the number of tensors");
        int pairs = _reader.Count(LeastPair, "pairs of metadata");
        if (tensors > (ulong)(_reader.Left / LeastTensor))
        {
            throw _reader.Wrong(
                $"the tensors' descriptions must fit in the {_reader.Left} bytes that follow, at "
                + $"least {LeastTensor} bytes each; got {tensors}; the file was cut short or "
                + "damaged.");
        }

        for (int i = 0; i < pairs; i++)
        {
            ReadPair($"metadata pair {i + 1} of {pairs}");
        }

        var names = new HashSet<string>();
        for (int i = 0; i < (int)tensors; i++)
        {
            GgufTensor tensor = ReadTensor($"tensor {i + 1} of {tensors}");
            Tensors.Add(tensor);
            if (!names.Add(tensor.Name))
            {
                throw _reader.Wrong($"tensor {Quoted(tensor.Name)} is there twice.");
            }
        }

        Metadata = new GgufMetadata(_path, _reader.Header(), _values);
        PlaceTensors(Alignment());
    }

    private void ReadVersion()
    {
        string start = _reader.Left < 4
            ? "fewer bytes"
            : Convert.ToHexString(_reader.Take(4, "the magic"));
        if (start != "47475546")
        {
            throw _reader.Wrong(
                $"a GGUF file begins with GGUF (bytes 47475546); got {start}; it is another kind "
                + "of file, or damaged.");
        }

        uint version = _reader.UInt32("the version");
        if (version is not (2 or 3))
        {
            bool swapped = BinaryPrimitives.ReverseEndianness(version) is >= 1 and <= 3;
            throw _reader.Wrong(
                "the version must be 2 or 3"
                + (swapped ? ", little-endian; got a big-endian file; convert it."
                    : $"; got {version}; convert the model again."));
        }

        Version = (int)version;
    }

    private void ReadPair(string what)
    {
        string key = _reader.Text($"the key of {what}");
        string name = $"key {Quoted(key)}";
        GgufValueType type = ReadType(name);
        GgufValue value;
        if (type == GgufValueType.Array)
        {
            GgufValueType elements = ReadType(name);
            int count = _reader.Count(elements.Least(), $"{name}: the elements");
            value = new GgufValue(elements, true, count, _reader.At);
            Skip(elements, count, name, depth: 1);
        }
        else
        {
            value = new GgufValue(type, false, 1, _reader.At);
            Skip(type, 1, name, depth: 0);
        }

        if (!_values.TryAdd(key, value))
        {
            throw _reader.Wrong($"{name} is there twice.");
        }
    }

    private GgufValueType ReadType(string name)
    {
        uint type = _reader.UInt32(name);
        return type <= (uint)GgufValueType.F64
            ? (GgufValueType)type
            : throw _reader.Wrong(
                $"{name}: a type of metadata is a number up to {(int)GgufValueType.F64}; got "
                + $"{type}.");
    }

    private void Skip(GgufValueType type, int count, string name, int depth)
    {
        if (type.Size() > 0)
        {
            _reader.Take((ulong)count * (ulong)type.Size(), name);
            return;
        }

        if (depth >= DeepestArray)
        {
            throw _reader.Wrong($"{name}: arrays may be {DeepestArray} deep; got deeper ones.");
        }

        for (int i = 0; i < count; i++)
        {
            if (type == GgufValueType.Text)
            {
                _reader.Take(_reader.UInt64(name), name);
            }
            else
            {
                GgufValueType elements = ReadType(name);
                Skip(
                    elements, _reader.Count(elements.Least(), $"{name}: the elements"), name,
                    depth + 1);
            }
        }
    }

    /// <summary>A tensor whose offset still counts from the start of the data.</summary>
    private GgufTensor ReadTensor(string what)
    {
        string name = _reader.Text($"the name of {what}");
        what = $"tensor {Quoted(name)}";
        uint axes = _reader.UInt32(what);
        if (axes > MostAxes)
        {
            throw _reader.Wrong($"{what}: at most {MostAxes} axes; got {axes}.");
        }

        var lengths = new long[axes];
        for (int i = lengths.Length - 1; i >= 0; i--)
        {
            ulong length = _reader.UInt64(what);
            lengths[i] = length <= long.MaxValue
                ? (long)length
                : throw _reader.Wrong($"{what}: an axis is shorter than 2^63; got {length}.");
        }

        uint id = _reader.UInt32(what);
        GgufType type = GgufType.Find(id) ?? throw _reader.Wrong(
            $"{what}: its elements are of type {id}, which is unknown or was removed from the "
            + "format; convert the model to another type.");
        ulong offset = _reader.UInt64(what);
        if (offset > (ulong)_reader.Length)
        {
            throw _reader.Wrong(
                $"{what} must begin in the file of {_reader.Length} bytes; its offset is {offset}; "
                + "the file was cut short or damaged.");
        }

        return new GgufTensor(
            name, type.Name, lengths, (long)offset, ByteCount(what, type, lengths))
        {
            Stored = type,
        };
    }

    private long ByteCount(string what, GgufType type, long[] lengths)
    {
        long row = lengths.Length == 0 ? 1 : lengths[^1];
        if (row % type.Values != 0)
        {
            throw _reader.Wrong(
                $"{what}: a row of {type.Name} is a multiple of {type.Values}; got {row}.");
        }

        // Without the axes of length 0, so that no product of lengths leaves 64 bits later.
        Int128 bytes = (Int128)Math.Max(1, row / type.Values) * type.Bytes;
        for (int axis = 0; axis < lengths.Length - 1 && bytes <= long.MaxValue; axis++)
        {
            bytes *= Math.Max(1, lengths[axis]);
        }

        return bytes <= _reader.Length
            ? lengths.Contains(0) ? 0 : (long)bytes
            : throw _reader.Wrong(
                $"{what}: [{string.Join(", ", lengths)}] of {type.Name} must lie in the file of "
                + $"{_reader.Length} bytes; it was cut short or damaged.");
    }

    private int Alignment()
    {
        if (!_values.TryGetValue(AlignmentKey, out GgufValue value))
        {
            return 32;
        }

        if (value.Type != GgufValueType.U32 || value.IsArray)
        {
            throw _reader.Wrong($"key \"{AlignmentKey}\" must be of type U32; got {value}.");
        }

        long alignment = Metadata.Whole(AlignmentKey, 0, uint.MaxValue);
        return BitOperations.IsPow2(alignment) && alignment <= 1 << 30
            ? (int)alignment
            : throw _reader.Wrong(
                $"key \"{AlignmentKey}\" must be a power of 2 up to 2^30; got {alignment}.");
    }

    private void PlaceTensors(int alignment)
    {
        long start = ((long)_reader.At + alignment - 1) / alignment * alignment;
        for (int i = 0; i < Tensors.Count; i++)
        {
            GgufTensor tensor = Tensors[i];
            string what = $"tensor {Quoted(tensor.Name)}";
            if (tensor.Offset % alignment != 0)
            {
                throw _reader.Wrong(
                    $"{what}: its offset must be a multiple of {alignment}; got "
                    + $"{tensor.Offset}.");
            }

            // Both are at most the file's length: no sum here leaves 64 bits.
            if (start + tensor.Offset + tensor.Length > _reader.Length)
            {
                throw _reader.Wrong(
                    $"{what} must lie in the file of {_reader.Length} bytes; got {tensor.Length} "
                    + $"bytes from byte {start + tensor.Offset} on; the file was cut short or "
                    + "damaged.");
            }

            Tensors[i] = tensor with { Offset = start + tensor.Offset };
        }

        GgufTensor? before = null;
        foreach (GgufTensor tensor in Tensors
            .Where(tensor => tensor.Length > 0)
            .OrderBy(tensor => tensor.Offset))
        {
            if (before is not null && tensor.Offset < before.Offset + before.Length)
            {
                throw _reader.Wrong(
                    $"tensors must not overlap; {Quoted(tensor.Name)} begins at byte "
                    + $"{tensor.Offset}, inside {Quoted(before.Name)}.");
            }

            before = tensor;
        }
    }
}
