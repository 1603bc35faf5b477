using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>A float64 array with just the arithmetic that the reference formulas need.</summary>
public sealed class Array64(Shape shape, double[] values)
{
    public Shape Shape { get; } = shape;

    public double[] Values { get; } = values;

    public static Array64 Random(Shape shape, Random random, double low, double high) =>
        new(shape, [.. Enumerable.Range(0, (int)shape.Length).Select(
            _ => (double)(float)(low + ((high - low) * random.NextDouble())))]);

    public Tensor<float> ToTensor() =>
        Tensor.From<float>(Array.ConvertAll(Values, value => (float)value), Shape);

    public Array64 Map(Func<double, double> f) => new(Shape, Array.ConvertAll(Values, f.Invoke));

    public static Array64 Zip(Array64 a, Array64 b, Func<double, double, double> f)
    {
        Shape shape = Shape.Broadcast("Zip", a.Shape, b.Shape);
        var result = new double[shape.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = f(a.Values[a.Offset(i, shape)], b.Values[b.Offset(i, shape)]);
        }

        return new Array64(shape, result);
    }

    /// <summary>Applies a function to every run of values along an axis, or to all
    /// values.</summary>
    public Array64 Reduce(int? axis, bool keepAxis, Func<double[], double> f)
    {
        if (axis is null)
        {
            Span<int> ones = stackalloc int[Shape.Rank];
            ones.Fill(1);
            return new Array64(keepAxis ? Shape.Create(ones) : [], [f(Values)]);
        }

        int along = Shape.Axis(axis.Value);
        var (outer, length, inner) = Split(along);
        var result = new double[outer * inner];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = f(Run(i, length, inner));
        }

        return new Array64(keepAxis ? Shape.With(along, 1) : Shape.Without(along), result);
    }

    /// <summary>Replaces every run of values along an axis by as many others.</summary>
    public Array64 Along(int axis, Func<double[], double[]> f)
    {
        var (outer, length, inner) = Split(Shape.Axis(axis));
        var result = new double[Values.Length];
        for (int i = 0; i < outer * inner; i++)
        {
            double[] run = f(Run(i, length, inner));
            for (int j = 0; j < length; j++)
            {
                result[(((i / inner * length) + j) * inner) + (i % inner)] = run[j];
            }
        }

        return new Array64(Shape, result);
    }

    public static Array64 MatMul(Array64 a, Array64 b)
    {
        int m = a.Shape[-2];
        int k = a.Shape[-1];
        int n = b.Shape[-1];
        Array64 left = new(a.Batch(), []);
        Array64 right = new(b.Batch(), []);
        Shape batch = Shape.Broadcast("MatMul", left.Shape, right.Shape);
        var result = new double[batch.Length * m * n];
        for (int p = 0; p < batch.Length; p++)
        {
            int aStart = left.Offset(p, batch) * m * k;
            int bStart = right.Offset(p, batch) * k * n;
            for (int i = 0; i < m * n; i++)
            {
                double sum = 0;
                for (int q = 0; q < k; q++)
                {
                    sum += a.Values[aStart + (i / n * k) + q] * b.Values[bStart + (q * n)
                        + (i % n)];
                }

                result[(p * m * n) + i] = sum;
            }
        }

        Span<int> lengths = stackalloc int[batch.Rank + 2];
        batch.CopyTo(lengths);
        lengths[^2] = m;
        lengths[^1] = n;
        return new Array64(Shape.Create(lengths), result);
    }

    public Array64 Transpose(int axis, int other)
    {
        Span<int> lengths = stackalloc int[Shape.Rank];
        Shape.CopyTo(lengths);
        int first = Shape.Axis(axis);
        int second = Shape.Axis(other);
        (lengths[first], lengths[second]) = (lengths[second], lengths[first]);
        Shape shape = Shape.Create(lengths);
        var result = new double[Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int[] index = Index(i, shape);
            (index[first], index[second]) = (index[second], index[first]);
            result[i] = Values[Position(index, Shape)];
        }

        return new Array64(shape, result);
    }

    public Array64 Slice(int axis, int start, int length)
    {
        int along = Shape.Axis(axis);
        Shape shape = Shape.With(along, length);
        var result = new double[shape.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int[] index = Index(i, shape);
            index[along] += start;
            result[i] = Values[Position(index, Shape)];
        }

        return new Array64(shape, result);
    }

    public Array64 Row(int row) => new(
        [Shape[1]], Values[(row * Shape[1])..((row + 1) * Shape[1])]);

    private Shape Batch() => Shape.Without(-1).Without(-1);

    private (int Outer, int Length, int Inner) Split(int axis)
    {
        int outer = 1;
        int inner = 1;
        for (int i = 0; i < Shape.Rank; i++)
        {
            outer *= i < axis ? Shape[i] : 1;
            inner *= i > axis ? Shape[i] : 1;
        }

        return (outer, Shape[axis], inner);
    }

    private double[] Run(int i, int length, int inner) =>
        [.. Enumerable.Range(0, length).Select(
            j => Values[(((i / inner * length) + j) * inner) + (i % inner)])];

    /// <summary>Where the element of a broadcast result comes from.</summary>
    private int Offset(int element, Shape shape)
    {
        int[] index = Index(element, shape);
        int offset = 0;
        for (int axis = 0; axis < Shape.Rank; axis++)
        {
            int i = index[axis + shape.Rank - Shape.Rank];
            offset = (offset * Shape[axis]) + (Shape[axis] == 1 ? 0 : i);
        }

        return offset;
    }

    private static int[] Index(int element, Shape shape)
    {
        var index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            index[axis] = element % shape[axis];
            element /= shape[axis];
        }

        return index;
    }

    private static int Position(int[] index, Shape shape)
    {
        int offset = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            offset = (offset * shape[axis]) + index[axis];
        }

        return offset;
    }
}
