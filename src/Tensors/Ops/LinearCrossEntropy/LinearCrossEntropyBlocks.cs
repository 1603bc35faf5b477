using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// The fused op, block by block of 384 tokens. One pass over the chunks of the vocabulary leaves the
/// exponentials relative to their chunk's maximum, and each chunk's maximum and sum; from these
/// follows the log-sum-exp, and the exponentials become probabilities by one factor per chunk and
/// token: nothing is exponentiated or multiplied twice, and nothing is taken from a rounded
/// log-sum-exp. So loss and gradients cost three matrix products, the least there is, and a block's
/// exponentials (400 · vocab floats) are the only thing that leaves the caches: they are stored past
/// them. Threads take chunks, or slabs of up to 16 chunks with a partial dX each; the partial sums are
/// added in the order of the vocabulary.
/// </summary>
internal static unsafe class LinearCrossEntropyBlocks<TKernel, TLanes, T>
    where TKernel : IGemmKernel
    where TLanes : ILanes<T>
    where T : unmanaged
{
    private const int Block = LinearCrossEntropyJob.Block;
    private const int Rows = LinearCrossEntropyJob.ChunkRows;
    private const int Stride = LinearCrossEntropyJob.Stride;

    public static void Run(ref LinearCrossEntropyJob job)
    {
        var self = (LinearCrossEntropyJob*)Unsafe.AsPointer(ref job);
        int columns = TKernel.Columns;
        job.PaddedWidth = (job.Width + columns - 1) / columns * columns;
        bool gradients = job.WantsGradients;
        nint panels = Block * (nint)job.Width;
        nint rows = job.DWeight.Pointer == null ? 0 : Block * (nint)job.PaddedWidth;
        nint statistics = job.Chunks * (nint)Block;
        nint partial = job.DX.Pointer == null ? 0 : job.Slabs * Block * (nint)job.PaddedWidth;
        nint kept = gradients ? job.Chunks * (nint)Rows * Stride : 0;
        nint floats = panels + rows + (2 * statistics) + (5 * Block) + partial + kept;
        nuint bytes = (nuint)floats * sizeof(float);
        float* scratch = (float*)Device.Processor.Pool.Rent(bytes);
        Device.Processor.Pool.Reserve(PieceBytes(job), Math.Min(WorkerPool.Threads, job.Chunks));
        job.Kept = kept == 0 ? null : scratch;
        job.ColumnsX = scratch + kept;
        job.RowsX = job.ColumnsX + panels;
        job.Maximum = job.RowsX + rows;
        job.Sum = job.Maximum + statistics;
        job.Total = job.Sum + statistics;
        job.Cotangent = job.Total + Block;
        job.TargetLogit = job.Cotangent + Block;
        job.Largest = job.TargetLogit + Block;
        job.Scale = job.Largest + Block;
        job.PartialDX = job.Scale + Block;
        try
        {
            for (job.Start = 0; job.Start < job.Tokens; job.Start += Block)
            {
                job.Count = Math.Min(Block, job.Tokens - job.Start);
                var packing = new PackingPass { Job = self };
                WorkerPool.For((int)((Block + (rows / Block)) / columns), ref packing);
                Weigh(ref job);
                var statisticsPass = new ForwardPass { Job = self };
                WorkerPool.For(job.Chunks, ref statisticsPass);
                Combine(ref job);
                if (gradients)
                {
                    var gradientPass = new GradientPass { Job = self };
                    WorkerPool.For(job.Slabs, ref gradientPass);
                    var sum = new SumPartial { Job = self };
                    WorkerPool.For(job.DX.Pointer == null ? 0 : job.Count, ref sum);
                }
            }
        }
        finally
        {
            Device.Processor.Pool.Return(scratch, bytes);
        }
    }

    /// <summary>A chunk's logits, its weight in panels, and copies of its weight and gradient where
    /// they must be padded.</summary>
    private static nuint PieceBytes(in LinearCrossEntropyJob job) =>
        (nuint)(Rows * (Stride + (3 * job.PaddedWidth))) * sizeof(float);

    private static void Weigh(ref LinearCrossEntropyJob job)
    {
        for (int i = 0; i < Block; i++)
        {
            int token = job.Start + i;
            bool valid = i < job.Count;
            job.Cotangent[i] = valid && job.DLoss.Pointer != null ? *job.DLoss.At(token) : 0;
            job.Scale[i] = job.Cotangent[i];
        }
    }

    /// <summary>With M the largest logit and S = Σ_chunks sum · exp(maximum − M): logSumExp =
    /// M + log S, and loss = (M − target) + log S, in which large logits cancel first.</summary>
    private static void Combine(ref LinearCrossEntropyJob job)
    {
        for (int token = 0; token < job.Count; token += TLanes.Count)
        {
            T largest = TLanes.Load(job.Maximum + token);
            for (int chunk = 1; chunk < job.Chunks; chunk++)
            {
                largest = TLanes.Max(
                    largest, TLanes.Load(job.Maximum + (chunk * Block) + token));
            }

            T sum = TLanes.All(0);
            for (int chunk = 0; chunk < job.Chunks; chunk++)
            {
                int at = (chunk * Block) + token;
                T below = TLanes.Subtract(TLanes.Load(job.Maximum + at), largest);
                sum = TLanes.MultiplyAdd(
                    TLanes.Load(job.Sum + at), VectorMath.Exp<TLanes, T>(below), sum);
            }

            T log = VectorMath.Log<TLanes, T>(sum);
            T above = TLanes.Subtract(largest, TLanes.Load(job.TargetLogit + token));
            TLanes.Store(TLanes.Add(above, log), job.TargetLogit + token);
            TLanes.Store(TLanes.Add(largest, log), job.Total + token);
            TLanes.Store(largest, job.Largest + token);
            TLanes.Store(TLanes.Divide(TLanes.Load(job.Scale + token), sum), job.Scale + token);
        }

        for (int i = 0; i < job.Count; i++)
        {
            if (job.LogSumExp.Pointer != null)
            {
                *job.LogSumExp.At(job.Start + i) = job.Total[i];
            }

            if (job.Losses.Pointer != null)
            {
                *job.Losses.At(job.Start + i) = job.TargetLogit[i];
            }
        }
    }

    /// <summary>The block's tokens, first as columns of the logits, then, where it is wanted, as
    /// rows of dWeight.</summary>
    private struct PackingPass : IParallelBody
    {
        public LinearCrossEntropyJob* Job;

        public readonly void Run(int index)
        {
            (int width, int lanes) = (Job->Width, TKernel.Columns);
            int token = index * lanes;
            if (token < Block)
            {
                int valid = Math.Clamp(Job->Count - token, 0, lanes);
                GemmPack.Panel(
                    Job->X.At(Job->Start + (valid == 0 ? 0 : token)), Job->X.Row, Job->X.Column,
                    valid, lanes, width, Job->ColumnsX + ((nint)token * width));
                return;
            }

            int column = token - Block;
            GemmPack.Panel(
                Job->X.At(Job->Start, column), Job->X.Column, Job->X.Row,
                Math.Min(lanes, width - column), lanes, Job->Count,
                Job->RowsX + ((nint)column * Block));
        }
    }

    private struct ForwardPass : IParallelBody
    {
        public LinearCrossEntropyJob* Job;

        public readonly void Run(int index)
        {
            float* memory = (float*)Device.Processor.Pool.Rent(PieceBytes(*Job));
            LinearCrossEntropyChunk<TKernel, TLanes, T> chunk =
                new(Job, index, memory);
            chunk.ComputeLogits();
            chunk.Exponentiate(index);
            Device.Processor.Pool.Return(memory, PieceBytes(*Job));
        }
    }

    private struct GradientPass : IParallelBody
    {
        public LinearCrossEntropyJob* Job;

        public readonly void Run(int index)
        {
            float* memory = (float*)Device.Processor.Pool.Rent(PieceBytes(*Job));
            float* partial = Job->PartialDX + ((nint)index * Block * Job->PaddedWidth);
            int first = index * Job->ChunksPerSlab;
            int last = Math.Min(first + Job->ChunksPerSlab, Job->Chunks);
            for (int number = first; number < last; number++)
            {
                LinearCrossEntropyChunk<TKernel, TLanes, T> chunk =
                    new(Job, number, memory);
                chunk.AddGradients(number, partial, number == first);
            }

            Device.Processor.Pool.Return(memory, PieceBytes(*Job));
        }
    }

    private struct SumPartial : IParallelBody
    {
        public LinearCrossEntropyJob* Job;

        public readonly void Run(int index)
        {
            int width = Job->PaddedWidth;
            bool overwrite = Job->Overwrite;
            float* sum = stackalloc float[TKernel.Columns];
            for (int column = 0; column < width; column += TKernel.Columns)
            {
                T low = TLanes.All(0);
                T high = low;
                float* from = Job->PartialDX + ((nint)index * width) + column;
                for (int slab = 0; slab < Job->Slabs; slab++, from += (nint)Block * width)
                {
                    low = TLanes.Add(low, TLanes.Load(from));
                    high = TLanes.Add(high, TLanes.Load(from + TLanes.Count));
                }

                TLanes.Store(low, sum);
                TLanes.Store(high, sum + TLanes.Count);
                int valid = Math.Min(TKernel.Columns, Job->Width - column);
                for (int d = 0; d < valid; d++)
                {
                    float* to = Job->DX.At(Job->Start + index, column + d);
                    *to = overwrite ? sum[d] : *to + sum[d];
                }
            }
        }
    }
}
