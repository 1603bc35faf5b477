using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>Cross-entropy of rows of logits, or its gradient; parallel over groups of
/// rows.</summary>
internal unsafe struct CrossEntropyRows : IVectorBody
{
    private const int PieceElements = 8 * 1024;

    private Rows _rows;
    private Rows _yRows;
    private float* _logits;
    private int* _targets;
    private float* _dLoss;
    private long _dLossStride;
    private float* _y;
    private bool _accumulate;
    private long _rowsPerPiece;

    /// <summary>Losses into y [n] if there is no dLoss, else the gradient into y [n,
    /// vocab].</summary>
    public static void Run(
        Tensor<float> logits,
        Tensor<int> targets,
        Tensor<float>? dLoss,
        Tensor<float> y,
        bool accumulate)
    {
        if (y.Length == 0)
        {
            return;
        }

        CrossEntropyRows body = default;
        body._rows = Rows.Along(logits, 1);
        body._yRows = dLoss is null ? Rows.OfElements(y) : Rows.Along(y, 1);
        body._logits = logits.Pointer;
        body._targets = targets.Pointer;
        body._dLoss = dLoss is null ? null : dLoss.Pointer;
        body._dLossStride = dLoss is null ? 0 : dLoss.Strides[0];
        body._y = y.Pointer;
        body._accumulate = accumulate;
        body._rowsPerPiece = Math.Max(1, PieceElements / Math.Max(1, body._rows.Length));
        WidestVectors.For((body._rows.Count + body._rowsPerPiece - 1) / body._rowsPerPiece, body);
    }

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int length = _rows.Length;
        bool strided = _rows.Stride != 1 || _yRows.Stride != 1;
        nuint bytes = 2 * (nuint)length * sizeof(float);
        float* buffer = strided ? (float*)Device.Processor.Pool.Rent(bytes) : null;
        long first = index * _rowsPerPiece;
        long last = Math.Min(first + _rowsPerPiece, _rows.Count);
        for (long row = first; row < last; row++)
        {
            float* logits = _rows.Gather(_logits, row, buffer);
            int target = _targets[row];
            if (_dLoss == null)
            {
                _y[_yRows.Offset(row)] = Loss<TLanes, T>(logits, length, target);
                continue;
            }

            float* y = _yRows.Gather(_y, row, buffer + length);
            Gradient<TLanes, T>(logits, length, target, _dLoss[row * _dLossStride], y);
            _yRows.Scatter(y, _y, row);
        }

        if (strided)
        {
            Device.Processor.Pool.Return(buffer, bytes);
        }
    }

    private static float Loss<TLanes, T>(float* logits, int length, int target)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        ScaledSum sum = LogSumExpReduction.Of<TLanes, T>(logits, length);
        return (float)(Math.Log(sum.Sum) - ((double)logits[target] - sum.Max));
    }

    [SkipLocalsInit]
    private readonly void Gradient<TLanes, T>(
        float* logits, int length, int target, float dLoss, float* y)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        const int Tile = 512;
        float* power = stackalloc float[Tile];
        ScaledSum sum = LogSumExpReduction.Of<TLanes, T>(logits, length);
        float scale = (float)(dLoss / sum.Sum);
        for (int start = 0; start < length; start += Tile)
        {
            int count = Math.Min(Tile, length - start);
            RowKernels.ExpShifted<TLanes, T>(logits + start, sum.Max, power, count);
            RowKernels.Scale<TLanes, T>(power, scale, power, count, accumulate: false);
            if (target >= start && target < start + count)
            {
                power[target - start] -= dLoss;
            }

            RowKernels.Scale<TLanes, T>(power, 1, y + start, count, _accumulate);
        }
    }
}
