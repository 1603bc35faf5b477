using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>
/// The product around the kernel. Operands are packed into panels once, in parallel, blocked along
/// k; then tiles of the result are computed in pieces: a piece is a few row panels times up to 256
/// columns, whose panels of b stay in the second-level cache while a's panels pass through the
/// first. An operand that is read only a few times, or is small and already laid out in vectors, is
/// not packed: the kernel reads it through its strides. How k is cut depends on k alone, and each
/// element is summed by one thread in order: the bits do not depend on threads, packing or pieces.
/// </summary>
internal static unsafe class Gemm
{
    private const int LongestBlock = 512;
    private const int ColumnsPerPiece = 256;
    private const int PiecesWanted = 64;
    private const long SmallestPiece = 1 << 15;
    private const int DirectUses = 4;
    private const int DirectElements = 1 << 16;
    private const long ScratchElements = 1 << 25;

    public static void Run<TKernel>(ref GemmProblem problem)
        where TKernel : IGemmKernel
    {
        var plan = new GemmPlan<TKernel>(ref problem);
        long perBatch = Math.Max(plan.PackedA + plan.PackedB, 1);
        int atOnce = (int)Math.Clamp(ScratchElements / perBatch, 1, problem.Batches);
        nuint bytes = checked((nuint)(perBatch * atOnce * sizeof(float)));
        plan.Scratch = (float*)Device.Cpu.Pool.Rent(bytes);
        try
        {
            for (int first = 0; first < problem.Batches; first += atOnce)
            {
                plan.FirstBatch = first;
                int batches = Math.Min(atOnce, problem.Batches - first);
                if (plan.PanelsToPack > 0)
                {
                    var packing = new Packing<TKernel> { Plan = &plan };
                    WorkerPool.For(batches * plan.PackPieces, ref packing);
                }

                var tiles = new Tiles<TKernel> { Plan = &plan };
                WorkerPool.For(batches * plan.RowGroups * plan.ColumnGroups, ref tiles);
            }
        }
        finally
        {
            Device.Cpu.Pool.Return(plan.Scratch, bytes);
        }
    }

    /// <summary>How a problem is cut; all of it follows from the problem and the kernel.</summary>
    internal struct GemmPlan<TKernel>
        where TKernel : IGemmKernel
    {
        public GemmProblem* Problem;
        public float* Scratch;
        public int FirstBatch;
        public int Block;
        public int RowPanels;
        public int ColumnPanels;
        public int RowPanelsPerGroup;
        public int ColumnPanelsPerGroup;
        public int RowGroups;
        public int ColumnGroups;
        public bool DirectA;
        public bool DirectB;
        public long PackedA;
        public long PackedB;
        public int PanelsToPack;
        public int PanelsPerPiece;
        public int PackPieces;

        public GemmPlan(ref GemmProblem problem)
        {
            Problem = (GemmProblem*)Unsafe.AsPointer(ref problem);
            (int m, int n, int k) = (problem.M, problem.N, problem.K);
            int blocks = Math.Max(Divide(k, LongestBlock), 1);
            Block = Math.Max(Divide(k, blocks), 1);
            RowPanels = Divide(m, TKernel.Rows);
            ColumnPanels = Divide(n, TKernel.Columns);

            DirectA = ColumnPanels <= DirectUses;
            DirectB = problem.B.Column == 1 && n % TKernel.Columns == 0
                && ((long)k * n <= DirectElements || RowPanels <= DirectUses);
            PackedA = DirectA ? 0 : (long)RowPanels * TKernel.Rows * k;
            PackedB = DirectB ? 0 : (long)ColumnPanels * TKernel.Columns * k;
            PanelsToPack = (DirectA ? 0 : RowPanels) + (DirectB ? 0 : ColumnPanels);
            PanelsPerPiece = (int)Math.Max(
                1, SmallestPiece / 8 / ((long)TKernel.Columns * Math.Max(k, 1)));
            PackPieces = Divide(PanelsToPack, PanelsPerPiece);

            ColumnPanelsPerGroup = Math.Min(
                ColumnPanels, Math.Max(1, ColumnsPerPiece / TKernel.Columns));
            ColumnGroups = Divide(ColumnPanels, ColumnPanelsPerGroup);
            long work = (long)m * n * Math.Max(k, 1) * problem.Batches;
            long pieces = Math.Min(PiecesWanted, Math.Max(1, work / SmallestPiece));
            long perMatrix = Math.Max(1, pieces / problem.Batches);
            int groups = (int)Math.Clamp(perMatrix / ColumnGroups, 1, RowPanels);
            RowPanelsPerGroup = Divide(RowPanels, groups);
            RowGroups = Divide(RowPanels, RowPanelsPerGroup);
        }

        public readonly float* PanelsA(int batch) =>
            Scratch + ((batch - FirstBatch) * (PackedA + PackedB));

        public readonly float* PanelsB(int batch) => PanelsA(batch) + PackedA;

        private static int Divide(int x, int y) => (int)(((long)x + y - 1) / y);
    }

