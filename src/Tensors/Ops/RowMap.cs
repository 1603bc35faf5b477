namespace Vitrine.Tensors;

/// <summary>y = f(a, b) on whole rows of equal length; y may lie where a or b lies.</summary>
internal unsafe interface IRowMap
{
    void Invoke<TLanes, T>(float* a, float* b, float* y, int count, bool accumulate)
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>
/// Runs a row map along an axis. Layout: any strides; a row that is not contiguous goes through a
/// buffer, so its bits do not depend on the layout. Parallel over groups of rows whose size depends
/// on the row's length alone.
/// </summary>
internal unsafe struct RowMap<TMap> : IVectorBody
    where TMap : struct, IRowMap
{
    private const int PieceElements = 8 * 1024;

    private Rows _rowsA;
    private Rows _rowsB;
    private Rows _rowsY;
    private float* _a;
    private float* _b;
    private float* _y;
    private bool _one;
    private bool _accumulate;
    private long _rowsPerPiece;

    /// <summary>Checks shapes and the axis, finds the destination, and runs.</summary>
    public static Tensor<float> Run(
        string name,
        Tensor<float> a,
        Tensor<float> b,
        int axis,
        Tensor<float>? into,
        bool accumulate)
    {
        int along = a.Shape.Axis(axis);
        if (b.Shape != a.Shape)
        {
            throw new ShapeException(
                $"{name}: the result and its gradient must have the same shape; got {a.Shape} and "
                + $"{b.Shape}; pass the gradient of the forward op's result.");
        }

        Device.RequireCpu(name, a, b, into);
        Tensor<float> y = Destination.For(name, a.Shape, into, accumulate, a.Device);
        Tensor<float> left = Destination.Apart(a, y);
        Tensor<float> right = ReferenceEquals(a, b) ? left : Destination.Apart(b, y);
        if (y.Length > 0)
        {
            RowMap<TMap> body = default;
            body._rowsA = Rows.Along(left, along);
            body._rowsB = Rows.Along(right, along);
            body._rowsY = Rows.Along(y, along);
            body._a = left.Pointer;
            body._b = right.Pointer;
            body._y = y.Pointer;
            body._one = ReferenceEquals(left, right);
            body._accumulate = accumulate;
            body._rowsPerPiece = Math.Max(1, PieceElements / body._rowsA.Length);
            WidestVectors.For(
                (body._rowsA.Count + body._rowsPerPiece - 1) / body._rowsPerPiece, body);
        }

        y.MarkWritten();
        Destination.Release(left, a);
        Destination.Release(right, b);
        y.KeepAlive();
        return y;
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int length = _rowsA.Length;
        bool strided = _rowsA.Stride != 1 || _rowsB.Stride != 1 || _rowsY.Stride != 1;
        nuint bytes = 3 * (nuint)length * sizeof(float);
        float* buffer = strided ? (float*)Device.Processor.Pool.Rent(bytes) : null;
        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rowsA.Count);
        for (long row = first; row < last; row++)
        {
            float* a = _rowsA.Gather(_a, row, buffer);
            float* b = _one ? a : _rowsB.Gather(_b, row, buffer + length);
            float* y = _rowsY.Stride == 1 || _accumulate
                ? _rowsY.Gather(_y, row, buffer + (2 * length))
                : buffer + (2 * length);
            default(TMap).Invoke<TLanes, T>(a, b, y, length, _accumulate);
            _rowsY.Scatter(y, _y, row);
        }

        if (strided)
        {
            Device.Processor.Pool.Return(buffer, bytes);
        }
    }
}
