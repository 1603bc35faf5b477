using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vitrine.Tensors;

/// <summary>One thread's part of a product: some row panels by some column panels.</summary>
internal readonly unsafe ref struct GemmPiece<TKernel>
    where TKernel : IGemmKernel
{
    private readonly GemmPlan<TKernel>* _plan;
    private readonly GemmProblem* _problem;
    private readonly GemmScratch _scratch;
    private readonly GemmOperand _a;
    private readonly GemmOperand _b;
    private readonly GemmOperand _c;
    private readonly int _firstRow;
    private readonly int _lastRow;
    private readonly int _firstColumn;
    private readonly int _lastColumn;

    public GemmPiece(GemmPlan<TKernel>* plan, GemmProblem* problem, int index)
    {
        (index, int row) = Math.DivRem(index, plan->RowGroups);
        (int batch, int column) = Math.DivRem(index, plan->ColumnGroups);
        _plan = plan;
        _problem = problem;
        _scratch = GemmScratch.OfThisThread;
        _a = problem->At(problem->A, batch);
        _b = problem->At(problem->B, batch);
        _c = problem->At(problem->C, batch);
        (_firstRow, _lastRow) = Part(plan->RowPanels, row, plan->RowGroups);
        (_firstColumn, _lastColumn) = Part(plan->ColumnPanels, column, plan->ColumnGroups);

        static (int First, int Last) Part(int count, int part, int parts) =>
            ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));
    }

    private static int StripElements => TKernel.Rows * GemmScratch.RowElements;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute()
    {
        int start = 0;
        do
        {
            int k = Math.Min(_plan->Block, _problem->K - start);
            PackColumns(start, k);
            for (int row = _firstRow; row < _lastRow; row += GemmScratch.StripsAtOnce)
            {
                int last = Math.Min(row + GemmScratch.StripsAtOnce, _lastRow);
                PackRows(row, last, start, k);
                for (int strip = row; strip < last; strip++)
                {
                    Strip(strip, _scratch.Strips + ((strip - row) * StripElements), start, k);
                }
            }

            start += _plan->Block;
        }
        while (start < _problem->K);
    }

    private void PackColumns(int start, int k)
    {
        int width = TKernel.Columns;
        int end = Math.Min(_lastColumn * width, _problem->N);
        int first = !_plan->DirectB ? _firstColumn : end / width;
        GemmPack.Panels(
            _b.Transposed(), first * width, end, width, start, k,
            _scratch.Block + ((long)(first - _firstColumn) * k * width), k * width,
            _scratch.Staging);
    }

    /// <summary>Rows of a that are not read where they lie: copied as rows with gaps between them,
    /// which costs a tenth of packing, or packed where they are stored by columns.</summary>
    private void PackRows(int first, int last, int start, int k)
    {
        int height = TKernel.Rows;
        int end = Math.Min(last * height, _problem->M);
        int from = !_plan->DirectA ? first : Math.Max(first, end / height);
        float* to = _scratch.Strips + ((from - first) * StripElements);
        if (!_a.HasPlainRows)
        {
            GemmPack.Panels(
                _a, from * height, end, height, start, k, to, StripElements, _scratch.Staging);
            return;
        }

        for (int row = from * height; row < end; row++, to += GemmScratch.RowElements)
        {
            NativeMemory.Copy(
                _a.Pointer + (row * _a.Row) + start, to, (nuint)k * sizeof(float));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Strip(int row, float* a, int start, int k)
    {
        int rows = Math.Min(TKernel.Rows, _problem->M - (row * TKernel.Rows));
        bool add = _problem->Accumulate || start > 0;
        (nint rowA, nint stepA) =
            _a.HasPlainRows ? (GemmScratch.RowElements, 1) : (1, TKernel.Rows);
        if (_plan->DirectA && rows == TKernel.Rows)
        {
            a = _a.Pointer + (row * TKernel.Rows * _a.Row) + (start * _a.Column);
            (rowA, stepA) = (_a.Row, _a.Column);
        }

        for (int column = _firstColumn; column < _lastColumn; column++)
        {
            int columns = Math.Min(TKernel.Columns, _problem->N - (column * TKernel.Columns));
            bool whole = columns == TKernel.Columns;
            float* b = _scratch.Block + ((long)(column - _firstColumn) * k * TKernel.Columns);
            nint stepB = TKernel.Columns;
            if (_plan->DirectB && whole)
            {
                b = _b.Pointer + (start * _b.Row) + (column * TKernel.Columns);
                stepB = _b.Row;
            }

            float* c = _c.Pointer + (row * TKernel.Rows * _c.Row)
                + (column * TKernel.Columns * _c.Column);
            if (whole && rows == TKernel.Rows && _c.Column == 1)
            {
                TKernel.Tile(
                    k, a, rowA, stepA, b, stepB, c, _c.Row, _problem->Alpha, add);
                continue;
            }

            float* edge = _scratch.Tile;
            if (add)
            {
                Copy(c, _c.Row, _c.Column, edge, TKernel.Columns, 1, rows, columns);
            }

            TKernel.Tile(
                k, a, rowA, stepA, b, stepB, edge, TKernel.Columns, _problem->Alpha, add);
            Copy(edge, TKernel.Columns, 1, c, _c.Row, _c.Column, rows, columns);
        }
    }

    private static void Copy(
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
