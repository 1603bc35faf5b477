using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <content>The tiles of the backward pass.</content>
internal static unsafe partial class FusedAttention<TKernel, TLanes, T>
{
    private struct RunBackward : IParallelBody
    {
        public BackwardPlan* Plan;

        public readonly void Run(int index)
        {
            ref AttentionProblem problem = ref *Plan->Problem;

            // A head's chunks are neighbours, so that one thread keeps to its heads, which it wrote
            // in the forward pass. The first keys, seen by the most queries, come first.
            (int kv, int chunk) = Math.DivRem(index, Plan->Chunks);
            (int batch, int kvHead) = Math.DivRem(kv, problem.KvHeads);
            int width = Plan->Width;
            long tile = QueriesPerTile * DerivativeStride;
            long sums = (long)KeysPerTile * width;
            nuint bytes = (nuint)(2 * (tile + sums) * sizeof(float));
            float* scratch = (float*)Device.Processor.Pool.Rent(bytes);
            var tiles = new BackwardTiles
            {
                Plan = Plan,
                Batch = batch,
                Chunk = chunk,
                Pattern = scratch,
                DScore = scratch + tile,
                DK = scratch + (2 * tile),
                DV = scratch + (2 * tile) + sums,
                KeyPanels = Plan->KeyPanels(kv),
                ValuePanels = Plan->ValuePanels(kv),
                KeyRows = Plan->KeyRows(kv),
            };
            for (int head = kvHead * Plan->Group; head < (kvHead + 1) * Plan->Group; head++)
            {
                int queryHead = (batch * problem.Heads) + head;
                new Span<float>(Plan->DQ(queryHead, chunk), Plan->PaddedQueries * width).Clear();
                if (problem.DRelativeBias.IsGiven)
                {
                    new Span<float>(Plan->DBias(queryHead, chunk), Plan->PerBias).Clear();
                }
            }

            int firstKey = chunk * Plan->BlocksPerChunk * KeysPerTile;
            int lastKey = Math.Min(problem.Keys, firstKey + (Plan->BlocksPerChunk * KeysPerTile));
            for (int key = firstKey; key < lastKey; key += KeysPerTile)
            {
                new Span<float>(tiles.DK, 2 * KeysPerTile * width).Clear();
                tiles.Key = key;
                tiles.Keys = Math.Min(KeysPerTile, problem.Keys - key);
                for (int head = kvHead * Plan->Group; head < (kvHead + 1) * Plan->Group; head++)
                {
                    tiles.Head = head;
                    tiles.AddHead();
                }

                Put(problem.DK, batch, kvHead, key, tiles.Keys, tiles.DK);
                Put(problem.DV, batch, kvHead, key, tiles.Keys, tiles.DV);
            }

            Device.Processor.Pool.Return(scratch, bytes);
        }

        private readonly void Put(
            in AttentionOperand into, int batch, int head, int key, int keys, float* sums)
        {
            for (int j = 0; j < keys && into.IsGiven; j++)
            {
                AttentionRows<TLanes, T>.AddTo(
                    into.Head(batch, head) + ((key + j) * into.Second), into.Fourth,
                    sums + (j * Plan->Width), Plan->Problem->Dim, 1);
            }
        }
    }

    /// <summary>A block of keys against the queries of one head.</summary>
    private struct BackwardTiles
    {
        public BackwardPlan* Plan;
        public int Batch;
        public int Head;
        public int Chunk;
        public int Key;
        public int Keys;
        public float* Pattern;
        public float* DScore;
        public float* DK;
        public float* DV;
        public float* KeyPanels;
        public float* ValuePanels;
        public float* KeyRows;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void AddHead()
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            int index = (Batch * problem.Heads) + Head;
            int first = problem.FirstSeeing(Key);
            first -= first % TKernel.Rows;
            int last = Math.Min(
                problem.Queries,
                AttentionPack.RoundUp(problem.LastSeeing(Key + Keys - 1), TKernel.Rows));
            for (; first < last; first += QueriesPerTile)
            {
                int rows = Math.Min(QueriesPerTile, last - first);
                Products(first, rows, Plan->Queries(index), KeyPanels, Pattern);
                Products(first, rows, Plan->DZ(index), ValuePanels, DScore);
                Derivatives(index, first, rows);
                AddToKeys(first, rows, Plan->DZ(index), Pattern, DV, problem.DV.IsGiven);
                AddToKeys(first, rows, Plan->Queries(index), DScore, DK, problem.DK.IsGiven);
                AddToQueries(first, rows, Plan->DQ(index, Chunk));
            }
        }

