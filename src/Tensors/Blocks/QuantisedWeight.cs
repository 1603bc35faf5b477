namespace Vitrine.Tensors;

/// <summary>Stands for one number inside a block. It has no bytes of its own: a tensor of these has
/// the shape, strides and life of a quantised weight, and nobody reads its elements.</summary>
internal readonly struct BlockValue;

/// <summary>A weight whose numbers lie in blocks, along what was its last axis.</summary>
/// <remarks>A view counts numbers, not bytes, from the start of the blocks; so any view of a tensor
/// is one here too, wherever it begins. Runs of neighbours are decoded block by block. Where a view
/// steps across blocks (a row of a transposed table), each number costs a block.</remarks>
internal sealed unsafe class QuantisedWeight(Tensor<BlockValue> values, BlockFormat format)
    : TensorWeight<BlockValue>(values)
{
    private const int PieceValues = 1 << 16;

    public override string ElementType => format.Name;

    internal override WeightElements Elements => new()
    {
        Base = Values.Pointer - Values.Start,
        Offset = Values.Start,
        Decoder = format.Decoder,
    };

    /// <summary>A weight over blocks that someone else keeps.</summary>
    public static QuantisedWeight Over(
        BlockFormat format, byte* blocks, Shape shape, IDisposable? owner)
    {
        RequireShape(format, shape);
        return new QuantisedWeight(Tensor.Borrow((BlockValue*)blocks, shape, owner), format);
    }

    /// <summary>A weight with its own copy of some blocks.</summary>
    public static QuantisedWeight Copy(
        BlockFormat format, ReadOnlySpan<byte> blocks, Shape shape)
    {
        RequireShape(format, shape);
        long bytes = shape.Length / format.ValuesPerBlock * format.BytesPerBlock;
        if (blocks.Length != bytes)
        {
            throw new ShapeException(
                $"Weight: {shape} of {format} takes {bytes} bytes; got {blocks.Length}.");
        }

        Tensor<byte> copy = Tensor.From(blocks);
        return new QuantisedWeight(
            Tensor.Borrow((BlockValue*)copy.Pointer, shape, copy), format);
    }

    /// <inheritdoc/>
    public override Tensor<float> ToFloat32()
    {
        if (Shape.Rank > 0 && !Values.IsContiguous && RunAxis() is var axis
            && axis != Shape.Rank - 1)
        {
            using Tensor<float> turned = Transpose(axis, -1).ToFloat32();
            return turned.Transpose(axis, -1).Clone();
        }

        Tensor<float> result = Tensor.Empty<float>(Shape, Device);
        (WeightElements elements, nint to) = (Elements, (nint)result.Pointer);
        if (Values.IsContiguous)
        {
            long length = Values.Length;
            WorkerPool.For(checked((int)((length + PieceValues - 1) / PieceValues)), piece =>
            {
                long first = (long)piece * PieceValues;
                elements.Read(
                    first, 1, (int)Math.Min(PieceValues, length - first), (float*)to + first);
            });
        }
        else if (Values.Length > 0)
        {
            int row = Shape[-1];
            var stride = (nint)Strides[^1];
            WorkerPool.For(checked((int)(Values.Length / row)), index => elements.Read(
                FirstOf(index), stride, row, (float*)to + ((long)index * row)));
        }

        result.MarkWritten();
        KeepAlive();
        return result;
    }

    protected override Weight Over(Tensor<BlockValue> view) => new QuantisedWeight(view, format);

    private static void RequireShape(BlockFormat format, Shape shape)
    {
        if (shape.Rank == 0 || shape[-1] % format.ValuesPerBlock != 0)
        {
            throw new ShapeException(
                $"Weight: the last axis of {format} must be a multiple of its block, "
                + $"{format.ValuesPerBlock}; got {shape}.");
        }
    }

    /// <summary>The axis along which neighbours lie in a block; the last one if there is
    /// none.</summary>
    private int RunAxis()
    {
        for (int axis = Shape.Rank - 1; axis >= 0; axis--)
        {
            if (Strides[axis] == 1 && Shape[axis] > 1)
            {
                return axis;
            }
        }

        return Shape.Rank - 1;
    }

    /// <summary>Where a row of the last axis begins, from the view's first number on.</summary>
    private long FirstOf(long row)
    {
        long first = 0;
        for (int axis = Shape.Rank - 2; axis >= 0; axis--)
        {
            first += row % Shape[axis] * Strides[axis];
            row /= Shape[axis];
        }

        return first;
    }
}
