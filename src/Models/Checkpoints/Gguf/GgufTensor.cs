namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>A tensor in a GGUF file, as described by its header.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">The type of its elements, as ggml names it: F32, Q4_K.</param>
/// <param name="Shape">The lengths of its axes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where its bytes begin, from the start of the file that holds it.</param>
/// <param name="Length">The number of its bytes.</param>
public sealed record GgufTensor(
    string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary><c>blk.0.attn_q.weight Q4_K [2048, 2048]</c>.</summary>
    public override string ToString() => PrintableText.Value($"{Name} {Type} {ShapeText}");

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";

    /// <summary>How it is stored.</summary>
    internal GgufType Stored { get; init; } = null!;

    /// <summary>The file that holds it.</summary>
    internal GgufPart Part { get; init; } = null!;
}
