namespace Vitrine.Models.Checkpoints;

/// <summary>How the elements of a stored tensor are written, by the names that safetensors files
/// use; all little-endian.</summary>
public enum ElementType
{
    /// <summary>Truth values, one byte each.</summary>
    BOOL,

    /// <summary>Bytes.</summary>
    U8,

    /// <summary>Signed bytes.</summary>
    I8,

    /// <summary>Floats of 8 bits, 5 of exponent.</summary>
    F8_E5M2,

    /// <summary>Floats of 8 bits, 4 of exponent.</summary>
    F8_E4M3,

    /// <summary>Whole numbers of 16 bits.</summary>
    I16,

    /// <summary>Whole numbers of 16 bits from 0.</summary>
    U16,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>The upper half of a binary32.</summary>
    BF16,

    /// <summary>Whole numbers of 32 bits.</summary>
    I32,

    /// <summary>Whole numbers of 32 bits from 0.</summary>
    U32,

    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary64.</summary>
    F64,

    /// <summary>Whole numbers of 64 bits.</summary>
    I64,

    /// <summary>Whole numbers of 64 bits from 0.</summary>
    U64,

    /// <summary>A type that is not read here, such as C64 or F4: the tensor is listed, but cannot
    /// be read.</summary>
    Other,
}

/// <summary>The properties of an element type.</summary>
internal static class ElementTypes
{
    public static string Names => string.Join(
        ", ", Enum.GetNames<ElementType>().Except([nameof(ElementType.Other)]));

    /// <summary>The bytes of one element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        <= ElementType.F8_E4M3 => 1,
        <= ElementType.BF16 => 2,
        <= ElementType.F32 => 4,
        _ => 8,
    };

    /// <summary>The type with a name used in files.</summary>
    public static ElementType Parse(string name) => Enum.IsDefined(typeof(ElementType), name)
        ? Enum.Parse<ElementType>(name) : ElementType.Other;
}
