using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>Copies of the operands as the kernel wants them: keys and values in panels of columns,
/// and rows without gaps whose length is a whole number of panels. They are O(pos · dHead), made
/// once, and read O(pos / block) times.</summary>
internal static unsafe class AttentionPack
{
    public static int RoundUp(int x, int multiple) => (x + multiple - 1) / multiple * multiple;

    /// <summary>to[i, d] = factor · from[i, d] for count rows, with zeros up to
    /// <paramref name="width"/> columns and <paramref name="rows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<TLanes, T>(
        float* from, nint row, nint column, int count, int dim, float factor, float* to, int rows,
        int width)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T factors = TLanes.All(factor);
        for (int i = 0; i < count; i++)
        {
            int d = 0;
            if (column == 1)
            {
                for (; d <= dim - TLanes.Count; d += TLanes.Count)
                {
                    TLanes.Store(TLanes.Multiply(TLanes.Load(from + d), factors), to + d);
                }
            }

            for (; d < dim; d++)
            {
                to[d] = from[d * column] * factor;
            }

            new Span<float>(to + dim, width - dim).Clear();
            from += row;
            to += width;
        }

        new Span<float>(to, (rows - count) * width).Clear();
    }

    /// <summary>The transpose in panels of columns: panel p holds to[d, i] = from[p · width + i,
    /// d].</summary>
    public static void Panels(
        float* from, nint row, nint column, int count, int dim, float* to, int width)
    {
        for (int start = 0; start < count; start += width)
        {
            GemmPack.Panel(
                from + (start * row), row, column, Math.Min(width, count - start), width, dim, to);
            to += width * dim;
        }
    }

    /// <summary>The relative bias of a head from the farthest key to the nearest, so that the keys
    /// of a query read it in order: query i starts at queryPos − 1 − i.</summary>
    public static void ReversedBias(in AttentionProblem problem, int head, float* to)
    {
        float* from = problem.RelativeBias.At(head, 0);
        int last = problem.Distances - 1;
        for (int n = 0; n <= last; n++)
        {
            to[n] = from[(last - n) * problem.RelativeBias.Second];
        }
    }
}
