using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <content>
/// The backward pass. One piece of the parallel loop is a run of key blocks of one key head: for
/// each block of keys it walks the queries that see it, computes scores and dPattern again (two
/// products), turns them into pattern and dScore, and adds to dV, dK (of this block, in its own
/// memory) and dQ (three products). Pieces of the same head add to separate copies of dQ, which are
/// summed in order afterwards; how many there are depends on the shape alone, so the bits do not
/// depend on threads. </content>
internal static unsafe partial class FusedAttention<TKernel, TLanes, T>
{
    private const int QueriesPerTile = 48;
    private const int KeysPerTile = 96;
    private const int DerivativeStride = KeysPerTile + 16;
    private const int PiecesWanted = 32;
    private const int FewestBlocks = 2;

    public static void Backward(ref AttentionProblem problem)
    {
        if (problem.Queries == 0 || problem.Keys == 0)
        {
            return;
        }

        var plan = new BackwardPlan((AttentionProblem*)Unsafe.AsPointer(ref problem));
        plan.Scratch = (float*)Device.Processor.Pool.Rent(plan.Bytes);
        try
        {
            var pack = new PackBackward { Plan = &plan };
            WorkerPool.For(problem.Batch * (problem.Heads + problem.KvHeads), ref pack);
            var run = new RunBackward { Plan = &plan };
            WorkerPool.For(problem.Batch * problem.KvHeads * plan.Chunks, ref run);
            var put = new PutBackward { Plan = &plan };
            WorkerPool.For(problem.Heads * (problem.Batch + 1), ref put);
        }
        finally
        {
            Device.Processor.Pool.Return(plan.Scratch, plan.Bytes);
        }
    }

    /// <summary>How the work is cut, and where the copies lie; all of it follows from the
    /// shape.</summary>
    private struct BackwardPlan
    {
        public readonly AttentionProblem* Problem;
        public readonly int Width;
        public readonly int Group;
        public readonly int PaddedQueries;
        public readonly int KeyBlocks;
        public readonly int BlocksPerChunk;
        public readonly int Chunks;
        public readonly int PerBias;
        public readonly nuint Bytes;
        public float* Scratch;
        private readonly long _rows;
        private readonly long _perHead;
        private readonly long _panels;
        private readonly long _perKvHead;

        public BackwardPlan(AttentionProblem* problem)
        {
            Problem = problem;
            Width = AttentionPack.RoundUp(problem->Dim, TKernel.Columns);
            Group = problem->KvHeads == 0 ? 0 : problem->Heads / problem->KvHeads;
            PaddedQueries = AttentionPack.RoundUp(problem->Queries, TKernel.Rows);
            KeyBlocks = (problem->Keys + KeysPerTile - 1) / KeysPerTile;
            int pieces = Math.Max(1, PiecesWanted / Math.Max(1, problem->Batch * problem->KvHeads));
            BlocksPerChunk = Math.Max(FewestBlocks, KeyBlocks / pieces);
            Chunks = (KeyBlocks + BlocksPerChunk - 1) / BlocksPerChunk;
            PerBias = problem->RelativeBias.IsGiven || problem->DRelativeBias.IsGiven
                ? AttentionPack.RoundUp(problem->Distances, 16)
                : 0;

            // A query head: q, dZ, the mean and normaliser of a query, then dQ and dRelativeBias by
            // chunk.
            _rows = (long)PaddedQueries * Width;
            _perHead = ((2 + Chunks) * _rows) + (3 * PaddedQueries) + ((1L + Chunks) * PerBias);

            // A key head: keys and values as panels, keys as rows.
            _panels = (long)AttentionPack.RoundUp(problem->Keys, TKernel.Columns) * problem->Dim;
            _perKvHead = (2 * _panels) + ((long)problem->Keys * Width);
            long elements = problem->Batch
                * ((problem->Heads * _perHead) + (problem->KvHeads * _perKvHead));
            Bytes = checked((nuint)(elements * sizeof(float)));
        }

        public readonly float* Queries(int head) => Scratch + (head * _perHead);

        public readonly float* DZ(int head) => Queries(head) + _rows;

        public readonly float* DQ(int head, int chunk) => Queries(head) + ((2 + chunk) * _rows);

        public readonly float* Means(int head) => DQ(head, Chunks);

        public readonly float* Largest(int head) => Means(head) + PaddedQueries;

        public readonly float* LogSum(int head) => Largest(head) + PaddedQueries;

        public readonly float* Bias(int head) =>
            Problem->RelativeBias.IsGiven ? LogSum(head) + PaddedQueries : null;

        public readonly float* DBias(int head, int chunk) => Problem->DRelativeBias.IsGiven
            ? LogSum(head) + PaddedQueries + ((1L + chunk) * PerBias)
            : null;

        public readonly float* KeyPanels(int kv) =>
            Scratch + (Problem->Batch * Problem->Heads * _perHead) + (kv * _perKvHead);

        public readonly float* ValuePanels(int kv) => KeyPanels(kv) + _panels;

        public readonly float* KeyRows(int kv) => ValuePanels(kv) + _panels;
    }

    /// <summary>Copies, and what the derivative needs of each query: Σ dZ ∘ z and
    /// its normaliser.</summary>
    private struct PackBackward : IParallelBody
    {
        public BackwardPlan* Plan;

