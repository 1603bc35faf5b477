using System.Diagnostics.CodeAnalysis;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>Reads a <c>.gguf</c> file, or several that a model was split into: metadata, and the
/// tensors, one at a time.</summary>
/// <remarks>Opening checks the whole header; memory and time follow the file's size, whatever the
/// header claims. Tensors are read on request. Disposing closes the file.</remarks>
public sealed class GgufFile : IDisposable
{
    private readonly List<GgufPart> _parts;
    private readonly Dictionary<string, GgufTensor> _tensors = [];

    private GgufFile(string path, List<GgufPart> parts)
    {
        (Path, _parts) = (path, parts);
        var all = new List<GgufTensor>();
        foreach (GgufPart part in parts)
        {
            foreach (GgufTensor stored in part.Header.Tensors)
            {
                GgufTensor tensor = stored with { Part = part };
                all.Add(tensor);
                if (!_tensors.TryAdd(tensor.Name, tensor))
                {
                    throw GgufHeader.Wrong(
                        part.Path,
                        $"tensor {GgufHeader.Quoted(tensor.Name)} is in another part of the model "
                        + "too.");
                }
            }
        }

        Tensors = all;
    }

    /// <summary>The file; the first of several.</summary>
    public string Path { get; }

    /// <summary>The version of the format: 2 or 3, which are the same.</summary>
    public int Version => _parts[0].Header.Version;

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>The metadata; of several files, those of the first.</summary>
    public GgufMetadata Metadata => _parts[0].Header.Metadata;

    /// <summary>Opens a file and, where it is the first of several
    /// (<c>x-00001-of-00003.gguf</c>), the others. Another one of them is opened by
    /// itself.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no GGUF file of version 2 or 3, its header is
    /// damaged, it was cut short, or one of several files is missing.</exception>
    public static GgufFile Open(string path)
    {
        List<GgufPart> parts = GgufSplit.Open(path);
        try
        {
            return new GgufFile(path, parts);
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>The header's entry for a tensor; false if there is no such tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out GgufTensor? tensor) =>
        _tensors.TryGetValue(name, out tensor);

    /// <summary>Reads a tensor of F32, F16, BF16 or F64 (rounded to nearest) elements or of blocks,
    /// which are decoded in parallel.</summary>
    /// <returns>A tensor of the stored shape that the caller owns.</returns>
    /// <exception cref="InvalidDataException">There is no such tensor, its elements are of another
    /// type, its shape is beyond what a tensor holds, or the file changed since it was
    /// opened.</exception>
    public Tensor<float> ReadFloat(string name) => Read<float>(name);

    /// <summary>Reads a tensor of whole numbers: I8, I16, I32, or I64 whose values fit.</summary>
    /// <inheritdoc cref="ReadFloat"/>
    public Tensor<int> ReadInt(string name) => Read<int>(name);

    /// <summary>Reads a tensor into an existing one, which may be any view.</summary>
    /// <exception cref="InvalidDataException">As <see cref="ReadFloat"/>, or the stored shape
    /// differs.</exception>
    public void ReadInto(string name, Tensor<float> destination)
    {
        GgufTensor stored = Find(name);
        RequireShape(stored, destination.Shape);
        if (destination.IsContiguous && destination.Device == Device.Cpu)
        {
            Fill(stored, destination);
            return;
        }

        using Tensor<float> tensor = ReadFloat(name);
        destination.CopyFrom(tensor);
    }

    /// <summary>A tensor of F32, F16 or BF16 elements or of blocks as it lies in the file, mapped
    /// into memory: nothing is copied. It outlives this; disposing it ends the mapping.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="InvalidDataException">There is no such tensor, its elements are of another
    /// type, its shape differs, or the file was cut short since it was opened.</exception>
    public unsafe Weight Map(string name, Shape shape)
    {
        GgufTensor stored = Find(name);
        RequireShape(stored, shape);
        GgufType type = stored.Stored;
        if (type.Blocks is null
            && type.Plain is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw GgufHeader.Wrong(
                stored.Part.Path,
                $"{stored} cannot be used in its stored type; load the weights as float32.");
        }

        if (stored.Length == 0)
        {
            return ReadFloat(name);
        }

        MappedBytes mapped = stored.Part.Map(stored);
        return type.Blocks is { } format
            ? Weight.OfBlocks(format, mapped.Pointer, shape, mapped)
            : type.Plain switch
            {
                ElementType.F32 => Weight.Of(Tensor.Borrow((float*)mapped.Pointer, shape, mapped)),
                ElementType.F16 => Weight.Of(Tensor.Borrow((Half*)mapped.Pointer, shape, mapped)),
                _ => Weight.Of(Tensor.Borrow((BFloat16*)mapped.Pointer, shape, mapped)),
            };
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _parts.ForEach(part => part.Dispose());

    private Tensor<T> Read<T>(string name)
        where T : unmanaged
    {
        GgufTensor stored = Find(name);
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

    private static void Fill<T>(GgufTensor stored, Tensor<T> tensor)
        where T : unmanaged
    {
        Decoder<T>? decode = stored.Stored.Blocks is { } format
            ? (Decoder<T>?)(Delegate?)BlockDecoder(typeof(T), format)
            : Elements.Decoder<T>(stored.Stored.Plain);
        if (decode is null)
        {
            throw GgufHeader.Wrong(
                stored.Part.Path,
                $"{stored} cannot be read as {(typeof(T) == typeof(float) ? "float" : "int")}.");
        }

        bool fits = true;
        var copy = new GgufCopy<T>(stored, tensor);
        while (copy.ReadNext())
        {
            WorkerPool.For(copy.Pieces, piece =>
            {
                if (!decode(copy.Bytes(piece), copy.Values(piece)))
                {
                    fits = false;
                }
            });
        }

        if (!fits)
        {
            throw GgufHeader.Wrong(stored.Part.Path, $"{stored} has values beyond 32 bits.");
        }
    }

    private static Decoder<float>? BlockDecoder(Type type, BlockFormat format) =>
        type != typeof(float) ? null : (bytes, values) =>
        {
            format.Decode(bytes, values);
            return true;
        };

    private GgufTensor Find(string name) => _tensors.TryGetValue(name, out GgufTensor? stored)
        ? stored
        : throw GgufHeader.Wrong(
            Path,
            $"there is no tensor {GgufHeader.Quoted(name)}; there are "
            + string.Join(", ", _tensors.Keys.Order().Take(12).Select(PrintableText.Value))
            + (_tensors.Count > 12 ? $" and {_tensors.Count - 12} more." : "."));

    private static void RequireShape(GgufTensor stored, Shape shape)
    {
        if (ShapeOf(stored) != shape)
        {
            throw GgufHeader.Wrong(
                stored.Part.Path,
                $"{GgufHeader.Quoted(stored.Name)} must be {shape}; the file has "
                + $"{stored.ShapeText}.");
        }
    }

    private static Shape ShapeOf(GgufTensor stored)
    {
        if (stored.Shape.Any(length => length > int.MaxValue)
            || stored.Length / stored.Stored.Bytes > int.MaxValue / stored.Stored.Values)
        {
            throw GgufHeader.Wrong(
                stored.Part.Path,
                $"{stored} is beyond a tensor's {int.MaxValue} elements; store it in parts.");
        }

        return Shape.Create([.. stored.Shape.Select(length => (int)length)]);
    }
}
