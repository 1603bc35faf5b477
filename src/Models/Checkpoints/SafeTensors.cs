using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Reads a <c>.safetensors</c> file: names, shapes and, one at a time, tensors.</summary>
/// <remarks> Opening checks the whole header, and the checksum of files that carry Vitrine's.
/// Tensors are read on request, directly into their memory. Disposing closes the file. </remarks>
public sealed class SafeTensors : ITensorFile
{
    private const string CutShort = "the file was cut short while it was read.";

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, StoredTensor> _tensors;

    private SafeTensors(string path, SafeFileHandle file, SafeTensorsHeader header)
    {
        Path = path;
        _file = file;
        _tensors = header.Tensors.ToDictionary(tensor => tensor.Name);
        Tensors = header.Tensors;
        Metadata = header.Metadata;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its tensors, in the order of the header.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The file's own notes: text by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireChecksum">Whether to refuse a file without Vitrine's checksum, which
    /// detects any changed byte.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The header is wrong or damaged, the file was cut
    /// short, or the checksum is wrong or missing.</exception>
    public static SafeTensors Open(string path, bool requireChecksum = false)
    {
        SafeFileHandle file = InputFile.Open(path);
        try
        {
            long fileLength = RandomAccess.GetLength(file);
            var prefix = new byte[SafeTensorsHeader.PrefixLength];
            int read = ReadAt(file, prefix, 0);
            var json = new byte[SafeTensorsHeader.Length(path, prefix.AsSpan(0, read), fileLength)];
            if (ReadAt(file, json, prefix.Length) != json.Length)
            {
                throw SafeTensorsHeader.Wrong(path, CutShort);
            }

            SafeTensorsHeader header = SafeTensorsHeader.Parse(path, json, fileLength);
            if (header.Metadata.ContainsKey(Checksum.Key) || requireChecksum)
            {
                Checksum.Verify(path, file, prefix, json);
            }

            return new SafeTensors(path, file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The header's entry for a tensor; false if there is no such tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor) =>
        _tensors.TryGetValue(name, out tensor);

    /// <summary>Reads a tensor of F32, F16, BF16 or F64 (rounded to nearest) elements.</summary>
    /// <returns>A tensor of the stored shape that the caller owns.</returns>
    /// <exception cref="InvalidDataException">There is no such tensor, its elements are of another
    /// type, its shape is beyond what a tensor holds, or the file changed since it was
    /// opened.</exception>
    public Tensor<float> ReadFloat(string name) => Read<float>(name);

    /// <summary>Reads a tensor of whole numbers: I32, or another such type whose values
    /// fit.</summary>
    /// <inheritdoc cref="ReadFloat"/>
    public Tensor<int> ReadInt(string name) => Read<int>(name);

    /// <summary>Reads a tensor into an existing one, which may be any view.</summary>
    /// <exception cref="InvalidDataException">As <see cref="ReadFloat"/>, or the stored shape
    /// differs.</exception>
    public void ReadInto(string name, Tensor<float> destination) =>
        ReadInto<float>(name, destination);

    /// <inheritdoc cref="ReadInto(string, Tensor{float})"/>
    public void ReadInto(string name, Tensor<int> destination) => ReadInto<int>(name, destination);

    /// <summary>A tensor of F32, F16 or BF16 elements as it lies in the file, mapped into memory:
    /// nothing is copied. It outlives this; disposing it ends the mapping.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, its elements are of another
    /// type, its shape differs, or the file was cut short since it was opened.</exception>
    public unsafe Weight Map(string name, Shape shape)
    {
        StoredTensor stored = Find(name);
        RequireShape(stored, shape);
        if (stored.Offset + stored.Length > RandomAccess.GetLength(_file))
        {
            throw SafeTensorsHeader.Wrong(Path, CutShort);
        }

        if (stored.Length == 0)
        {
            return ReadFloat(name);
        }

        var mapped = new MappedBytes(_file, stored.Offset, stored.Length);
        return stored.Type switch
        {
            ElementType.F32 => Weight.Of(Tensor.Borrow((float*)mapped.Pointer, shape, mapped)),
            ElementType.F16 => Weight.Of(Tensor.Borrow((Half*)mapped.Pointer, shape, mapped)),
            ElementType.BF16 => Weight.Of(Tensor.Borrow((BFloat16*)mapped.Pointer, shape, mapped)),
            _ => throw Unmappable(stored, mapped),
        };
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Throws unless there is a tensor of this shape.</summary>
    internal void Require(string name, Shape shape) => RequireShape(Find(name), shape);

    void ITensorFile.Require(string name, Shape shape) => Require(name, shape);

    private InvalidDataException Unmappable(StoredTensor stored, MappedBytes mapped)
    {
        mapped.Dispose();
        return SafeTensorsHeader.Wrong(
            Path, $"{stored} cannot be used in its stored type; load the weights as float32.");
    }

    private void RequireShape(StoredTensor stored, Shape shape)
    {
        if (ShapeOf(stored) != shape)
        {
            throw SafeTensorsHeader.Wrong(
                Path,
                $"\"{PrintableText.Value(stored.Name)}\" must be {shape}; the file has "
                + $"{PrintableText.Value(stored.ShapeText)}.");
        }
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    internal static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(file, buffer[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    private Tensor<T> Read<T>(string name)
        where T : unmanaged
    {
        StoredTensor stored = Find(name);
        Tensor<T> tensor = Tensor.Empty<T>(ShapeOf(stored));
        try
        {
            Fill(stored, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private void ReadInto<T>(string name, Tensor<T> destination)
        where T : unmanaged
    {
        StoredTensor stored = Find(name);
        RequireShape(stored, destination.Shape);
        if (destination.IsContiguous && destination.Device == Device.Cpu)
        {
            Fill(stored, destination);
        }
        else
        {
            using Tensor<T> tensor = Read<T>(name);
            destination.CopyFrom(tensor);
        }
    }

    private void Fill<T>(StoredTensor stored, Tensor<T> tensor)
        where T : unmanaged
    {
        const int BlockElements = 1 << 18;
        int size = stored.Type.Size();
        Decoder<T> decode = Elements.Decoder<T>(stored.Type) ?? throw SafeTensorsHeader.Wrong(
            Path,
            $"{stored} cannot be read as {(typeof(T) == typeof(float) ? "float" : "int")}; "
            + "convert it to F32 or I32.");
        Span<T> elements = tensor.WritableSpan;
        var buffer = new byte[Math.Min(elements.Length, BlockElements) * size];
        for (int start = 0; start < elements.Length; start += BlockElements)
        {
            Span<T> block = elements[start..Math.Min(elements.Length, start + BlockElements)];
            Span<byte> bytes = buffer.AsSpan(0, block.Length * size);
            if (ReadAt(_file, bytes, stored.Offset + ((long)start * size)) != bytes.Length)
            {
                throw SafeTensorsHeader.Wrong(Path, CutShort);
            }

            if (!decode(bytes, block))
            {
                throw SafeTensorsHeader.Wrong(Path, $"{stored} has values beyond 32 bits.");
            }
        }
    }

    private StoredTensor Find(string name)
    {
        if (!_tensors.TryGetValue(name, out StoredTensor? stored))
        {
            throw SafeTensorsHeader.Wrong(
                Path,
                $"there is no tensor \"{PrintableText.Value(name)}\"; there are "
                + string.Join(", ", _tensors.Keys.Order().Take(12).Select(PrintableText.Value))
                + (_tensors.Count > 12 ? $" and {_tensors.Count - 12} more." : "."));
        }

        return stored.Type != ElementType.Other ? stored : throw SafeTensorsHeader.Wrong(
            Path, $"{stored} has an unsupported type; supported types are {ElementTypes.Names}.");
    }

    private Shape ShapeOf(StoredTensor stored)
    {
        if (stored.Shape.Count > Shape.MaxRank || stored.Shape.Any(length => length > int.MaxValue)
            || stored.Length / stored.Type.Size() > int.MaxValue)
        {
            throw SafeTensorsHeader.Wrong(
                Path,
                $"{stored} is beyond a tensor's {Shape.MaxRank} axes or {int.MaxValue} elements; "
                + "store it in parts.");
        }

        return Shape.Create([.. stored.Shape.Select(length => (int)length)]);
    }
}
