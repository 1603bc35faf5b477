using Microsoft.Win32.SafeHandles;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>One file of a model: the only one, or one of those that it was split into.</summary>
internal sealed class GgufPart : IDisposable
{
    private const string CutShort = "the file was cut short while it was read.";

    private GgufPart(string path, SafeFileHandle file, GgufHeader header) =>
        (Path, File, Header) = (path, file, header);

    public string Path { get; }

    public SafeFileHandle File { get; }

    public GgufHeader Header { get; }

    public static GgufPart Open(string path)
    {
        SafeFileHandle file = InputFile.Open(path);
        try
        {
            return new GgufPart(path, file, GgufHeader.Read(path, file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a tensor from some byte on.</summary>
    public void Read(GgufTensor tensor, long start, Span<byte> to)
    {
        if (SafeTensors.ReadAt(File, to, tensor.Offset + start) != to.Length)
        {
            throw GgufHeader.Wrong(Path, CutShort);
        }
    }

    /// <summary>The bytes of a tensor, which is not empty, as they lie in the file.</summary>
    public MappedBytes Map(GgufTensor tensor)
    {
        if (tensor.Offset + tensor.Length > RandomAccess.GetLength(File))
        {
            throw GgufHeader.Wrong(Path, CutShort);
        }

        return new MappedBytes(File, tensor.Offset, tensor.Length);
    }

    public void Dispose() => File.Dispose();
}
