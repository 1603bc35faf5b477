namespace Vitrine.Tensors;

/// <summary>Attention as addresses and strides: what is left of the operands for the kernels, after
/// their shapes were checked.</summary>
internal struct AttentionProblem : IGemmBody
{
    public int Batch;
    public int Heads;
    public int KvHeads;
    public int Queries;
    public int Keys;
    public int Dim;
    public float Scale;
    public bool Causal;
    public float SoftCap;
    public AttentionOperand Q;
    public AttentionOperand K;
    public AttentionOperand V;
    public AttentionOperand Z;
    public AttentionOperand Normaliser;
    public AttentionOperand RelativeBias;
    public AttentionOperand Mask;
    public AttentionOperand Sinks;
    public AttentionOperand DZ;
    public AttentionOperand DQ;
    public AttentionOperand DK;
    public AttentionOperand DV;
    public AttentionOperand DRelativeBias;
    public AttentionOperand DSinks;
    private readonly int _window;

    public AttentionProblem(
        string op, Tensor<float> q, Tensor<float> k, Tensor<float> v, AttentionForm form,
        Tensor<float>? relativeBias, Tensor<float>? mask, Tensor<float>? sinks)
        : this(op, q, k, form, relativeBias, mask)
    {
        if (v.Shape != k.Shape)
        {
            throw new ShapeException($"{op}: v must be {k.Shape}, the shape of k; got {v.Shape}.");
        }

        if (sinks is not null && sinks.Shape != Shape.Create([Heads]))
        {
            throw new ShapeException(
                $"{op}: sinks must be [{Heads}], a number for each head; got {sinks.Shape}.");
        }

        V = new AttentionOperand(v);
        Sinks = new AttentionOperand(sinks);
    }

    public AttentionProblem(
        string op, Tensor<float> q, Tensor<float> k, AttentionForm form,
        Tensor<float>? relativeBias, Tensor<float>? mask)
    {
        if (q.Rank != 4 || k.Rank != 4 || q.Shape[0] != k.Shape[0] || q.Shape[3] != k.Shape[3])
        {
            throw new ShapeException(
                $"{op}: q must be [batch, queryPos, head, dHead] and k [batch, keyPos, kvHead, "
                + $"dHead]; got {q.Shape} and {k.Shape}.");
        }

        (Batch, Queries, Heads, Dim) = (q.Shape[0], q.Shape[1], q.Shape[2], q.Shape[3]);
        (Keys, KvHeads) = (k.Shape[1], k.Shape[2]);
        if (Heads > 0 && (KvHeads == 0 || Heads % KvHeads != 0))
        {
            throw new ShapeException(
                $"{op}: the number of heads must be a multiple of the number of key heads; got "
                + $"{Heads} in q {q.Shape} and {KvHeads} in k {k.Shape}.");
        }

        Causal = !form.BothWays;
        if (Causal && Queries > Keys)
        {
            throw new ShapeException(
                $"{op}: causal attention needs at least as many keys as queries, the queries being "
                + $"the last positions; got {Queries} queries and {Keys} keys; set "
                + "BothWays?");
        }

        if (form.Window < 1 || form.SoftCap <= 0 || float.IsNaN(form.SoftCap ?? 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(form), $"{op}: Window must be at least 1 and SoftCap above 0; got {form}.");
        }

        Scale = form.Scale ?? (Dim == 0 ? 0 : 1 / MathF.Sqrt(Dim));
        SoftCap = form.SoftCap ?? 0;
        _window = form.Window ?? int.MaxValue;
        Q = new AttentionOperand(q);
        K = new AttentionOperand(k);
        if (relativeBias is not null && relativeBias.Shape != Shape.Create([Heads, Distances]))
        {
            throw new ShapeException(
                $"{op}: relativeBias must be [{Heads}, {Distances}], a number for each head and "
                + (Causal ? "distance (keyPos of them)"
                    : "distance (queryPos + keyPos − 1 of them)")
                + $"; got {relativeBias.Shape}.");
        }

        RelativeBias = new AttentionOperand(relativeBias);
        Mask = mask is null ? default : MaskOperand(op, mask);
    }

