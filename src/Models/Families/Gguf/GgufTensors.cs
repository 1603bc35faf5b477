using System.Diagnostics.CodeAnalysis;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Tensors;

namespace Vitrine.Models.Families.Gguf;

/// <summary>A GGUF file as tensors by name.</summary>
internal sealed class GgufTensors : ITensorFile
{
    private readonly Dictionary<string, StoredTensor> _tensors;

    public GgufTensors(GgufFile file)
    {
        File = file;
        Tensors = [.. file.Tensors.Select(tensor => new StoredTensor(
            tensor.Name, ElementType.Other, tensor.Shape, 0, 0)
        {
            TypeName = $"{tensor.Type}",
        })];
        _tensors = Tensors.ToDictionary(tensor => tensor.Name);
    }

    public GgufFile File { get; }

    public string Path => File.Path;

    public IReadOnlyList<StoredTensor> Tensors { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor) =>
        _tensors.TryGetValue(name, out tensor);

    public void Require(string name, Shape shape)
    {
        if (!TryGet(name, out StoredTensor? tensor))
        {
            throw SafeTensorsHeader.Wrong(
                Path, $"there is no tensor \"{PrintableText.Value(name)}\".");
        }

        long[] wanted = [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])];
        if (!tensor.Shape.SequenceEqual(wanted))
        {
            throw SafeTensorsHeader.Wrong(
                Path,
                $"\"{PrintableText.Value(name)}\" must be {shape}; the file has "
                + $"{tensor.ShapeText}.");
        }
    }

    public Tensor<float> ReadFloat(string name) => File.ReadFloat(name);

    public Weight Map(string name, Shape shape) => File.Map(name, shape);

    /// <summary>The file belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }
}
