namespace Vitrine.Models.Checkpoints;

/// <summary>A tensor in a file, as described by its header.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">The lengths of its axes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where its bytes begin, from the file's start.</param>
/// <param name="Length">The number of its bytes.</param>
public sealed record StoredTensor(
    string Name, ElementType Type, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary><c>embed.W_E F32 [50257, 64]</c>.</summary>
    public override string ToString() =>
        PrintableText.Value($"{Name} {TypeName} {ShapeText}");

    /// <summary>The type as the file spells it.</summary>
    internal string TypeName { get; init; } = $"{Type}";

    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
