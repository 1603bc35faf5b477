using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// The one loop under every elementwise op. Layout: any strides, length-1 axes stretched; merged to
/// runs, runs cut into tiles of 1,024. A tile that is not contiguous (strided or broadcast) goes
/// through a buffer that stays in L1, so arithmetic always runs on contiguous vectors. Parallel
/// over groups of tiles whose size depends on the problem alone. Right because each element's bits
/// depend on its operands only: the tail of a tile runs on padded lanes of the same vectors.
/// </summary>
internal unsafe struct ElementwiseLoop<TOp> : IVectorBody
    where TOp : struct, IBinaryOperator
{
    private const int Tile = 1024;
    private const int PieceElements = 32 * 1024;

    private readonly TOp _op;
    private readonly LoopNest _nest;
    private readonly float* _a;
    private readonly float* _b;
    private readonly float* _y;
    private readonly bool _accumulate;
    private readonly long _tilesPerRun;
    private readonly long _tilesPerPiece;
    private readonly long _tiles;

    private ElementwiseLoop(
        TOp op, Tensor<float> a, Tensor<float> b, Tensor<float> y, bool accumulate)
    {
        _op = op;
        Span<long> stridesA = stackalloc long[Shape.MaxRank];
        Span<long> stridesB = stackalloc long[Shape.MaxRank];
        Stretch(a, y.Shape, stridesA);
        Stretch(b, y.Shape, stridesB);
        _nest = new LoopNest(y.Shape, stridesA, stridesB, y.Strides);
        _a = a.Pointer;
        _b = b.Pointer;
        _y = y.Pointer;
        _accumulate = accumulate;
        _tilesPerRun = (_nest.Inner + Tile - 1) / Tile;
        _tilesPerPiece = Math.Max(1, PieceElements / Math.Min(_nest.Inner, Tile));
        _tiles = _tilesPerRun * _nest.Outer;
    }

    /// <summary>y = op(a, b), or y += op(a, b); the operands broadcast to y's shape.</summary>
    public static void Run(
        TOp op, Tensor<float> a, Tensor<float> b, Tensor<float> y, bool accumulate)
    {
        if (y.Length == 0)
        {
            return;
        }

        var loop = new ElementwiseLoop<TOp>(op, a, b, y, accumulate);
        long pieces = (loop._tiles + loop._tilesPerPiece - 1) / loop._tilesPerPiece;
        WidestVectors.For(pieces, loop);
    }

    [SkipLocalsInit]
    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        float* bufferA = stackalloc float[Tile];
        float* bufferB = stackalloc float[Tile];
        float* bufferY = stackalloc float[Tile];
        (long strideA, long strideB, long strideY) = _nest.InnerStrides;
        long first = index * _tilesPerPiece;
        long last = Math.Min(first + _tilesPerPiece, _tiles);
        for (long tile = first; tile < last; tile++)
        {
            (long run, long part) = Math.DivRem(tile, _tilesPerRun);
            (long offsetA, long offsetB, long offsetY) = _nest.Offsets(run);
            long start = part * Tile;
            int count = (int)Math.Min(Tile, _nest.Inner - start);
            float* a = Gather(_a + offsetA + (start * strideA), strideA, bufferA, count);
            float* b = Gather(_b + offsetB + (start * strideB), strideB, bufferB, count);
            float* y = _y + offsetY + (start * strideY);
            if (strideY == 1)
            {
                Compute<TLanes, T>(a, b, y, count);
                continue;
            }

            for (int i = 0; _accumulate && i < count; i++)
            {
                bufferY[i] = y[i * strideY];
            }

            Compute<TLanes, T>(a, b, bufferY, count);
            for (int i = 0; i < count; i++)
            {
                y[i * strideY] = bufferY[i];
            }
        }
    }

    /// <summary>The strides of an operand stretched to a shape: 0 along new axes and those of
    /// length 1.</summary>
    private static void Stretch(Tensor<float> x, Shape shape, Span<long> strides)
    {
        strides.Clear();
        int added = shape.Rank - x.Rank;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            strides[added + axis] = x.Shape[axis] == 1 ? 0 : x.Strides[axis];
        }
    }

    private static float* Gather(float* from, long stride, float* buffer, int count)
    {
        if (stride == 1 || count == 1)
        {
            return from;
        }

        if (stride == 0)
        {
            new Span<float>(buffer, count).Fill(*from);
            return buffer;
        }

        for (int i = 0; i < count; i++)
        {
            buffer[i] = from[i * stride];
        }

        return buffer;
    }

    private readonly void Compute<TLanes, T>(float* a, float* b, float* y, int count)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        int i = 0;
        if (_accumulate)
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                T value = _op.Invoke<TLanes, T>(TLanes.Load(a + i), TLanes.Load(b + i));
                TLanes.Store(TLanes.Add(TLanes.Load(y + i), value), y + i);
            }
        }
        else
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                TLanes.Store(_op.Invoke<TLanes, T>(TLanes.Load(a + i), TLanes.Load(b + i)), y + i);
            }
        }

        if (i == count)
        {
            return;
        }

        float* lanes = stackalloc float[3 * 16];
        new Span<float>(lanes, 3 * 16).Fill(1);
        for (int k = 0; k < count - i; k++)
        {
            lanes[k] = a[i + k];
            lanes[16 + k] = b[i + k];
        }

        TLanes.Store(
            _op.Invoke<TLanes, T>(TLanes.Load(lanes), TLanes.Load(lanes + 16)), lanes + 32);
        for (int k = 0; k < count - i; k++)
        {
            y[i + k] = _accumulate ? y[i + k] + lanes[32 + k] : lanes[32 + k];
        }
    }
}
