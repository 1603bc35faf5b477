namespace Vitrine.Models.Checkpoints.Gguf;

/// <summary>The types of metadata, by their numbers in the file.</summary>
internal enum GgufValueType
{
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Text,
    Array,
    U64,
    I64,
    F64,
}

/// <summary>A value of metadata: where it lies in the header.</summary>
/// <param name="Type">Its type; of an array, that of the elements.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Count">The number of elements; 1 if it is no array.</param>
/// <param name="At">Where the first element begins.</param>
internal readonly record struct GgufValue(GgufValueType Type, bool IsArray, int Count, int At)
{
    public override string ToString() => IsArray ? $"{Count} of {Type}" : $"{Type}";
}

/// <summary>The properties of a type of metadata.</summary>
internal static class GgufValueTypes
{
    /// <summary>The bytes of one value; 0 where they differ.</summary>
    public static int Size(this GgufValueType type) => type switch
    {
        GgufValueType.U8 or GgufValueType.I8 or GgufValueType.Bool => 1,
        GgufValueType.U16 or GgufValueType.I16 => 2,
        GgufValueType.U32 or GgufValueType.I32 or GgufValueType.F32 => 4,
        GgufValueType.Text or GgufValueType.Array => 0,
        _ => 8,
    };

    /// <summary>The fewest bytes of one value: a text's length, an array's type and
    /// length.</summary>
    public static int Least(this GgufValueType type) => type switch
    {
        GgufValueType.Text => 8,
        GgufValueType.Array => 12,
        _ => type.Size(),
    };
}
