namespace Vitrine.Tensors.Tests.Specs;

/// <summary>An array of float64 numbers with a shape: what references compute on. Its numbers are
/// float32 numbers where it is an op's input, so that op and reference see the same.</summary>
public sealed class Values
{
    public Values(Shape shape)
    {
        Shape = shape;
        Data = new double[shape.Length];
    }

    public Shape Shape { get; }

    public double[] Data { get; }

    public int Length => Data.Length;

    public ref double this[int i] => ref Data[i];

    public ref double this[int row, int column] => ref Data[(row * Shape[-1]) + column];

    public static Values Of(Shape shape, params ReadOnlySpan<double> numbers)
    {
        var values = new Values(shape);
        Assert.Equal(values.Length, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            values[i] = (float)numbers[i];
        }

        return values;
    }

    public static Values Fill(Shape shape, double value) => From(shape, _ => value);

    public static Values From(Shape shape, Func<int, double> value)
    {
        var values = new Values(shape);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)value(i);
        }

        return values;
    }

    /// <summary>Normal numbers, rounded to float32; the same for the same shape and seed.</summary>
    public static Values Normal(Shape shape, int seed = 1, double scale = 1, double mean = 0)
    {
        var random = new Random(HashCode(shape, seed));
        return From(shape, _ => mean + (scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
            * Math.Cos(2 * Math.PI * random.NextDouble())));
    }

    public static Values Uniform(Shape shape, double low, double high, int seed = 1)
    {
        var random = new Random(HashCode(shape, seed));
        return From(shape, _ => low + ((high - low) * random.NextDouble()));
    }

    /// <summary>The numbers of a tensor, whatever its strides.</summary>
    public static Values Of(Tensor<float> tensor)
    {
        float[] numbers = tensor.ToArray();
        return From(tensor.Shape, i => numbers[i]);
    }

    public Values Map(Func<double, double> f)
    {
        var values = new Values(Shape);
        for (int i = 0; i < Length; i++)
        {
            values[i] = f(Data[i]);
        }

        return values;
    }

    public Values Clone() => Map(x => x);

    public Tensor<float> ToTensor() =>
        Tensor.From(Array.ConvertAll(Data, x => (float)x), Shape);

    /// <summary>The element of this that broadcasts to the given index of a larger shape.</summary>
    public double Stretched(Shape to, int flat)
    {
        int offset = 0;
        int step = 1;
        for (int axis = 1; axis <= to.Rank; axis++)
        {
            int index = flat % to[-axis];
            flat /= to[-axis];
            if (axis <= Shape.Rank)
            {
                offset += (Shape[-axis] == 1 ? 0 : index) * step;
                step *= Shape[-axis];
            }
        }

        return Data[offset];
    }

    /// <summary>The flat positions of the elements of each row along an axis, in row-major order of
    /// the other axes.</summary>
    public IEnumerable<int[]> Rows(int axis)
    {
        int along = Shape.Axis(axis);
        int inner = 1;
        for (int i = along + 1; i < Shape.Rank; i++)
        {
            inner *= Shape[i];
        }

        int length = Shape[along];
        int outer = 1;
        for (int i = 0; i < along; i++)
        {
            outer *= Shape[i];
        }

        for (int o = 0; o < outer; o++)
        {
            for (int k = 0; k < inner; k++)
            {
                int start = (o * length * inner) + k;
                yield return [.. Enumerable.Range(0, length).Select(i => start + (i * inner))];
            }
        }
    }

    private static int HashCode(Shape shape, int seed)
    {
        int hash = seed;
        foreach (int length in shape)
        {
            hash = (hash * 31) + length;
        }

        return hash;
    }
}
