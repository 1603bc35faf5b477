namespace Vitrine.Tensors;

/// <summary>A parameter as matrix products read it: float32, or another element type that is
/// decoded a panel at a time inside the op, never as a whole.</summary>
/// <remarks>
/// The numbers may be owned or borrowed (<see cref="Tensor.Borrow{T}"/>). Products sum in float32
/// in the same order whatever the element type: the bits are those of the product with
/// <see cref="ToFloat32"/>. A weight is not changed by any op; views borrow, as a tensor's do.
/// </remarks>
public abstract class Weight : IDisposable, IOnDevice
{
    private protected Weight()
    {
    }

    /// <summary>The lengths of the axes.</summary>
    public abstract Shape Shape { get; }

    /// <summary>The device of the numbers.</summary>
    public abstract Device Device { get; }

    /// <summary>The stored element type: float32, float16, bfloat16, or the name of a
    /// <see cref="BlockFormat"/>.</summary>
    public abstract string ElementType { get; }

    /// <summary>Counts changes of the numbers; see <see cref="Tensor{T}.Version"/>.</summary>
    public abstract int Version { get; }

    /// <summary>Whether the numbers were released.</summary>
    public abstract bool IsDisposed { get; }

    /// <summary>Elements between neighbours along each axis.</summary>
    internal abstract ReadOnlySpan<long> Strides { get; }

    /// <summary>Where the first element lies and how it is decoded.</summary>
    internal abstract WeightElements Elements { get; }

    /// <summary>The numbers themselves where they are float32, which ops read in place.</summary>
    internal virtual Tensor<float>? Float32 => null;

    /// <summary>A weight over a tensor, which it does not copy.</summary>
    public static Weight Of(Tensor<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Float32Weight(values);
    }

    /// <inheritdoc cref="Of(Tensor{float})"/>
    public static unsafe Weight Of(Tensor<Half> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new EncodedWeight<Half>(values, "float16", &WeightElements.Widen);
    }

    /// <inheritdoc cref="Of(Tensor{float})"/>
    public static unsafe Weight Of(Tensor<BFloat16> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new EncodedWeight<BFloat16>(values, "bfloat16", &WeightElements.Shift);
    }

    /// <summary>A weight over quantised blocks in someone else's memory, such as a mapped file; not
    /// copied. Its views may begin and end inside blocks.</summary>
    /// <param name="format">The format of the blocks.</param>
    /// <param name="blocks">The first block; the others follow, row after row.</param>
    /// <param name="shape">The lengths of the axes; the last one is a multiple of the
    /// block.</param>
    /// <param name="owner">The owner of the memory; disposed with the weight, or by its finaliser
    /// if nobody disposed it. Null if the memory outlives the weight.</param>
    /// <exception cref="ShapeException">The last axis is no whole number of blocks.</exception>
    public static unsafe Weight OfBlocks(
        BlockFormat format, byte* blocks, Shape shape, IDisposable? owner)
    {
        ArgumentNullException.ThrowIfNull(format);
        return QuantisedWeight.Over(format, blocks, shape, owner);
    }

    /// <summary>A weight that owns a copy of quantised blocks.</summary>
    /// <param name="format">The format of the blocks.</param>
    /// <param name="blocks">The blocks, row after row.</param>
    /// <param name="shape">The lengths of the axes; the last one is a multiple of the
    /// block.</param>
    /// <exception cref="ShapeException">The last axis is no whole number of blocks, or there are
    /// not as many bytes as the shape takes.</exception>
    public static Weight OfBlocks(BlockFormat format, ReadOnlySpan<byte> blocks, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(format);
        return QuantisedWeight.Copy(format, blocks, shape);
    }

    /// <inheritdoc cref="Of(Tensor{float})"/>
    public static implicit operator Weight(Tensor<float> values) => Of(values);

    /// <summary>The last two axes exchanged; a view.</summary>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public Weight Transpose() => Transpose(-2, -1);

    /// <summary>Two axes exchanged; a view.</summary>
    /// <exception cref="ShapeException">An axis does not exist.</exception>
    public abstract Weight Transpose(int axis, int other);

    /// <summary>The part <c>[start, start + length)</c> of one axis; a view.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside it.</exception>
    public abstract Weight Slice(int axis, int start, int length);

    /// <summary>One entry of an axis, with that axis removed; a view.</summary>
    /// <exception cref="ShapeException">The axis does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside it.</exception>
    public abstract Weight Select(int axis, int index);

    /// <summary>Other axes over the same elements in the same order; a view.</summary>
    /// <exception cref="ShapeException">The number of elements differs, or the strides cannot be
    /// expressed.</exception>
    public abstract Weight Reshape(params ReadOnlySpan<int> lengths);

    /// <summary>A float32 copy that the caller owns: for inspection, not for products.</summary>
    public abstract Tensor<float> ToFloat32();

    /// <summary>Releases the numbers, as the tensor's <see cref="Tensor{T}.Dispose"/>
    /// does.</summary>
    public abstract void Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{ElementType} {Shape}";

    /// <summary>Keeps the owner from being finalised under a kernel.</summary>
    internal abstract void KeepAlive();
}
