using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vitrine.Tensors;

/// <summary>The lengths of a tensor's axes, outermost first; at most
/// <see cref="MaxRank"/>.</summary>
/// <remarks>A value: comparing and copying are free of allocation. <c>[]</c> is a scalar's
/// shape.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest number of axes a tensor may have.</summary>
    public const int MaxRank = 6;

    private readonly Axes<int> _lengths;

    private Shape(ReadOnlySpan<int> lengths)
    {
        Rank = lengths.Length;
        lengths.CopyTo(_lengths);
    }

    /// <summary>The number of axes.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of the lengths, 1 for a scalar.</summary>
    public long Length
    {
        get
        {
            long length = 1;
            for (int axis = 0; axis < Rank; axis++)
            {
                length *= _lengths[axis];
            }

            return length;
        }
    }

    /// <summary>The length of an axis; a negative number counts from the last axis.</summary>
    /// <exception cref="ShapeException">The shape has no such axis.</exception>
    public int this[int axis] => _lengths[Axis(axis)];

    /// <summary>Makes a shape from the lengths of its axes: <c>Shape s = [2, 5, 768]</c>.</summary>
    /// <exception cref="ShapeException">A length is negative, or there are too many axes or
    /// elements.</exception>
    public static Shape Create(ReadOnlySpan<int> lengths)
    {
        if (lengths.Length > MaxRank)
        {
            throw new ShapeException(
                $"Shape: at most {MaxRank} axes; got {lengths.Length}; merge axes by Reshape.");
        }

        UInt128 elements = 1;
        foreach (int length in lengths)
        {
            if (length < 0)
            {
                throw new ShapeException(
                    $"Shape: an axis cannot have a negative length; got {Format(lengths)}.");
            }

            // Axes of length 0 are left out, so that the products of the strides stay in range too.
            elements *= (uint)Math.Max(length, 1);
            if (elements > long.MaxValue)
            {
                throw new ShapeException(
                    $"Shape: the number of elements must fit 63 bits; got {Format(lengths)}.");
            }
        }

        return new Shape(lengths);
    }

    /// <summary>Resolves a possibly negative axis number to 0 … Rank − 1.</summary>
    /// <exception cref="ShapeException">The shape has no such axis.</exception>
    public int Axis(int axis)
    {
        int resolved = axis < 0 ? axis + Rank : axis;
        if ((uint)resolved >= (uint)Rank)
        {
            throw new ShapeException(
                $"Shape: axis {axis} does not exist in {this}; use {-Rank} … {Rank - 1}.");
        }

        return resolved;
    }

    /// <summary>This shape with the length of one axis replaced.</summary>
    public Shape With(int axis, int length)
    {
        Span<int> lengths = stackalloc int[MaxRank];
        CopyTo(lengths);
        lengths[Axis(axis)] = length;
        return Create(lengths[..Rank]);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis)
    {
        int removed = Axis(axis);
        Span<int> lengths = stackalloc int[MaxRank];
        int rank = 0;
        for (int i = 0; i < Rank; i++)
        {
            if (i != removed)
            {
                lengths[rank++] = _lengths[i];
            }
        }

        return new Shape(lengths[..rank]);
    }

    /// <summary>The shape that two operands broadcast to: axes are aligned at the last one, and a
    /// length of 1 is broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Shape Broadcast(string op, Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> lengths = stackalloc int[MaxRank];
        for (int i = 1; i <= rank; i++)
        {
            int left = i <= a.Rank ? a[-i] : 1;
            int right = i <= b.Rank ? b[-i] : 1;
            if (left != right && left != 1 && right != 1)
            {
                throw new ShapeException(
                    $"{op}: shapes must broadcast (equal from the last axis, or 1); got {a} and "
                    + $"{b}; axis {-i} has {left} and {right}.");
            }

            lengths[rank - i] = left == 1 ? right : left;
        }

        return new Shape(lengths[..rank]);
    }

    /// <summary>Copies the lengths.</summary>
    public void CopyTo(Span<int> destination) =>
        ((ReadOnlySpan<int>)_lengths)[..Rank].CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        Rank == other.Rank
        && ((ReadOnlySpan<int>)_lengths)[..Rank].SequenceEqual(
            ((ReadOnlySpan<int>)other._lengths)[..Rank]);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int length in this)
        {
            hash.Add(length);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary><c>[2, 5, 768]</c>.</summary>
    public override string ToString() => Format(((ReadOnlySpan<int>)_lengths)[..Rank]);

    /// <summary>Walks over the lengths, outermost axis first.</summary>
    public Enumerator GetEnumerator() => new(this);

    private static string Format(ReadOnlySpan<int> lengths)
    {
        var text = new StringBuilder("[");
        for (int i = 0; i < lengths.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(lengths[i]);
        }

        return text.Append(']').ToString();
    }

    /// <summary>The enumerator over a shape's lengths.</summary>
    public struct Enumerator
    {
        private readonly Shape _shape;
        private int _axis = -1;

        internal Enumerator(Shape shape) => _shape = shape;

        /// <summary>The current length.</summary>
        public readonly int Current => _shape._lengths[_axis];

        /// <summary>Moves to the next axis.</summary>
        public bool MoveNext() => ++_axis < _shape.Rank;
    }
}

/// <summary>One value per axis, held inline.</summary>
[InlineArray(Shape.MaxRank)]
internal struct Axes<T>
{
    private T _first;
}
