namespace Vitrine.Tensors;

/// <summary>How a product is cut. The blocks of k, in which every element is summed, follow from k
/// alone; the pieces, on which no bit depends, from the shape, the caches and the
/// threads.</summary>
internal readonly struct GemmPlan<TKernel>
    where TKernel : IGemmKernel
{
    // An operand that so few panels meet is read where it lies, and so is a small one. b, which is
    // read by whole vectors, gains from packing later.
    private const int DirectUses = 4;
    private const int DirectUsesOfB = 24;
    private const int DirectElements = 1 << 16;

    // Of a piece; more would write more rows of the result at once than the caches follow.
    private const int MostColumns = 512;

    // Rows that a multiple of this apart share their places in the first-level cache (4 KiB).
    private const int Aliasing = 1024;

    private const int EnoughPerThread = 8;
    private const int FewPanels = 32;

    // Multiply-adds that take about as long as the way to another core and back.
    private const long SmallestPiece = 1 << 18;

    public readonly int Block;
    public readonly int RowPanels;
    public readonly int ColumnPanels;
    public readonly bool DirectA;
    public readonly bool DirectB;
    public readonly int RowGroups;
    public readonly int ColumnGroups;
    public readonly int Pieces;

    public GemmPlan(in GemmProblem problem)
    {
        (int m, int n, int k) = (problem.M, problem.N, Math.Max(problem.K, 1));
        Block = Divide(k, Divide(k, GemmScratch.LongestBlock));
        RowPanels = Divide(m, TKernel.Rows);
        ColumnPanels = Divide(n, TKernel.Columns);
        DirectA = (ColumnPanels <= DirectUses && !problem.A.Elements.IsEncoded)
            || (problem.A.HasPlainRows && problem.A.Row % Aliasing != 0);
        DirectB = problem.B.HasPlainRows
            && ((long)k * n <= DirectElements || RowPanels <= DirectUsesOfB);

        // Whoever computes a piece packs what it reads, so columns are divided first. Where nothing
        // is packed rows are, but for so few that one panel more is much.
        long most = Math.Max(1, (long)m * n * k * problem.Batches / SmallestPiece);
        int columns = Math.Min(MostColumns, GemmScratch.BlockElements / Block);
        ColumnGroups = Divide(ColumnPanels, columns / TKernel.Columns);
        bool fewRows = RowPanels < FewPanels && RowPanels % WorkerPool.Threads != 0;
        if (!DirectB || (DirectA && fewRows))
        {
            ColumnGroups = Balanced(
                ColumnGroups, DirectB ? ColumnPanels : ColumnPanels / DirectUses, problem.Batches,
                most);
        }

        RowGroups = Balanced(1, RowPanels, (long)problem.Batches * ColumnGroups, most);
        Pieces = checked(problem.Batches * ColumnGroups * RowGroups);
        IsSmall = most == 1;
    }

    /// <summary>Whether a second thread would cost more than it gives.</summary>
    public bool IsSmall { get; }

    /// <summary>The fewest groups, from the given number up to a limit, that give every thread as
    /// many pieces as the others, or many.</summary>
    private static int Balanced(int groups, int limit, long others, long most)
    {
        int threads = WorkerPool.Threads;
        limit = (int)Math.Min(limit, most / others);
        for (; groups < limit; groups++)
        {
            long pieces = groups * others;
            if (pieces % threads == 0 || pieces >= EnoughPerThread * threads)
            {
                break;
            }
        }

        return groups;
    }

    private static int Divide(int x, int y) => (int)(((long)x + y - 1) / y);
}
