using System.Globalization;
using System.Text;

namespace Vitrine.Tensors;

/// <content>The text of a tensor: shape and corner values.</content>
public sealed unsafe partial class Tensor<T>
{
    private const int Edge = 3;

    /// <summary>The type, the shape and the values at the corners.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Describe());
        if (IsDisposed)
        {
            return text.Append(" (released)").ToString();
        }

        if (Device != Device.Cpu)
        {
            return text.Append(" on ").Append(Device).ToString();
        }

        if (Length > 0)
        {
            text.Append(' ');
            AppendValues(text, 0, 0);
        }

        return text.ToString();
    }

    private string Describe()
    {
        string name = typeof(T) == typeof(float) ? "float32"
            : typeof(T) == typeof(int) ? "int32"
            : typeof(T) == typeof(Half) ? "float16"
            : typeof(T) == typeof(BFloat16) ? "bfloat16"
            : typeof(T).Name;
        return IsContiguous
            ? $"{name} {Shape}"
            : $"{name} {Shape} strides [{string.Join(", ", Strides.ToArray())}]";
    }

    private void AppendValues(StringBuilder text, int axis, long offset)
    {
        if (axis == Rank)
        {
            text.Append(Pointer[offset] is IFormattable value
                ? value.ToString(
                    typeof(T) == typeof(int) ? "D" : "G5", CultureInfo.InvariantCulture)
                : Pointer[offset].ToString());
            return;
        }

        text.Append('[');
        int length = Shape[axis];
        for (int i = 0; i < length; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            if (i == Edge && length > 2 * Edge)
            {
                text.Append("…, ");
                i = length - Edge;
            }

            AppendValues(text, axis + 1, offset + (i * _strides[axis]));
        }

        text.Append(']');
    }
}
