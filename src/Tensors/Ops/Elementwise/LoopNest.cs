namespace Vitrine.Tensors;

/// <summary>
/// The loops over the elements of two inputs and an output of one shape, with neighbouring axes
/// merged wherever every operand's strides allow: contiguous operands become one loop.
/// </summary>
internal unsafe struct LoopNest
{
    private Axes<long> _lengths;
    private Axes<long> _a;
    private Axes<long> _b;
    private Axes<long> _y;
    private int _rank;

    public LoopNest(Shape shape, ReadOnlySpan<long> a, ReadOnlySpan<long> b, ReadOnlySpan<long> y)
    {
        // Filled from the innermost axis outwards, so axis 0 of the arrays is the innermost loop.
        _rank = 1;
        _lengths[0] = 1;
        Outer = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            int length = shape[axis];
            if (length == 1)
            {
                continue;
            }

            int last = _rank - 1;
            long inner = _lengths[last];
            bool first = _rank == 1 && inner == 1;
            bool merges = a[axis] == _a[last] * inner && b[axis] == _b[last] * inner
                && y[axis] == _y[last] * inner;
            if (!first && merges)
            {
                _lengths[last] *= length;
                continue;
            }

            int at = first ? 0 : _rank++;
            (_lengths[at], _a[at], _b[at], _y[at]) = (length, a[axis], b[axis], y[axis]);
        }

        for (int loop = 1; loop < _rank; loop++)
        {
            Outer *= _lengths[loop];
        }
    }

    /// <summary>The length of the innermost loop.</summary>
    public readonly long Inner => _lengths[0];

    /// <summary>How often the innermost loop runs.</summary>
    public long Outer { get; }

    /// <summary>The innermost strides.</summary>
    public readonly (long A, long B, long Y) InnerStrides => (_a[0], _b[0], _y[0]);

    /// <summary>Where each operand's run number <paramref name="run"/> starts, in
    /// elements.</summary>
    public readonly (long A, long B, long Y) Offsets(long run)
    {
        long a = 0;
        long b = 0;
        long y = 0;
        for (int loop = 1; loop < _rank; loop++)
        {
            long length = _lengths[loop];
            long index = run;
            if (loop < _rank - 1)
            {
                (run, index) = Math.DivRem(run, length);
            }

            a += index * _a[loop];
            b += index * _b[loop];
            y += index * _y[loop];
        }

        return (a, b, y);
    }
}
