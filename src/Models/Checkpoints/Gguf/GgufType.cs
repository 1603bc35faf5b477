using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>How a tensor of a GGUF file is stored: numbers by themselves, or blocks.</summary>
/// <param name="Name">As ggml spells it.</param>
/// <param name="Values">The numbers in a block; 1 where there are no blocks.</param>
/// <param name="Bytes">The bytes of a block.</param>
internal sealed record GgufType(string Name, int Values, int Bytes)
{
    private static readonly Dictionary<uint, GgufType> All = Table();

    /// <summary>The type of numbers by themselves; Other for blocks.</summary>
    public ElementType Plain { get; private init; } = ElementType.Other;

    /// <summary>The format of blocks, if it is one.</summary>
    public BlockFormat? Blocks { get; private init; }

    /// <summary>The type with a number used in files; null if there is none.</summary>
    public static GgufType? Find(uint id) => All.GetValueOrDefault(id);

    private static Dictionary<uint, GgufType> Table()
    {
        var table = new Dictionary<uint, GgufType>();
        foreach ((uint id, ElementType type) in ((uint, ElementType)[])
        [
            (0, ElementType.F32), (1, ElementType.F16), (24, ElementType.I8),
            (25, ElementType.I16), (26, ElementType.I32), (27, ElementType.I64),
            (28, ElementType.F64), (30, ElementType.BF16),
        ])
        {
            table.Add(id, new GgufType($"{type}", 1, type.Size()) { Plain = type });
        }

        foreach (BlockFormat format in BlockFormat.All)
        {
            table.Add(
                (uint)format.GgufType,
                new GgufType(format.Name, format.ValuesPerBlock, format.BytesPerBlock)
                {
                    Blocks = format,
                });
        }

        return table;
    }
}
