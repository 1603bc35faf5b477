namespace Vitrine.Tensors;

/// <content>The loops of copies on the CPU: whole runs, tiles of transposed views, and what is
/// strided on both sides.</content>
public sealed unsafe partial class Tensor<T>
{
    private static void CopyElements(T* from, ReadOnlySpan<long> strides, T* to, Shape shape)
    {
        int inner = shape.Rank;
        long run = 1;
        while (inner > 0 && (strides[inner - 1] == run || shape[inner - 1] == 1))
        {
            run *= shape[--inner];
        }

        if (inner == 0)
        {
            Buffer.MemoryCopy(from, to, run * sizeof(T), run * sizeof(T));
        }
        else if (shape.Length > 0)
        {
            CopyRuns(from, strides, ref to, shape, inner, 0, run);
        }
    }

    private static void CopyRuns(
        T* from, ReadOnlySpan<long> strides, ref T* to, Shape shape, int inner, int axis, long run)
    {
        if (axis == inner - 2 && run == 1)
        {
            CopyTiles(from, strides[axis], strides[axis + 1], to, shape[axis], shape[axis + 1]);
            to += (long)shape[axis] * shape[axis + 1];
            return;
        }

        for (int i = 0; i < shape[axis]; i++)
        {
            T* row = from + (i * strides[axis]);
            if (axis < inner - 1)
            {
                CopyRuns(row, strides, ref to, shape, inner, axis + 1, run);
            }
            else if (run == 1)
            {
                *to++ = *row;
            }
            else
            {
                Buffer.MemoryCopy(row, to, run * sizeof(T), run * sizeof(T));
                to += run;
            }
        }
    }

    /// <summary>Copies strided rows to contiguous ones in square tiles: in a transposed view the
    /// elements of a cache line lie in neighbouring rows, and a tile uses all of them at
    /// once.</summary>
    private static void CopyTiles(
        T* from, long rowStride, long stride, T* to, int rows, int columns)
    {
        const int Tile = 32;
        for (int row = 0; row < rows; row += Tile)
        {
            int lastRow = Math.Min(row + Tile, rows);
            for (int column = 0; column < columns; column += Tile)
            {
                int lastColumn = Math.Min(column + Tile, columns);
                for (int i = row; i < lastRow; i++)
                {
                    for (int j = column; j < lastColumn; j++)
                    {
                        to[((long)i * columns) + j] = from[(i * rowStride) + (j * stride)];
                    }
                }
            }
        }
    }

    private void CopyStrided(
        T* from, ReadOnlySpan<long> fromStrides, T* to, ReadOnlySpan<long> toStrides, int axis)
    {
        if (axis == Rank)
        {
            *to = *from;
            return;
        }

        int length = Shape[axis];
        long fromStride = fromStrides[axis];
        long toStride = toStrides[axis];
        if (axis == Rank - 1)
        {
            for (int i = 0; i < length; i++)
            {
                to[i * toStride] = from[i * fromStride];
            }

            return;
        }

        for (int i = 0; i < length; i++)
        {
            CopyStrided(
                from + (i * fromStride), fromStrides, to + (i * toStride), toStrides, axis + 1);
        }
    }
}