    /// <summary>The backward pass where the gradient of z is given, else the forward
    /// pass.</summary>
    public void Run<TKernel, TLanes, T>()
        where TKernel : IGemmKernel
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        if (DZ.IsGiven)
        {
            FusedAttention<TKernel, TLanes, T>.Backward(ref this);
        }
        else
        {
            FusedAttention<TKernel, TLanes, T>.Forward(ref this);
        }
    }

    /// <summary>How many distances between a query and a key there are.</summary>
    public readonly int Distances => Causal ? Keys : Math.Max(0, Queries + Keys - 1);

    /// <summary>The column of relativeBias for a query and a key.</summary>
    public readonly int Distance(int query, int key) =>
        query + FirstPosition - key + (Causal ? 0 : Queries - 1);

    /// <summary>The position of query 0 among the keys.</summary>
    public readonly int FirstPosition => Keys - Queries;

    /// <summary>The key after the last that a query sees.</summary>
    public readonly int Seen(int query) => Causal ? query + FirstPosition + 1
        : (int)Math.Clamp((long)query + FirstPosition + _window, 0, Keys);

    /// <summary>The first key that a query sees.</summary>
    public readonly int FirstSeen(int query) =>
        (int)Math.Clamp((long)query + FirstPosition - _window + 1, 0, Keys);

    /// <summary>The first query that sees a key or one after it.</summary>
    public readonly int FirstSeeing(int key) => (int)Math.Clamp(
        (long)key - FirstPosition - (Causal ? 0 : _window - 1L), 0, Queries);

    /// <summary>The query after the last that sees a key or one before it.</summary>
    public readonly int LastSeeing(int key) =>
        (int)Math.Clamp((long)key - FirstPosition + _window, 0, Queries);

    private readonly AttentionOperand MaskOperand(string op, Tensor<float> mask)
    {
        var operand = new AttentionOperand(mask);
        ReadOnlySpan<int> full = [Batch, Heads, Queries, Keys];
        bool fits = mask.Rank is >= 2 and <= 4;
        for (int axis = 0; fits && axis < mask.Rank; axis++)
        {
            int to = axis >= mask.Rank - 2 ? axis + 4 - mask.Rank : axis;
            fits = mask.Shape[axis] == 1 || mask.Shape[axis] == full[to];
        }

        if (!fits)
        {
            throw new ShapeException(
                $"{op}: mask must be [{Queries}, {Keys}], [{Batch}, {Queries}, {Keys}] or "
                + $"[{Batch}, {Heads}, {Queries}, {Keys}], where a length of 1 is broadcast; got "
                + $"{mask.Shape}.");
        }

        return operand.AsMask(mask.Rank);
    }
}

/// <summary>One operand: its first element, and the strides of up to four axes; 0 along an axis of
/// length 1. A missing operand has no pointer.</summary>
internal readonly unsafe struct AttentionOperand
{
    public readonly float* Pointer;
    public readonly nint First;
    public readonly nint Second;
    public readonly nint Third;
    public readonly nint Fourth;

    public AttentionOperand(Tensor<float>? tensor)
    {
        if (tensor is null)
        {
            return;
        }

        Pointer = tensor.Pointer;
        First = Stride(tensor, 0);
        Second = Stride(tensor, 1);
        Third = Stride(tensor, 2);
        Fourth = Stride(tensor, 3);
    }

    private AttentionOperand(float* pointer, nint first, nint second, nint third, nint fourth)
    {
        Pointer = pointer;
        First = first;
        Second = second;
        Third = third;
        Fourth = fourth;
    }

    public bool IsGiven => Pointer != null;

    /// <summary>Where the rows of one head begin: [batch, pos, head, dHead] at (batch, 0, head,
    /// 0).</summary>
    public float* Head(int batch, int head) => Pointer + (batch * First) + (head * Third);

    /// <summary>The element, or the start of the rest, of the first axes.</summary>
    public float* At(int first, int second, int third = 0) =>
        Pointer + (first * First) + (second * Second) + (third * Third);

    /// <summary>As [batch, head, queryPos, keyPos], whichever of these axes were given.</summary>
    public AttentionOperand AsMask(int rank) => rank switch
    {
        2 => new(Pointer, 0, 0, First, Second),
        3 => new(Pointer, First, 0, Second, Third),
        _ => this,
    };

    private static nint Stride(Tensor<float> tensor, int axis) =>
        axis >= tensor.Rank || tensor.Shape[axis] == 1 ? 0 : (nint)tensor.Strides[axis];
}
