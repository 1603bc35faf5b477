using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Vitrine.Models.Checkpoints;

/// <summary>The non-finite entries of a weight.</summary>
/// <param name="Name">The weight.</param>
/// <param name="Index">The index of the first, axis by axis.</param>
/// <param name="Value">Its value.</param>
/// <param name="Count">How many there are in the weight.</param>
internal sealed record NonFinite(
    string Name, IReadOnlyList<int> Index, float Value, long Count)
{
    private const int BlockElements = 1 << 16;

    /// <summary><c>embed.W_E[3, 0] is NaN</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name}[{string.Join(", ", Index)}] is {Value}");

    /// <summary>The weights of a model with such a value; of numbers that stay in their file, a
    /// part at a time is decoded.</summary>
    public static IReadOnlyList<NonFinite> In(Transformer model) =>
        [.. model.Parameters.Select(Of).OfType<NonFinite>()];

    /// <summary>The first non-finite entry of a weight; null if all are finite.</summary>
    public static NonFinite? Of(Parameter parameter)
    {
        if (parameter.Stored is null && TensorPrimitives.IsFiniteAll(parameter.Storage.Span))
        {
            return null;
        }

        // Rows by the literature's layout, since the index is told in it.
        Weight weight = parameter.Stored ?? parameter.Value;
        Shape shape = weight.Shape;
        int rows = shape.Rank == 0 ? 1 : shape[0];
        long width = rows == 0 ? 0 : shape.Length / rows;
        int step = (int)Math.Max(1, BlockElements / Math.Max(1, width));
        (long first, long count, float value) = (-1, 0, 0);
        for (int row = 0; row < rows; row += step)
        {
            using Tensor<float> part = shape.Rank == 0 ? weight.ToFloat32()
                : weight.Slice(0, row, Math.Min(step, rows - row)).ToFloat32();
            ReadOnlySpan<float> values = part.Span;
            if (TensorPrimitives.IsFiniteAll(values))
            {
                continue;
            }

            for (int i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]) && ++count == 1)
                {
                    (first, value) = ((row * width) + i, values[i]);
                }
            }
        }

        return count == 0 ? null : new NonFinite(parameter.Name!, Place(shape, first), value, count);
    }

    private static int[] Place(Shape shape, long element)
    {
        var place = new int[shape.Rank];
        for (int axis = place.Length - 1; axis >= 0; axis--)
        {
            (element, long index) = Math.DivRem(element, shape[axis]);
            place[axis] = (int)index;
        }

        return place;
    }
}
