namespace Vitrine.Interp.Bigrams;

/// <summary>A sparse matrix of counts by compressed rows: token × partner, only what was
/// seen.</summary>
/// <remarks>Row <c>t</c> is <c>Partners[Offsets[t] .. Offsets[t + 1]]</c>, ascending, with its
/// <c>Counts</c>; every stored count is at least 1. The arrays belong to this object.</remarks>
internal sealed class SparseCounts
{
    private readonly int[] _offsets;
    private readonly int[] _partners;
    private readonly int[] _counts;

    internal SparseCounts(int[] offsets, int[] partners, int[] counts)
    {
        _offsets = offsets;
        _partners = partners;
        _counts = counts;
    }

    /// <summary>The number of rows: the size of the vocabulary.</summary>
    public int Rows => _offsets.Length - 1;

    /// <summary>The number of stored cells.</summary>
    public int Cells => _partners.Length;

    /// <summary>Where each row starts, <c>[Rows + 1]</c>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The partner of each cell, <c>[Cells]</c>.</summary>
    public ReadOnlySpan<int> Partners => _partners;

    /// <summary>The count of each cell, <c>[Cells]</c>.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>The number of distinct partners of a token.</summary>
    public int Degree(int row) => _offsets[row + 1] - _offsets[row];

    /// <summary>The distinct partners of a token, ascending.</summary>
    public ReadOnlySpan<int> PartnersOf(int row) => _partners.AsSpan(_offsets[row], Degree(row));

    /// <summary>How often each of <see cref="PartnersOf"/> occurred.</summary>
    public ReadOnlySpan<int> CountsOf(int row) => _counts.AsSpan(_offsets[row], Degree(row));

    /// <summary>The count of one cell; 0 if it is not stored.</summary>
    public int Count(int row, int partner)
    {
        int found = PartnersOf(row).BinarySearch(partner);
        return found < 0 ? 0 : _counts[_offsets[row] + found];
    }

    /// <summary>The same cells by compressed columns, each column's rows ascending.</summary>
    internal SparseCounts Transpose(int columns)
    {
        int[] offsets = new int[columns + 1];
        foreach (int partner in _partners)
        {
            offsets[partner + 1]++;
        }

        Accumulate(offsets);
        int[] next = offsets[..^1];
        int[] partners = new int[Cells];
        int[] counts = new int[Cells];
        for (int row = 0; row < Rows; row++)
        {
            for (int cell = _offsets[row]; cell < _offsets[row + 1]; cell++)
            {
                int place = next[_partners[cell]]++;
                partners[place] = row;
                counts[place] = _counts[cell];
            }
        }

        return new SparseCounts(offsets, partners, counts);
    }

    internal static void Accumulate(Span<int> offsets)
    {
        for (int i = 1; i < offsets.Length; i++)
        {
            offsets[i] += offsets[i - 1];
        }
    }
}
