namespace Vitrine.Tensors;

/// <summary>
/// The k greatest of each row. A value and its index become one 64-bit key (value as an ordered
/// integer above, index complemented below), so that one comparison orders by value, then by lower
/// index. A heap of k keys has the least kept key on top; a block of the row whose maximum, at the
/// block's first place, would not enter the heap is passed over.
/// Parallel over groups of rows.
/// </summary>
internal unsafe struct TopKRows : IVectorBody
{
    private const int PieceElements = 16 * 1024;
    private const int Block = 128;

    private Rows _rows;
    private float* _x;
    private float* _values;
    private int* _indices;
    private int _k;
    private long _rowsPerPiece;

    public static void Run(Tensor<float> x, int k, Tensor<float> values, Tensor<int> indices)
    {
        if (values.Length == 0)
        {
            return;
        }

        TopKRows body = default;
        body._rows = Rows.Along(x, x.Rank - 1);
        body._x = x.Pointer;
        body._values = values.Pointer;
        body._indices = indices.Pointer;
        body._k = k;
        body._rowsPerPiece = Math.Max(1, PieceElements / body._rows.Length);
        WidestVectors.For((body._rows.Count + body._rowsPerPiece - 1) / body._rowsPerPiece, body);
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        nuint bytes = (nuint)_k * sizeof(ulong);
        var heap = (ulong*)Device.Processor.Pool.Rent(bytes);
        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rows.Count);
        for (long row = first; row < last; row++)
        {
            float* x = _x + _rows.Offset(row);
            Select<TLanes, T>(x, heap);
            for (int r = 0; r < _k; r++)
            {
                int at = (int)~(uint)heap[r];
                _values[(row * _k) + r] = x[at * _rows.Stride];
                _indices[(row * _k) + r] = at;
            }
        }

        Device.Processor.Pool.Return(heap, bytes);
    }

    private readonly void Select<TLanes, T>(float* x, ulong* heap)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        for (int i = 0; i < _k; i++)
        {
            heap[i] = Key(x[i * _rows.Stride], i);
        }

        for (int i = (_k / 2) - 1; i >= 0; i--)
        {
            Sift(heap, i, _k);
        }

        for (int start = _k; start < _rows.Length; start += Block)
        {
            int end = Math.Min(start + Block, _rows.Length);
            bool none = _rows.Stride == 1
                && Key(RowKernels.Max<TLanes, T>(x + start, end - start), start) < heap[0];
            for (int i = none ? end : start; i < end; i++)
            {
                ulong key = Key(x[i * _rows.Stride], i);
                if (key > heap[0])
                {
                    heap[0] = key;
                    Sift(heap, 0, _k);
                }
            }
        }

        for (int last = _k - 1; last > 0; last--)
        {
            (heap[0], heap[last]) = (heap[last], heap[0]);
            Sift(heap, 0, last);
        }
    }

    private static void Sift(ulong* heap, int at, int count)
    {
        ulong key = heap[at];
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= count)
            {
                break;
            }

            if (child + 1 < count && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= key)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = key;
    }

    /// <summary>Adding 0 makes −0 and 0 equal; then the bits of floats, read as integers with the
    /// negative ones mirrored, are ordered as the floats are.</summary>
    private static ulong Key(float value, int index)
    {
        int bits = float.IsNaN(value) ? int.MaxValue : BitConverter.SingleToInt32Bits(value + 0f);
        uint ordered = (uint)(bits ^ ((bits >> 31) & int.MaxValue)) ^ 0x8000_0000;
        return ((ulong)ordered << 32) | ~(uint)index;
    }
}
