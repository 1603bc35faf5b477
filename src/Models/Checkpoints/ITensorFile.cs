using System.Diagnostics.CodeAnalysis;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Tensors by name, in one file or several.</summary>
internal interface ITensorFile : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Path { get; }

    IReadOnlyList<StoredTensor> Tensors { get; }

    bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor);

    /// <summary>Throws unless there is a tensor of this shape.</summary>
    void Require(string name, Shape shape);

    /// <summary>A tensor as float32; the caller owns it.</summary>
    Tensor<float> ReadFloat(string name);

    /// <summary>A tensor as it lies in the file, mapped into memory.</summary>
    Weight Map(string name, Shape shape);
}
