using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// One chunk of 96 vocabulary rows times one block of 384 tokens. The logits of a chunk lie
/// transposed, <c>[vocab, token]</c>, so that vectors run along tokens: the maximum and the sum
/// over the vocabulary are vertical, a weight row is the broadcast operand as it lies in memory,
/// and the chunk is in turn the left operand of <c>dWeight = dLogitsᵀ · X</c> (by rows) and of
/// <c>dX = dLogits · Weight</c> (by columns) without being copied. A chunk is 150 KiB: with the
/// panels of x it stays in a second-level cache of 512 KiB while it is worked on.
/// </summary>
internal unsafe partial struct LinearCrossEntropyChunk<TKernel, TLanes, T>
    where TKernel : IGemmKernel
    where TLanes : ILanes<T>
    where T : unmanaged
{
    private const int Block = LinearCrossEntropyJob.Block;
    private const int ChunkRows = LinearCrossEntropyJob.ChunkRows;
    private const int Stride = LinearCrossEntropyJob.Stride;

    private const float Log2E = 1.44269504f;

    // Not −∞, whose difference from a logit of −∞ has no value.
    private const float LowestMaximum = float.MinValue;

    public LinearCrossEntropyJob* Job;
    public int First;
    public int Rows;

    /// <summary>[vocab, token], in the piece's memory: the logits, and later their
    /// gradients.</summary>
    public float* Logits;

    // Among the kept ones, or where the logits are.
    private float* _exponentials;
    private float* _weight;
    private nint _weightRow;
    private nint _weightColumn;
    private float* _gradient;

    // The weight as dX reads it, [dModel panel][vocab][lane]: its rows lie too far apart for the
    // first-level cache.
    private float* _panels;

    /// <summary>Prepares chunk <paramref name="index"/> in the piece's memory. A weight whose rows
    /// are not whole vectors is copied into scratch, filled up with zeros; so is the last, shorter
    /// chunk.</summary>
    public LinearCrossEntropyChunk(LinearCrossEntropyJob* job, int index, float* memory)
    {
        nint area = ChunkRows * Stride;
        _panels = memory + area;
        float* scratch = _panels + (ChunkRows * job->PaddedWidth);
        Job = job;
        First = index * ChunkRows;
        Rows = Math.Min(ChunkRows, job->Vocabulary - First);
        Logits = memory;
        _exponentials = job->Kept == null ? memory : job->Kept + (index * area);
        bool whole = Rows == ChunkRows && job->Width == job->PaddedWidth;
        if (whole && job->Weight.Row == 1 && !job->Elements.IsEncoded)
        {
            _weight = job->Weight.At(0, First);
            (_weightRow, _weightColumn) = (job->Weight.Column, 1);
        }
        else
        {
            _weight = scratch;
            (_weightRow, _weightColumn) = (job->PaddedWidth, 1);
            CopyWeight();
        }

        _gradient = whole && job->DWeight.Row == 1
            ? null : scratch + (ChunkRows * job->PaddedWidth);
    }

    /// <summary>logits[v, i] = Σ_d weight[d, v] · x[i, d], without the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void ComputeLogits()
    {
        int width = Job->Width;
        int columns = PaddedTokens();
        for (int token = 0; token < columns; token += TKernel.Columns)
        {
            float* x = Job->ColumnsX + ((nint)token * width);
            for (int row = 0; row < Rows; row += TKernel.Rows)
            {
                TKernel.Tile(
                    width, _weight + (row * _weightRow), _weightRow, _weightColumn, x,
                    TKernel.Columns,
                    Logits + (row * Stride) + token, Stride, 1, false);
            }
        }

        PickTargets();
    }

    /// <summary>Logits become exp(logit + bias − reference): the reference is the chunk's maximum
    /// of each token, kept with the sum for the whole vocabulary's log-sum-exp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Exponentiate(int index)
    {
        float* maximum = Job->Maximum + (index * Block);
        float* sum = Job->Sum + (index * Block);
        int columns = PaddedTokens();
        bool keep = Job->Kept != null;
        for (int token = 0; token < columns; token += 2 * TLanes.Count)
        {
            float* column = Logits + token;
            T m0 = TLanes.All(LowestMaximum);
            T m1 = m0;
            float* l = column;
            for (int v = 0; v < Rows; v++, l += Stride)
            {
                T bias = TLanes.All(BiasAt(v));
                m0 = TLanes.Max(m0, TLanes.Add(TLanes.Load(l), bias));
                m1 = TLanes.Max(m1, TLanes.Add(TLanes.Load(l + TLanes.Count), bias));
            }

            TLanes.Store(m0, maximum + token);
            TLanes.Store(m1, maximum + token + TLanes.Count);
            T s0 = TLanes.All(0);
            T s1 = s0;
            float* e = column;
            float* to = _exponentials + token;
            for (int v = 0; v < Rows; v++, e += Stride, to += Stride)
            {
                T bias = TLanes.All(BiasAt(v));
                T e0 = ExpOfLogit(TLanes.Add(TLanes.Load(e), bias), m0);
                T e1 = ExpOfLogit(TLanes.Add(TLanes.Load(e + TLanes.Count), bias), m1);
                if (keep)
                {
                    TLanes.StorePast(e0, to);
                    TLanes.StorePast(e1, to + TLanes.Count);
                }
                else
                {
                    TLanes.Store(e0, to);
                    TLanes.Store(e1, to + TLanes.Count);
                }

                s0 = TLanes.Add(s0, e0);
                s1 = TLanes.Add(s1, e1);
            }

            TLanes.Store(s0, sum + token);
            TLanes.Store(s1, sum + token + TLanes.Count);
        }
    }

    /// <summary>exp(logit − reference) for a result of at most about 1, as a power of two. The
    /// difference comes first: that of large logits is exact, their multiples are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpOfLogit(T logit, T reference)
    {
        T t = TLanes.Multiply(TLanes.Subtract(logit, reference), TLanes.All(Log2E));
        t = TLanes.Max(TLanes.All(-150f), t);
        T n = TLanes.Round(t);
        T r = TLanes.Subtract(t, n);

        // 2ʳ on |r| ≤ ½, minimax with p(0) = 1: relative error 9.2e-8.
        T p = TLanes.All(0.00132647275846f);
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.00967151263955f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.0555073374206f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.240222420854f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(0.6931469776f));
        p = TLanes.MultiplyAdd(p, r, TLanes.All(1f));
        return TLanes.Scale(p, n);
    }

    private readonly float BiasAt(int v) =>
        Job->Bias.Pointer == null ? 0 : *Job->Bias.At(First + v);

    /// <summary>Tokens of the block, rounded up to what both kinds of tile touch.</summary>
    private readonly int PaddedTokens()
    {
        int rows = (Job->Count + TKernel.Rows - 1) / TKernel.Rows * TKernel.Rows;
        return (rows + TKernel.Columns - 1) / TKernel.Columns * TKernel.Columns;
    }

    private readonly void PickTargets()
    {
        for (int i = 0; i < Job->Count; i++)
        {
            int row = *Job->Targets.At(Job->Start + i) - First;
            if ((uint)row < (uint)Rows)
            {
                Job->TargetLogit[i] = Logits[(row * Stride) + i] + BiasAt(row);
            }
        }
    }

    private readonly void CopyWeight()
    {
        int width = Job->PaddedWidth;
        new Span<float>(_weight, ChunkRows * width).Clear();
        for (int v = 0; v < Rows; v++)
        {
            if (Job->Elements.IsEncoded)
            {
                Job->Elements.Read(
                    (First + v) * Job->Weight.Column, Job->Weight.Row, Job->Width,
                    _weight + (v * width));
                continue;
            }

            for (int d = 0; d < Job->Width; d++)
            {
                _weight[(v * width) + d] = *Job->Weight.At(d, First + v);
            }
        }
    }
}
