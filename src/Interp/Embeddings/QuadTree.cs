using System.Numerics;
using System.Runtime.Intrinsics;

namespace Vitrine.Interp.Embeddings;

/// <summary>Barnes and Hut's tree over points in the plane, as one flat array.</summary>
/// <remarks>
/// Layout: points are sorted along the Morton curve, so every cell is a range of them; nodes lie in
/// depth-first order and each knows where its subtree ends, so walking is a loop without a stack:
/// on to the next node to open a cell, to its end to skip it. Chains of cells with one child are
/// left out. Four neighbours on the curve walk together, one in each lane: a cell is taken as a
/// whole only where that is right for all four, so it is never coarser than the plain algorithm.
/// No fused multiply-add: the same bits on every machine.
/// </remarks>
internal sealed class QuadTree
{
    /// <summary>The number of points processed together.</summary>
    public const int Lanes = 4;

    private const int Bits = 31;
    private readonly ulong[] _codes;
    private readonly int[] _order;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly Node[] _nodes;
    private double _unit;
    private int _nodeCount;

    public QuadTree(int count)
    {
        Count = count;
        _codes = new ulong[count];
        _order = new int[count];
        _x = new double[Groups * Lanes];
        _y = new double[Groups * Lanes];
        _nodes = new Node[Math.Max(1, 2 * count)];
    }

    public int Count { get; }

    public int Groups => (Count + Lanes - 1) / Lanes;

    /// <summary>The point at each place of the curve.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Sorts the points and builds the nodes, replacing previous ones.</summary>
    public void Build(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double left = x[0], right = x[0], bottom = y[0], top = y[0];
        for (int i = 1; i < Count; i++)
        {
            left = Math.Min(left, x[i]);
            right = Math.Max(right, x[i]);
            bottom = Math.Min(bottom, y[i]);
            top = Math.Max(top, y[i]);
        }

        double side = Math.Max(Math.Max(right - left, top - bottom), double.Epsilon);
        double cells = (1u << Bits) - 1;
        _unit = side / cells;
        for (int i = 0; i < Count; i++)
        {
            _order[i] = i;
            _codes[i] = Spread(
                (x[i] - left) / side * cells) | (Spread((y[i] - bottom) / side * cells) << 1);
        }

        Array.Sort(_codes, _order);
        for (int place = 0; place < _x.Length; place++)
        {
            int point = _order[Math.Min(place, Count - 1)];
            _x[place] = x[point];
            _y[place] = y[point];
        }

        _nodeCount = 0;
        Add(0, Count, out _, out _);
    }

    /// <summary>The unnormalised repulsion on the four points of a group.
    /// <code>force_i = Σ_j (1 + ‖y_i − y_j‖²)⁻² (y_i − y_j) returns Σ_i Σ_{j≠i} (1 + ‖y_i −
    /// y_j‖²)⁻¹</code>
    /// A cell of side s at distance d stands for its points where <c>s &lt; θ d</c>.</summary>
    public double Repel(int group, double theta, Span<double> forceX, Span<double> forceY)
    {
        Vector256<double> x = Vector256.Create<double>(_x.AsSpan(group * Lanes, Lanes));
        Vector256<double> y = Vector256.Create<double>(_y.AsSpan(group * Lanes, Lanes));
        Vector256<double> one = Vector256.Create(1.0);
        Vector256<double> theta2 = Vector256.Create(theta * theta);
        Vector256<double> sum = Vector256<double>.Zero;
        Vector256<double> sumX = Vector256<double>.Zero;
        Vector256<double> sumY = Vector256<double>.Zero;
        ReadOnlySpan<Node> nodes = _nodes.AsSpan(0, _nodeCount);
        for (int i = 0; (uint)i < (uint)nodes.Length;)
        {
            ref readonly Node node = ref nodes[i];
            Vector256<double> dX = x - Vector256.Create(node.X);
            Vector256<double> dY = y - Vector256.Create(node.Y);
            Vector256<double> squared = (dX * dX) + (dY * dY);
            if (!Vector256.GreaterThanAll(squared * theta2, Vector256.Create(node.SquaredSide)))
            {
                i++;
                continue;
            }

            Vector256<double> kernel = one / (one + squared);
            Vector256<double> weight = Vector256.Create(node.Mass) * kernel;
            sum += weight;
            weight *= kernel;
            sumX += weight * dX;
            sumY += weight * dY;
            i = node.End;
        }

        // Each point met itself once, at distance 0: no force, and 1 in the sum.
        int lanes = Math.Min(Lanes, Count - (group * Lanes));
        double total = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            forceX[lane] = sumX[lane];
            forceY[lane] = sumY[lane];
            total += sum[lane] - 1;
        }

        return total;
    }

    // Adds the node of the points [start, end) and its subtree; returns the sums of their places.
    private void Add(int start, int end, out double sumX, out double sumY)
    {
        int index = _nodeCount++;
        ulong difference = _codes[start] ^ _codes[end - 1];
        sumX = 0;
        sumY = 0;

        // A leaf is one point, or points that no cell tells apart; −1 lets it always be taken
        // whole.
        double squaredSide = -1;
        if (difference == 0)
        {
            for (int place = start; place < end; place++)
            {
                sumX += _x[place];
                sumY += _y[place];
            }
        }
        else
        {
            int level = BitOperations.Log2(difference) / 2;
            double side = _unit * (1L << (level + 1));
            squaredSide = side * side;
            for (int child = start; child < end;)
            {
                int childEnd = child + 1;
                ulong quadrant = _codes[child] >> (2 * level);
                while (childEnd < end && _codes[childEnd] >> (2 * level) == quadrant)
                {
                    childEnd++;
                }

                Add(child, childEnd, out double childX, out double childY);
                sumX += childX;
                sumY += childY;
                child = childEnd;
            }
        }

        double mass = end - start;
        _nodes[index] = new Node(sumX / mass, sumY / mass, mass, squaredSide, _nodeCount);
    }

    // Puts a zero bit between the bits of a number below 2³¹.
    private static ulong Spread(double value)
    {
        ulong bits = (ulong)value;
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    private readonly record struct Node(
        double X, double Y, double Mass, double SquaredSide, int End);
}