        public readonly void Run(int index)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            int heads = problem.Batch * problem.Heads;
            if (index < heads)
            {
                Queries(index, index / problem.Heads, index % problem.Heads);
            }
            else
            {
                index -= heads;
                Keys(index, index / problem.KvHeads, index % problem.KvHeads);
            }
        }

        private readonly void Queries(int index, int batch, int head)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            Rows(
                problem.Q, batch, head, problem.Queries, problem.Scale, Plan->Queries(index),
                Plan->PaddedQueries);
            Rows(problem.DZ, batch, head, problem.Queries, 1, Plan->DZ(index), Plan->PaddedQueries);
            if (problem.RelativeBias.IsGiven)
            {
                AttentionPack.ReversedBias(problem, head, Plan->Bias(index));
            }

            ref readonly AttentionOperand z = ref problem.Z;
            for (int i = 0; i < problem.Queries; i++)
            {
                float* dZ = Plan->DZ(index) + ((long)i * Plan->Width);
                float* row = z.Head(batch, head) + (i * z.Second);
                double mean = 0;
                for (int d = 0; d < problem.Dim; d++)
                {
                    mean += (double)dZ[d] * row[d * z.Fourth];
                }

                // A query that sees nothing: exp(score − ∞) is 0 for all keys.
                float* normaliser = problem.Normaliser.At(batch, head, i);
                bool seesNothing = float.IsNegativeInfinity(normaliser[0]);
                Plan->Means(index)[i] = (float)mean;
                Plan->Largest(index)[i] = seesNothing ? float.PositiveInfinity : normaliser[0];
                Plan->LogSum(index)[i] = seesNothing ? 0 : normaliser[problem.Normaliser.Fourth];
            }
        }

        private readonly void Keys(int kv, int batch, int head)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            Panels(problem.K, batch, head, Plan->KeyPanels(kv));
            Panels(problem.V, batch, head, Plan->ValuePanels(kv));
            Rows(problem.K, batch, head, problem.Keys, 1, Plan->KeyRows(kv), problem.Keys);
        }

        private readonly void Rows(
            in AttentionOperand x, int batch, int head, int count, float factor, float* to,
            int rows) =>
            AttentionPack.Rows<TLanes, T>(
                x.Head(batch, head), x.Second, x.Fourth, count, Plan->Problem->Dim, factor, to,
                rows,
                Plan->Width);

        private readonly void Panels(in AttentionOperand x, int batch, int head, float* to) =>
            AttentionPack.Panels(
                x.Head(batch, head), x.Second, x.Fourth, Plan->Problem->Keys, Plan->Problem->Dim,
                to,
                TKernel.Columns);
    }

    /// <summary>Sums the copies of dQ and dRelativeBias in order.</summary>
    private struct PutBackward : IParallelBody
    {
        public BackwardPlan* Plan;

        public readonly void Run(int index)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            (int batch, int head) = Math.DivRem(index, problem.Heads);
            if (batch < problem.Batch)
            {
                DQ(index, batch, head);
            }
            else
            {
                DRelativeBias(head);
                DSinks(head);
            }
        }

        private readonly void DQ(int index, int batch, int head)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            ref readonly AttentionOperand dQ = ref problem.DQ;
            if (!dQ.IsGiven)
            {
                return;
            }

            float* sum = Plan->DQ(index, 0);
            long rows = (long)Plan->PaddedQueries * Plan->Width;
            for (int chunk = 1; chunk < Plan->Chunks; chunk++)
            {
                AttentionRows<TLanes, T>.AddTo(sum, 1, Plan->DQ(index, chunk), rows, 1);
            }

            for (int i = 0; i < problem.Queries; i++)
            {
                AttentionRows<TLanes, T>.AddTo(
                    dQ.Head(batch, head) + (i * dQ.Second), dQ.Fourth,
                    sum + ((long)i * Plan->Width), problem.Dim, problem.Scale);
            }
        }

        private readonly void DRelativeBias(int head)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            ref readonly AttentionOperand dBias = ref problem.DRelativeBias;
            int last = problem.Distances - 1;
            for (int n = 0; n <= last && dBias.IsGiven; n++)
            {
                double sum = 0;
                for (int batch = 0; batch < problem.Batch; batch++)
                {
                    for (int chunk = 0; chunk < Plan->Chunks; chunk++)
                    {
                        sum += Plan->DBias((batch * problem.Heads) + head, chunk)[last - n];
                    }
                }

                *dBias.At(head, n) += (float)sum;
            }
        }

        /// <summary>dSinks[h] −= Σ over b, i of exp(sink − logSumExp) · Σ dZ ∘ z: a sink is a
        /// key whose value is 0.</summary>
        private readonly void DSinks(int head)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            if (!problem.DSinks.IsGiven)
            {
                return;
            }

            double sum = 0;
            for (int batch = 0; batch < problem.Batch; batch++)
            {
                int index = (batch * problem.Heads) + head;
                for (int i = 0; i < problem.Queries; i++)
                {
                    double below = *problem.Sinks.At(head, 0) - Plan->Largest(index)[i];
                    sum += Math.Exp(below - Plan->LogSum(index)[i]) * Plan->Means(index)[i];
                }
            }

            *problem.DSinks.At(head, 0) -= (float)sum;
        }
    }
}
