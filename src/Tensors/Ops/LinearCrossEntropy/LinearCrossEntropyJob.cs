namespace Vitrine.Tensors;

/// <summary>The operands of a fused linear layer and cross-entropy as addresses and strides, and
/// the scratch of the block of tokens at hand. A null pointer is an operand that is absent or not
/// wanted.</summary>
internal unsafe struct LinearCrossEntropyJob : IGemmBody
{
    /// <summary>Tokens in a block: whole tiles of every kernel.</summary>
    public const int Block = 384;

    /// <summary>Vocabulary rows in a chunk: whole tiles of every kernel.</summary>
    public const int ChunkRows = 96;

    /// <summary>From one vocabulary row of a chunk to the next. A multiple of 128 floats would
    /// leave the rows an eighth of a first-level cache.</summary>
    public const int Stride = Block + 16;

    public int Tokens;
    public int Width;
    public int Vocabulary;

    public Strided<float> X;
    public Strided<float> Weight;

    /// <summary>Where the weight's numbers lie if they are not float32; its strides are then all
    /// that <see cref="Weight"/> holds.</summary>
    public WeightElements Elements;
    public Strided<float> Bias;
    public Strided<int> Targets;
    public Strided<float> Losses;
    public Strided<float> LogSumExp;
    public Strided<float> DLoss;
    public Strided<float> DX;
    public Strided<float> DWeight;
    public Strided<float> DBias;

    /// <summary>Whether the gradients overwrite what their buffers hold.</summary>
    public bool Overwrite;

    public int Start;
    public int Count;
    public int PaddedWidth;

    /// <summary>The block's x in panels for the logits: [token panel][dModel][lane].</summary>
    public float* ColumnsX;
    /// <summary>The block's x in panels for dWeight: [dModel panel][token][lane].</summary>
    public float* RowsX;
    /// <summary>The block's exponentials, chunk by chunk, where gradients follow; else
    /// null.</summary>
    public float* Kept;

    /// <summary>[chunk][token]: the largest logit.</summary>
    public float* Maximum;

    /// <summary>[chunk][token]: the sum of exp(logit − maximum).</summary>
    public float* Sum;

    /// <summary>[token]: the log-sum-exp over the whole vocabulary.</summary>
    public float* Total;

    /// <summary>[token]: dLoss.</summary>
    public float* Cotangent;

    /// <summary>[token]: the target's logit, and then the loss.</summary>
    public float* TargetLogit;

    /// <summary>[token]: the largest logit of the whole vocabulary.</summary>
    public float* Largest;

    /// <summary>[token]: dLoss over the sum of exp(logit − largest): what makes exponentials
    /// gradients.</summary>
    public float* Scale;

    /// <summary>[slab][token][dModel]: dX by parts of the vocabulary, added in order at the
    /// end.</summary>
    public float* PartialDX;

    public readonly int Chunks => (Vocabulary + ChunkRows - 1) / ChunkRows;

    /// <summary>Chunks whose contribution to dX is summed by one piece: at most 16, and so few that
    /// a small vocabulary has about as many pieces.</summary>
    public readonly int ChunksPerSlab => Math.Clamp((Chunks + 15) / 16, 1, 16);

    public readonly int Slabs => (Chunks + ChunksPerSlab - 1) / ChunksPerSlab;

    public readonly bool WantsGradients =>
        DX.Pointer != null || DWeight.Pointer != null || DBias.Pointer != null;

    public void Run<TKernel, TLanes, T>()
        where TKernel : IGemmKernel
        where TLanes : ILanes<T>
        where T : unmanaged =>
        LinearCrossEntropyBlocks<TKernel, TLanes, T>.Run(ref this);
}

/// <summary>A tensor of one or two axes as a pointer and strides.</summary>
internal unsafe struct Strided<T>
    where T : unmanaged
{
    public T* Pointer;
    public nint Row;
    public nint Column;

    public static Strided<T> Of(Tensor<T>? tensor) => tensor is null
        ? default
        : new Strided<T>
        {
            Pointer = tensor.Pointer,
            Row = (nint)tensor.Strides[0],
            Column = tensor.Rank > 1 ? (nint)tensor.Strides[1] : 0,
        };

    /// <summary>A weight's strides; it has no float32 to point at.</summary>
    public static Strided<T> Of(Weight weight) =>
        new() { Row = (nint)weight.Strides[0], Column = (nint)weight.Strides[1] };

    public readonly T* At(nint row) => Pointer + (row * Row);

    public readonly T* At(nint row, nint column) => Pointer + (row * Row) + (column * Column);
}
