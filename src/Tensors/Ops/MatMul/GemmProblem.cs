namespace Vitrine.Tensors;

/// <summary>A product as addresses and strides: what is left of the operands for the
/// kernels.</summary>
internal unsafe struct GemmProblem : IGemmBody
{
    public int M;
    public int N;
    public int K;
    public int Batches;
    public float Alpha;
    public bool Accumulate;
    public GemmOperand A;
    public GemmOperand B;
    public GemmOperand C;
    private readonly Axes<int> _batch;
    private readonly int _batchAxes;

    /// <summary>Products of matrices, one for each entry of the leading axes.</summary>
    public GemmProblem(
        in GemmOperand a, in GemmOperand b, int k, float alpha, Tensor<float> into, bool accumulate)
    {
        Shape shape = into.Shape;
        (M, N, K) = (shape[-2], shape[-1], k);
        (Alpha, Accumulate) = (alpha, accumulate);
        _batchAxes = BatchAxes(into);
        Batches = 1;
        for (int axis = 0; axis < _batchAxes; axis++)
        {
            _batch[axis] = shape[axis];
            Batches *= shape[axis];
        }

        (A, B, C) = (a, b, new GemmOperand(into, _batchAxes));
        MergeBatchesIntoRows();
        if (C.Column != 1 && C.Row == 1)
        {
            Transpose();
        }
    }

    /// <summary>One product of matrices.</summary>
    public GemmProblem(in GemmMatrix a, in GemmMatrix b, in GemmMatrix into, bool accumulate)
    {
        (M, N, K, Batches) = (a.Rows, b.Columns, a.Columns, 1);
        (Alpha, Accumulate) = (1, accumulate);
        (A, B, C) = (new GemmOperand(a), new GemmOperand(b), new GemmOperand(into));
        if (C.Column != 1 && C.Row == 1)
        {
            Transpose();
        }
    }

    public static int BatchAxes(Tensor<float> into) => into.Rank - 2;

    public void Run<TKernel, TLanes, T>()
        where TKernel : IGemmKernel
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (M > 0 && N > 0 && Batches > 0)
        {
            Gemm.Run<TKernel>(ref this);
        }
    }

    /// <summary>Matrix number <paramref name="batch"/> of an operand.</summary>
    public readonly GemmOperand At(in GemmOperand operand, int batch)
    {
        GemmOperand matrix = operand;
        for (int axis = _batchAxes - 1; axis >= 0; axis--)
        {
            matrix.Move(batch % _batch[axis] * operand.Batch[axis]);
            batch /= _batch[axis];
        }

        return matrix;
    }

    /// <summary>One b for all batches and evenly spaced rows: a single tall product.</summary>
    private void MergeBatchesIntoRows()
    {
        if (Batches == 1 || !B.IsShared)
        {
            return;
        }

        long rows = M;
        for (int axis = _batchAxes - 1; axis >= 0; axis--)
        {
            if (_batch[axis] != 1
                && (A.Batch[axis] != rows * A.Row || C.Batch[axis] != rows * C.Row))
            {
                return;
            }

            rows *= _batch[axis];
        }

        if (rows <= int.MaxValue)
        {
            M = (int)rows;
            Batches = 1;
        }
    }

    /// <summary>cᵀ = bᵀ · aᵀ, so that a result stored by columns is written by whole vectors
    /// too.</summary>
    private void Transpose()
    {
        (M, N) = (N, M);
        (A, B) = (B.Transposed(), A.Transposed());
        C = C.Transposed();
    }
}

/// <summary>One operand: its first element, the strides of a matrix, and those between
/// matrices. A weight of another element type has no float32 to point at but
/// <see cref="Elements"/>.</summary>
internal unsafe struct GemmOperand
{
    public float* Pointer;
    public WeightElements Elements;
    public nint Row;
    public nint Column;
    public Axes<long> Batch;
    public bool IsShared;

    public GemmOperand(Tensor<float> tensor, int batchAxes)
        : this(tensor.Shape, tensor.Strides, batchAxes) => Pointer = tensor.Pointer;

    public GemmOperand(Weight weight, int batchAxes)
        : this(weight.Shape, weight.Strides, batchAxes) => Elements = weight.Elements;

    private GemmOperand(Shape shape, ReadOnlySpan<long> strides, int batchAxes)
    {
        Row = (nint)strides[^2];
        Column = (nint)strides[^1];
        IsShared = true;
        int added = batchAxes + 2 - shape.Rank;
        for (int axis = added; axis < batchAxes; axis++)
        {
            long stride = shape[axis - added] == 1 ? 0 : strides[axis - added];
            Batch[axis] = stride;
            IsShared &= stride == 0;
        }
    }

    public GemmOperand(in GemmMatrix matrix)
    {
        Pointer = matrix.Pointer;
        Elements = matrix.Elements;
        (Row, Column) = (matrix.Row, matrix.Column);
        IsShared = true;
    }

    /// <summary>Whether a row is a run of float32 in memory.</summary>
    public readonly bool HasPlainRows => Column == 1 && !Elements.IsEncoded;

    public void Move(long elements)
    {
        Pointer += elements;
        Elements.Offset += elements;
    }

    public readonly GemmOperand Transposed()
    {
        GemmOperand turned = this;
        (turned.Row, turned.Column) = (Column, Row);
        return turned;
    }
}
