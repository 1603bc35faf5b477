namespace Vitrine.Tensors;

/// <summary>A tensor seen as rows along one axis: where each row starts, and the step inside
/// it.</summary>
/// <remarks>Rows are numbered in row-major order of the other axes.</remarks>
internal unsafe struct Rows
{
    private Axes<int> _lengths;
    private Axes<long> _strides;
    private int _rank;

    /// <summary>The rows along <paramref name="axis"/>; −1 for a tensor whose reduced axis is gone:
    /// every element is a row of its own.</summary>
    private Rows(Shape shape, ReadOnlySpan<long> strides, int axis)
    {
        Length = axis < 0 ? 1 : shape[axis];
        Stride = axis < 0 ? 1 : strides[axis];
        Count = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            if (i == axis || shape[i] == 1)
            {
                continue;
            }

            Count *= shape[i];
            int last = _rank - 1;
            if (last >= 0 && strides[i] == _strides[last] * _lengths[last])
            {
                _lengths[last] *= shape[i];
            }
            else
            {
                (_lengths[_rank], _strides[_rank]) = (shape[i], strides[i]);
                _rank++;
            }
        }
    }

    public int Length { get; }

    /// <summary>Elements between neighbours in a row.</summary>
    public long Stride { get; }

    /// <summary>The number of rows.</summary>
    public long Count { get; }

    public static Rows Along<T>(Tensor<T> x, int axis)
        where T : unmanaged => new(x.Shape, x.Strides, axis);

    public static Rows OfElements<T>(Tensor<T> x)
        where T : unmanaged => new(x.Shape, x.Strides, -1);

    /// <summary>All elements of a contiguous tensor as one row.</summary>
    public static Rows Whole<T>(Tensor<T> x)
        where T : unmanaged => new([checked((int)x.Length)], [1], 0);

    /// <summary>How many rows from this one on start one element apart, so that they can be read
    /// together; 1 where the rows themselves are contiguous.</summary>
    public readonly int Neighbours(long row, int atMost)
    {
        if (_rank == 0 || _strides[0] != 1 || Stride == 1)
        {
            return 1;
        }

        return (int)Math.Min(atMost, _lengths[0] - (row % _lengths[0]));
    }

    /// <summary>Where row number <paramref name="row"/> starts, in elements.</summary>
    public readonly long Offset(long row)
    {
        long offset = 0;
        for (int i = 0; i < _rank; i++)
        {
            long index = row;
            if (i < _rank - 1)
            {
                (row, index) = Math.DivRem(row, _lengths[i]);
            }

            offset += index * _strides[i];
        }

        return offset;
    }

    /// <summary>The row's elements one after another: in place if they are, else in the
    /// buffer.</summary>
    public readonly float* Gather(float* x, long row, float* buffer)
    {
        float* from = x + Offset(row);
        if (Stride == 1 || Length <= 1)
        {
            return from;
        }

        for (int i = 0; i < Length; i++)
        {
            buffer[i] = from[i * Stride];
        }

        return buffer;
    }

    /// <summary>Writes a row from the buffer, unless it was computed in place.</summary>
    public readonly void Scatter(float* row, float* x, long number)
    {
        float* to = x + Offset(number);
        if (to == row)
        {
            return;
        }

        for (int i = 0; i < Length; i++)
        {
            to[i * Stride] = row[i];
        }
    }
}
