using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>
/// The one loop under every elementwise op. Layout: any strides, length-1 axes stretched; merged to
/// runs, runs cut into tiles of 1,024. A tile that is not contiguous (strided or broadcast) goes
/// through a buffer that stays in L1, so arithmetic always runs on contiguous vectors. Parallel over
/// groups of tiles whose size depends on the problem alone. Right because each element's bits
/// depend on its operands only: the tail of a tile runs in the same vector form on padded lanes.
/// </summary>
internal unsafe struct ElementwiseLoop<TOp> : IParallelBody
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

    private ElementwiseLoop(TOp op, Tensor<float> a, Tensor<float> b, Tensor<float> y, bool accumulate)
    {
        _op = op;
        _nest = new LoopNest(y.Shape, a.Strides, b.Strides, y.Strides);
        _a = a.Pointer;
        _b = b.Pointer;
        _y = y.Pointer;
        _accumulate = accumulate;
        _tilesPerRun = (_nest.Inner + Tile - 1) / Tile;
        _tilesPerPiece = Math.Max(1, PieceElements / Math.Min(_nest.Inner, Tile));
        _tiles = _tilesPerRun * _nest.Outer;
    }

    /// <summary>y = op(a, b), or y += op(a, b); all three have y's shape.</summary>
    public static void Run(TOp op, Tensor<float> a, Tensor<float> b, Tensor<float> y, bool accumulate)
    {
        if (y.Length == 0)
        {
            return;
        }

        var loop = new ElementwiseLoop<TOp>(op, a, b, y, accumulate);
        int pieces = checked((int)((loop._tiles + loop._tilesPerPiece - 1) / loop._tilesPerPiece));
        WorkerPool.For(pieces, ref loop);
    }

    [SkipLocalsInit]
    public void Run(int index)
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
                Compute(a, b, y, count);
                continue;
            }

            if (_accumulate)
            {
                Gather(y, strideY, bufferY, count);
            }

            Compute(a, b, bufferY, count);
            for (int i = 0; i < count; i++)
            {
                y[i * strideY] = bufferY[i];
            }
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

    private readonly void Compute(float* a, float* b, float* y, int count)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                Vector512<float> value = _op.Invoke(Vector512.Load(a + i), Vector512.Load(b + i));
                (_accumulate ? Vector512.Load(y + i) + value : value).Store(y + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 8; i += 8)
            {
                Vector256<float> value = _op.Invoke(Vector256.Load(a + i), Vector256.Load(b + i));
                (_accumulate ? Vector256.Load(y + i) + value : value).Store(y + i);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= count - 4; i += 4)
            {
                Vector128<float> value = _op.Invoke(Vector128.Load(a + i), Vector128.Load(b + i));
                (_accumulate ? Vector128.Load(y + i) + value : value).Store(y + i);
            }
        }
        else
        {
            for (; i < count; i++)
            {
                float value = _op.Invoke(a[i], b[i]);
                y[i] = _accumulate ? y[i] + value : value;
            }
        }

        if (i < count)
        {
            Tail(a + i, b + i, y + i, count - i);
        }
    }

    private readonly void Tail(float* a, float* b, float* y, int count)
    {
        float* lanes = stackalloc float[48];
        new Span<float>(lanes, 48).Fill(1);
        for (int i = 0; i < count; i++)
        {
            (lanes[i], lanes[16 + i]) = (a[i], b[i]);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            _op.Invoke(Vector512.Load(lanes), Vector512.Load(lanes + 16)).Store(lanes + 32);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            _op.Invoke(Vector256.Load(lanes), Vector256.Load(lanes + 16)).Store(lanes + 32);
        }
        else
        {
            _op.Invoke(Vector128.Load(lanes), Vector128.Load(lanes + 16)).Store(lanes + 32);
        }

        for (int i = 0; i < count; i++)
        {
            y[i] = _accumulate ? y[i] + lanes[32 + i] : lanes[32 + i];
        }
    }
}
