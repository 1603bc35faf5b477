namespace Vitrine.Tensors.Tests.Specs;

/// <summary>What a case of attention is about; the inputs are q, k, v, then bias and mask where
/// there.</summary>
public sealed record AttentionSetting(
    string Name, int Batch, int Queries, int Keys, int Heads, int KvHeads, int Dim,
    bool Causal = true)
{
    public double? Scale { get; init; }

    public bool HasBias { get; init; }

    public int[]? Mask { get; init; }

    public int? Window { get; init; }

    public double? SoftCap { get; init; }

    public bool HasSinks { get; init; }

    public Shape QShape => [Batch, Queries, Heads, Dim];

    public Shape KShape => [Batch, Keys, KvHeads, Dim];

    public int Distances => Causal ? Keys : Math.Max(0, Queries + Keys - 1);

    public AttentionForm Form => new()
    {
        BothWays = !Causal,
        Scale = (float?)Scale,
        Window = Window,
        SoftCap = (float?)SoftCap,
    };

    public bool Sees(int i, int j)
    {
        int back = i + Keys - Queries - j;
        return (!Causal || back >= 0) && (Window is not { } window || Math.Abs(back) < window);
    }

    public Values[] Inputs() =>
    [
        Values.Normal(QShape, 1),
        Values.Normal(KShape, 2),
        Values.Normal(KShape, 3),
        .. HasBias ? [Values.Normal([Heads, Distances], 4)] : Array.Empty<Values>(),
        .. Mask is { } shape ? [RandomMask(shape)] : Array.Empty<Values>(),
        .. HasSinks ? [Values.Normal([Heads], 6)] : Array.Empty<Values>(),
    ];

    public T? Bias<T>(T[] inputs)
        where T : class => HasBias ? inputs[3] : null;

    public T? MaskOf<T>(T[] inputs)
        where T : class => Mask is null ? null : inputs[HasBias ? 4 : 3];

    public T? Sinks<T>(T[] inputs)
        where T : class => HasSinks ? inputs[3 + (HasBias ? 1 : 0) + (Mask is null ? 0 : 1)] : null;

    /// <summary>The inputs that have a gradient, as <see cref="AttentionReference.Backward"/> orders
    /// them, each with its place among the inputs.</summary>
    public IEnumerable<(int Wanted, int Input)> Differentiable() =>
    [
        (0, 0), (1, 1), (2, 2),
        .. HasBias ? [(3, 3)] : Array.Empty<(int, int)>(),
        .. HasSinks ? [(4, Inputs().Length - 1)] : Array.Empty<(int, int)>(),
    ];

    public Tensor<float> Run(Tensor<float>[] x, out Tensor<float> normaliser) => Ops.Attention(
        x[0], x[1], x[2], out normaliser, Form, Bias(x), MaskOf(x), Sinks(x));

    /// <summary>A third of the keys hidden, the others moved a little.</summary>
    private static Values RandomMask(int[] shape)
    {
        Values at = Values.Uniform(Shape.Create(shape), 0, 3, 5);
        return Values.From(at.Shape, i => at[i] < 1 ? double.NegativeInfinity : at[i] - 2);
    }
}