        /// <summary>to[i, j] = a[i] · b[j], but for panels that no query of a row panel
        /// sees.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Products(int first, int rows, float* a, float* panels, float* to)
        {
            int dim = Plan->Problem->Dim;
            int width = Plan->Width;
            for (int row = 0; row < rows; row += TKernel.Rows)
            {
                int seen = Math.Min(
                    Keys, Plan->Problem->Seen(first + row + TKernel.Rows - 1) - Key);
                for (int column = 0; column < seen; column += TKernel.Columns)
                {
                    TKernel.Tile(
                        dim, a + ((long)(first + row) * width), width, 1,
                        panels + ((long)(Key + column) * dim), TKernel.Columns,
                        to + (row * DerivativeStride) + column, DerivativeStride, 1, false);
                }
            }
        }

        /// <summary>Scores become the pattern, dPattern becomes dScore; 0 where a query sees no
        /// key.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Derivatives(int index, int first, int rows)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            float* slopes = stackalloc float[KeysPerTile];
            float* bias = Plan->Bias(index);
            float* dBias = Plan->DBias(index, Chunk);
            int padded = AttentionPack.RoundUp(Keys, TKernel.Rows);
            for (int i = 0; i < rows; i++)
            {
                float* scores = Pattern + (i * DerivativeStride);
                float* derivatives = DScore + (i * DerivativeStride);
                int seen = Math.Clamp(problem.Seen(first + i) - Key, 0, Keys);
                int hidden = Math.Clamp(problem.FirstSeen(first + i) - Key, 0, seen);
                if (problem.SoftCap > 0)
                {
                    AttentionRows<TLanes, T>.Cap(scores, slopes, seen, problem.SoftCap);
                }

                int nearest = problem.Queries - 1 - first - i + Key;
                if (bias != null || problem.Mask.IsGiven)
                {
                    AttentionRows<TLanes, T>.Add(
                        scores, seen, bias == null ? null : bias + nearest,
                        problem.Mask.IsGiven
                            ? problem.Mask.At(Batch, Head, first + i) + (Key * problem.Mask.Fourth)
                            : null,
                        problem.Mask.Fourth);
                }

                new Span<float>(scores, hidden).Fill(float.NegativeInfinity);
                AttentionRows<TLanes, T>.Derivatives(
                    scores, derivatives, seen, Plan->Largest(index)[first + i],
                    Plan->LogSum(index)[first + i], Plan->Means(index)[first + i]);
                if (dBias != null)
                {
                    AttentionRows<TLanes, T>.AddTo(dBias + nearest, 1, derivatives, seen, 1);
                }

                if (problem.SoftCap > 0)
                {
                    AttentionRows<TLanes, T>.Multiply(derivatives, slopes, seen);
                }

                if (seen < padded)
                {
                    new Span<float>(scores + seen, padded - seen).Clear();
                    new Span<float>(derivatives + seen, padded - seen).Clear();
                }
            }
        }

        /// <summary>sums[j] += Σ_i tile[i, j] · x[i], over the queries that see a key of the row
        /// panel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddToKeys(
            int first, int rows, float* x, float* tile, float* sums, bool wanted)
        {
            ref AttentionProblem problem = ref *Plan->Problem;
            int width = Plan->Width;
            for (int key = 0; key < Keys && wanted; key += TKernel.Rows)
            {
                int start = Math.Max(0, problem.FirstSeeing(Key + key) - first);
                for (int column = 0; column < width && start < rows; column += TKernel.Columns)
                {
                    TKernel.Tile(
                        rows - start, tile + (start * DerivativeStride) + key, 1, DerivativeStride,
                        x + ((long)(first + start) * width) + column, width,
                        sums + (key * width) + column, width, 1, true);
                }
            }
        }

        /// <summary>dQ[i] += Σ_j dScore[i, j] · k[j].</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddToQueries(int first, int rows, float* dQ)
        {
            int width = Plan->Width;
            for (int row = 0; row < rows && Plan->Problem->DQ.IsGiven; row += TKernel.Rows)
            {
                int seen = Math.Min(
                    Keys, Plan->Problem->Seen(first + row + TKernel.Rows - 1) - Key);
                for (int column = 0; column < width && seen > 0; column += TKernel.Columns)
                {
                    TKernel.Tile(
                        seen, DScore + (row * DerivativeStride), DerivativeStride, 1,
                        KeyRows + ((long)Key * width) + column, width,
                        dQ + ((long)(first + row) * width) + column, width, 1, true);
                }
            }
        }
    }
}