    private struct Packing<TKernel> : IParallelBody
        where TKernel : IGemmKernel
    {
        public GemmPlan<TKernel>* Plan;

        public readonly void Run(int index)
        {
            ref GemmProblem problem = ref *Plan->Problem;
            int batch = Plan->FirstBatch + (index / Plan->PackPieces);
            int first = index % Plan->PackPieces * Plan->PanelsPerPiece;
            int last = Math.Min(first + Plan->PanelsPerPiece, Plan->PanelsToPack);
            int panelsA = Plan->DirectA ? 0 : Plan->RowPanels;
            float* a = problem.At(problem.A, batch);
            float* b = problem.At(problem.B, batch);
            for (int panel = first; panel < last; panel++)
            {
                if (panel < panelsA)
                {
                    Pack(
                        a, problem.A.Row, problem.A.Column, panel, TKernel.Rows, problem.M,
                        Plan->RowPanels, Plan->PanelsA(batch));
                }
                else
                {
                    Pack(
                        b, problem.B.Column, problem.B.Row, panel - panelsA, TKernel.Columns,
                        problem.N,
                        Plan->ColumnPanels, Plan->PanelsB(batch));
                }
            }
        }

        /// <summary>Panels lie block of k by block, so that a block's panels are
        /// neighbours.</summary>
        private readonly void Pack(
            float* from, nint across, nint along, int panel, int width, int length, int panels,
            float* to)
        {
            int k = Plan->Problem->K;
            int valid = Math.Min(width, length - (panel * width));
            from += panel * width * across;
            for (int start = 0; start < k; start += Plan->Block)
            {
                int count = Math.Min(Plan->Block, k - start);
                GemmPack.Panel(
                    from + (start * along), across, along, valid, width, count,
                    to + ((long)start * panels * width) + ((long)panel * count * width));
            }
        }
    }

    private struct Tiles<TKernel> : IParallelBody
        where TKernel : IGemmKernel
    {
        public GemmPlan<TKernel>* Plan;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int index)
        {
            ref GemmProblem problem = ref *Plan->Problem;
            int batch = Plan->FirstBatch + (index / (Plan->RowGroups * Plan->ColumnGroups));
            int piece = index % (Plan->RowGroups * Plan->ColumnGroups);
            int firstColumn = piece / Plan->RowGroups * Plan->ColumnPanelsPerGroup;
            int lastColumn = Math.Min(firstColumn + Plan->ColumnPanelsPerGroup, Plan->ColumnPanels);
            int firstRow = piece % Plan->RowGroups * Plan->RowPanelsPerGroup;
            int lastRow = Math.Min(firstRow + Plan->RowPanelsPerGroup, Plan->RowPanels);
            float* matrixA = problem.At(problem.A, batch);
            float* matrixB = problem.At(problem.B, batch);
            float* c = problem.At(problem.C, batch);
            float* edgeC = stackalloc float[TKernel.Rows * TKernel.Columns];
            float* edgeA = stackalloc float[TKernel.Rows * LongestBlock];

            int start = 0;
            do
            {
                int k = Math.Min(Plan->Block, problem.K - start);
                bool add = problem.Accumulate || start > 0;
                for (int row = firstRow; row < lastRow; row++)
                {
                    int rows = Math.Min(TKernel.Rows, problem.M - (row * TKernel.Rows));
                    float* a;
                    (nint rowA, nint stepA) = (1, TKernel.Rows);
                    if (!Plan->DirectA)
                    {
                        a = Plan->PanelsA(batch) + ((long)start * Plan->RowPanels * TKernel.Rows)
                            + ((long)row * k * TKernel.Rows);
                    }
                    else
                    {
                        a = matrixA + (row * TKernel.Rows * problem.A.Row) + (
                            start * problem.A.Column);
                        if (rows < TKernel.Rows)
                        {
                            GemmPack.Panel(
                                a, problem.A.Row, problem.A.Column, rows, TKernel.Rows, k, edgeA);
                            a = edgeA;
                        }
                        else
                        {
                            (rowA, stepA) = (problem.A.Row, problem.A.Column);
                        }
                    }

                    for (int column = firstColumn; column < lastColumn; column++)
                    {
                        int columns = Math.Min(
                            TKernel.Columns, problem.N - (column * TKernel.Columns));
                        float* b;
                        nint stepB = TKernel.Columns;
                        if (Plan->DirectB)
                        {
                            b = matrixB + (start * problem.B.Row) + (column * TKernel.Columns);
                            stepB = problem.B.Row;
                        }
                        else
                        {
                            b = Plan->PanelsB(batch) + (
                                (long)start * Plan->ColumnPanels * TKernel.Columns)
                                + ((long)column * k * TKernel.Columns);
                        }

                        float* tile = c + (row * TKernel.Rows * problem.C.Row)
                            + (column * TKernel.Columns * problem.C.Column);
                        if (rows == TKernel.Rows && columns == TKernel.Columns
                            && problem.C.Column == 1)
                        {
                            TKernel.Tile(
                                k, a, rowA, stepA, b, stepB, tile, problem.C.Row, problem.Alpha,
                                add);
                        }
                        else
                        {
                            if (add)
                            {
                                CopyEdge(
                                    tile, problem.C.Row, problem.C.Column, edgeC, TKernel.Columns,
                                    1, rows, columns);
                            }

                            TKernel.Tile(
                                k, a, rowA, stepA, b, stepB, edgeC, TKernel.Columns, problem.Alpha,
                                add);
                            CopyEdge(
                                edgeC, TKernel.Columns, 1, tile, problem.C.Row, problem.C.Column,
                                rows, columns);
                        }
                    }
                }

                start += Plan->Block;
            }
            while (start < problem.K);
        }

        private static void CopyEdge(
            float* from, nint fromRow, nint fromColumn, float* to, nint toRow, nint toColumn,
            int rows, int columns)
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    to[(i * toRow) + (j * toColumn)] = from[(i * fromRow) + (j * fromColumn)];
                }
            }
        }
    }
}
