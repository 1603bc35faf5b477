using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// Attention in tiles. Layout: keys of a head as panels of transposed columns, values as rows
/// without gaps, both copied once. One piece of the parallel loop is a block of queries of one
/// head: it walks the keys block by block, multiplies a tile of scores with the matrix kernel of
/// <c>Ops.MatMul</c> (rows of a are the queries, k is dHead), turns it into exponentials
/// under the running maximum, and multiplies it with the values (k is the keys). Tiles stay in the
/// first two caches; those above the diagonal are skipped, by panels of the kernel's size. A query
/// is summed by one thread in order, and blocks depend on the shape alone: the bits do not depend
/// on threads.
/// </summary>
internal static unsafe partial class FusedAttention<TKernel, TLanes, T>
    where TKernel : IGemmKernel
    where TLanes : ILanes<T>
    where T : unmanaged
{
    private const int QueriesPerBlock = 48;
    private const int KeysPerBlock = 192;
    private const int KeysPerPack = 384;

    // Rows of a tile a power of two apart would fall into the same few sets of the cache.
    private const int TileStride = KeysPerBlock + 16;

    public static void Forward(ref AttentionProblem problem)
    {
        var plan = new ForwardPlan((AttentionProblem*)Unsafe.AsPointer(ref problem));
        plan.Scratch = (float*)Device.Processor.Pool.Rent(plan.Bytes);
        try
        {
            var pack = new PackForward { Plan = &plan };
            WorkerPool.For(problem.Batch * problem.KvHeads * plan.PackPieces, ref pack);
            var run = new RunForward { Plan = &plan };
            WorkerPool.For(problem.Batch * problem.Heads * plan.QueryBlocks, ref run);
        }
        finally
        {
            Device.Processor.Pool.Return(plan.Scratch, plan.Bytes);
        }
    }

    private struct ForwardPlan
    {
        public readonly AttentionProblem* Problem;
        public readonly int Width;
        public readonly int PackPieces;
        public readonly int QueryBlocks;
        public readonly long Panels;
        public readonly long PerKvHead;
        public readonly int PerBias;
        public readonly nuint Bytes;
        public float* Scratch;

        public ForwardPlan(AttentionProblem* problem)
        {
            Problem = problem;
            Width = AttentionPack.RoundUp(problem->Dim, TKernel.Columns);
            PackPieces = (problem->Keys + KeysPerPack - 1) / KeysPerPack;
            QueryBlocks = (problem->Queries + QueriesPerBlock - 1) / QueriesPerBlock;
            Panels = (long)AttentionPack.RoundUp(problem->Keys, TKernel.Columns) * problem->Dim;
            PerKvHead = Panels + ((long)problem->Keys * Width);
            PerBias = problem->RelativeBias.IsGiven
                ? AttentionPack.RoundUp(problem->Distances, 16)
                : 0;
            long elements = (problem->Batch * problem->KvHeads * PerKvHead)
                + ((long)problem->Heads * PerBias);
            Bytes = checked((nuint)(elements * sizeof(float)));
        }

        public readonly float* KeyPanels(int kv) => Scratch + (kv * PerKvHead);

        public readonly float* ValueRows(int kv) => KeyPanels(kv) + Panels;

        public readonly float* Bias(int head) => Problem->RelativeBias.IsGiven
            ? Scratch + (Problem->Batch * Problem->KvHeads * PerKvHead) + ((long)head * PerBias)
            : null;
    }

    private struct PackForward : IParallelBody
    {
        public ForwardPlan* Plan;

        public readonly void Run(int index)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            int kv = index / Plan->PackPieces;
            int first = index % Plan->PackPieces * KeysPerPack;
            int count = Math.Min(KeysPerPack, problem.Keys - first);
            (int batch, int head) = Math.DivRem(kv, problem.KvHeads);
            ref readonly AttentionOperand k = ref problem.K;
            ref readonly AttentionOperand v = ref problem.V;
            AttentionPack.Panels(
                k.Head(batch, head) + (first * k.Second), k.Second, k.Fourth, count, problem.Dim,
                Plan->KeyPanels(kv) + ((long)first * problem.Dim), TKernel.Columns);
            AttentionPack.Rows<TLanes, T>(
                v.Head(batch, head) + (first * v.Second), v.Second, v.Fourth, count, problem.Dim, 1,
                Plan->ValueRows(kv) + ((long)first * Plan->Width), count, Plan->Width);

            // The bias is the same for all batches: the pieces of the first batch's key heads copy
            // it.
            int group = problem.Heads / problem.KvHeads;
            for (int h = 0; h < group && batch == 0 && first == 0
                && problem.RelativeBias.IsGiven; h++)
            {
                int queryHead = (head * group) + h;
                AttentionPack.ReversedBias(problem, queryHead, Plan->Bias(queryHead));
            }
        }
    }

    private struct RunForward : IParallelBody
    {
        public ForwardPlan* Plan;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int index)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            (int batch, int head) = Math.DivRem(index / Plan->QueryBlocks, problem.Heads);

            // The last queries see the most keys: they come first, so that threads end together.
            int first = (Plan->QueryBlocks - 1 - (index % Plan->QueryBlocks)) * QueriesPerBlock;
            int rows = Math.Min(QueriesPerBlock, problem.Queries - first);
            int paddedRows = AttentionPack.RoundUp(rows, TKernel.Rows);
            int width = Plan->Width;
            nuint bytes = (nuint)(paddedRows * ((2 * width) + TileStride) * sizeof(float));
            float* queries = (float*)Device.Processor.Pool.Rent(bytes);
            float* sums = queries + (paddedRows * width);
            float* scores = sums + (paddedRows * width);
            float* max = stackalloc float[QueriesPerBlock];
            float* total = stackalloc float[QueriesPerBlock];
            new Span<float>(max, rows).Fill(
                problem.Sinks.IsGiven ? *problem.Sinks.At(head, 0) : float.NegativeInfinity);
            new Span<float>(total, rows).Fill(problem.Sinks.IsGiven ? 1 : 0);
            new Span<float>(sums, paddedRows * width).Clear();
            AttentionPack.Rows<TLanes, T>(
                problem.Q.Head(batch, head) + (first * problem.Q.Second), problem.Q.Second,
                problem.Q.Fourth, rows, problem.Dim, problem.Scale, queries, paddedRows, width);

            int kv = (batch * problem.KvHeads) + (int)(
                (long)head * problem.KvHeads / problem.Heads);
            int keys = problem.Seen(first + rows - 1);
            int firstKey = problem.FirstSeen(first);
            firstKey -= firstKey % TKernel.Columns;
            for (int key = firstKey; key < keys; key += KeysPerBlock)
            {
                int count = Math.Min(KeysPerBlock, keys - key);
                Scores(first, key, count, paddedRows, queries, Plan->KeyPanels(kv), scores);
                Softmax(batch, head, first, rows, key, count, scores, max, total, sums);
                Mix(first, key, count, paddedRows, scores, Plan->ValueRows(kv), sums);
            }

            Put(batch, head, first, rows, max, total, sums);
            Device.Processor.Pool.Return(queries, bytes);
        }

        /// <summary>scores[i, j] = q[i] · k[j], but for panels that no query of a row panel
        /// sees.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Scores(
            int first, int key, int count, int paddedRows, float* queries, float* panels,
            float* scores)
        {
            int dim = Plan->Problem->Dim;
            for (int row = 0; row < paddedRows; row += TKernel.Rows)
            {
                int seen = Math.Min(
                    count, Plan->Problem->Seen(first + row + TKernel.Rows - 1) - key);
                for (int column = 0; column < seen; column += TKernel.Columns)
                {
                    TKernel.Tile(
                        dim, queries + (row * Plan->Width), Plan->Width, 1,
                        panels + ((long)(key + column) * dim), TKernel.Columns,
                        scores + (row * TileStride) + column, TileStride, 1, false);
                }
            }
        }

        /// <summary>Scores become exponentials under a maximum that may rise; what was summed under
        /// the old one shrinks by exp(old − new).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Softmax(
            int batch, int head, int first, int rows, int key, int count, float* scores, float* max,
            float* total, float* sums)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            float* bias = Plan->Bias(head);
            int paddedCount = AttentionPack.RoundUp(count, TKernel.Columns);
            for (int i = 0; i < rows; i++)
            {
                float* row = scores + (i * TileStride);
                int seen = Math.Min(count, problem.Seen(first + i) - key);
                int hidden = Math.Max(0, problem.FirstSeen(first + i) - key);
                if (seen <= hidden)
                {
                    new Span<float>(row, paddedCount).Clear();
                    continue;
                }

                if (problem.SoftCap > 0)
                {
                    AttentionRows<TLanes, T>.Cap(row, null, seen, problem.SoftCap);
                }

                if (bias != null || problem.Mask.IsGiven)
                {
                    AttentionRows<TLanes, T>.Add(
                        row, seen,
                        bias == null ? null : bias + problem.Queries - 1 - first - i + key,
                        problem.Mask.IsGiven
                            ? problem.Mask.At(batch, head, first + i) + (key * problem.Mask.Fourth)
                            : null,
                        problem.Mask.Fourth);
                }

                new Span<float>(row, hidden).Fill(float.NegativeInfinity);
                AttentionRows<TLanes, T>.Hide(row, seen);
                float rise = AttentionRows<TLanes, T>.Max(row, seen);
                float old = max[i];
                float now = Math.Max(old, rise);
                max[i] = now;
                float sum = AttentionRows<TLanes, T>.Exponentials(
                    row, seen, float.IsNegativeInfinity(now) ? 0 : now);
                int whole = AttentionPack.RoundUp(seen, TLanes.Count);
                new Span<float>(row + whole, paddedCount - whole).Clear();
                if (old == now)
                {
                    total[i] += sum;
                    continue;
                }

                float shrink = MathF.Exp(old - now);
                total[i] = (total[i] * shrink) + sum;
                if (key > 0)
                {
                    AttentionRows<TLanes, T>.Scale(sums + (i * Plan->Width), Plan->Width, shrink);
                }
            }
        }

        /// <summary>sums[i] += Σ_j scores[i, j] · v[j].</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Mix(
            int first, int key, int count, int paddedRows, float* scores, float* values,
            float* sums)
        {
            int width = Plan->Width;
            for (int row = 0; row < paddedRows; row += TKernel.Rows)
            {
                int seen = Math.Min(
                    count, Plan->Problem->Seen(first + row + TKernel.Rows - 1) - key);
                for (int column = 0; column < width && seen > 0; column += TKernel.Columns)
                {
                    TKernel.Tile(
                        seen, scores + (row * TileStride), TileStride, 1,
                        values + ((long)key * width) + column, width,
                        sums + (row * width) + column, width, 1, true);
                }
            }
        }

        private readonly void Put(
            int batch, int head, int first, int rows, float* max, float* total, float* sums)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            ref readonly AttentionOperand z = ref problem.Z;
            for (int i = 0; i < rows; i++)
            {
                bool seesNothing = float.IsNegativeInfinity(max[i]);
                float factor = seesNothing ? 0 : 1 / total[i];
                float* from = sums + (i * Plan->Width);
                float* to = z.Head(batch, head) + ((first + i) * z.Second);
                for (int d = 0; d < problem.Dim; d++)
                {
                    to[d * z.Fourth] = from[d] * factor;
                }

                float* normaliser = problem.Normaliser.At(batch, head, first + i);
                normaliser[0] = max[i];
                normaliser[1] = MathF.Log(total[i]);
            }
        }
    }
}
