using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Collects tensors and writes them as one <c>.safetensors</c> file.</summary>
/// <remarks>
/// Tensors are referred to, not copied: they must keep their values until the file is written.
/// Views are written in their own layout, row-major. Larger elements come first, so that every
/// tensor is aligned; equal ones in the order of adding.
/// </remarks>
public sealed class SafeTensorsWriter
{
    private readonly List<Entry> _entries = [];

    /// <summary>The file's own notes: text by key.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(
        StringComparer.Ordinal);

    /// <summary>Adds a tensor of floats.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="tensor">The tensor, any view.</param>
    /// <param name="type">F32, F64 or F16 (rounded to nearest; above 65504 infinite).</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the type is none of
    /// the three.</exception>
    public SafeTensorsWriter Add(
        string name, Tensor<float> tensor, ElementType type = ElementType.F32) =>
        Add<float>(name, tensor, type);

    /// <summary>Adds a tensor of whole numbers.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="tensor">The tensor, any view.</param>
    /// <param name="type">I32 or I64.</param>
    /// <inheritdoc cref="Add(string, Tensor{float}, ElementType)"/>
    public SafeTensorsWriter Add(
        string name, Tensor<int> tensor, ElementType type = ElementType.I32) =>
        Add<int>(name, tensor, type);

    /// <summary>Writes the file in one step, with a checksum: see
    /// <see cref="AtomicFile"/>.</summary>
    /// <exception cref="IOException">The file cannot be written; the old content is
    /// kept.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the file's bytes to a stream that can seek, from its start.</summary>
    public void Write(Stream stream)
    {
        byte[] header = Header();
        int checksum = SafeTensorsHeader.PrefixLength
            + Checksum.Find(header.AsSpan(SafeTensorsHeader.PrefixLength));
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256);
        hash.AppendData(header);
        stream.Write(header);
        foreach (Entry entry in _entries)
        {
            entry.Write(bytes =>
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            });
        }

        stream.Position = checksum;
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
        stream.Position = stream.Length;
    }

    private SafeTensorsWriter Add<T>(string name, Tensor<T> tensor, ElementType type)
        where T : unmanaged
    {
        if (name == SafeTensorsHeader.MetadataKey || _entries.Exists(entry => entry.Name == name))
        {
            throw new ArgumentException(
                $"SafeTensors: the name \"{name}\" is taken; use another.", nameof(name));
        }

        Encoder<T> encode = Elements.Encoder<T>(type) ?? throw new ArgumentException(
            $"SafeTensors: \"{name}\" cannot be written as {type}; "
            + (typeof(T) == typeof(float) ? "use F32, F64 or F16." : "use I32 or I64."),
            nameof(type));
        var entry = new Entry(
            name, type, tensor.Shape, sink => WriteElements(tensor, type, encode, sink));
        int place = _entries.FindIndex(other => other.Type.Size() < type.Size());
        _entries.Insert(place < 0 ? _entries.Count : place, entry);
        return this;
    }

    private static void WriteElements<T>(
        Tensor<T> tensor, ElementType type, Encoder<T> encode, Sink sink)
        where T : unmanaged
    {
        const int BlockElements = 1 << 18;
        using Tensor<T> host = tensor.To(Device.Cpu);
        using Tensor<T> contiguous = host.Contiguous();
        ReadOnlySpan<T> elements = contiguous.Span;
        var buffer = new byte[Math.Min(elements.Length, BlockElements) * type.Size()];
        for (int start = 0; start < elements.Length; start += BlockElements)
        {
            int end = Math.Min(elements.Length, start + BlockElements);
            ReadOnlySpan<T> block = elements[start..end];
            Span<byte> bytes = buffer.AsSpan(0, block.Length * type.Size());
            encode(block, bytes);
            sink(bytes);
        }
    }

    /// <summary>Length and JSON, padded with spaces so that the tensors begin at a multiple of
    /// 8.</summary>
    private byte[] Header()
    {
        using var json = new MemoryStream();
        json.Write(stackalloc byte[SafeTensorsHeader.PrefixLength]);
        using (var writer = new Utf8JsonWriter(
            json, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(SafeTensorsHeader.MetadataKey);
            writer.WriteString(Checksum.Key, Checksum.Placeholder);
            foreach ((string key, string value) in Metadata)
            {
                if (key != Checksum.Key)
                {
                    writer.WriteString(key, value);
                }
            }

            writer.WriteEndObject();
            long offset = 0;
            foreach (Entry entry in _entries)
            {
                entry.WriteHeader(writer, ref offset);
            }

            writer.WriteEndObject();
        }

        while (json.Length % 8 != 0)
        {
            json.WriteByte((byte)' ');
        }

        byte[] header = json.ToArray();
        long length = header.Length - SafeTensorsHeader.PrefixLength;
        if (length > SafeTensorsHeader.LongestHeader)
        {
            throw new InvalidOperationException(
                $"SafeTensors: a header has at most {SafeTensorsHeader.LongestHeader} bytes; got "
                + $"{length}; store fewer tensors or shorter metadata.");
        }

        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private sealed record Entry(string Name, ElementType Type, Shape Shape, Action<Sink> Write)
    {
        public void WriteHeader(Utf8JsonWriter writer, ref long offset)
        {
            writer.WriteStartObject(Name);
            writer.WriteString("dtype", Type.ToString());
            writer.WriteStartArray("shape");
            foreach (int length in Shape)
            {
                writer.WriteNumberValue(length);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(offset);
            offset += Shape.Length * Type.Size();
            writer.WriteNumberValue(offset);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
