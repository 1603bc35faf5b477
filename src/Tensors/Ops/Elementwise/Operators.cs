namespace Vitrine.Tensors;

/// <summary>y = f(x), written once for every vector width.</summary>
internal interface IUnaryOperator
{
    T Invoke<TLanes, T>(T x)
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>y = f(a, b), written once for every vector width.</summary>
internal interface IBinaryOperator
{
    T Invoke<TLanes, T>(T a, T b)
        where TLanes : ILanes<T>
        where T : unmanaged;
}

/// <summary>A unary operator seen as a binary one that ignores its second operand.</summary>
internal readonly struct IgnoringSecond<TOp>(TOp op) : IBinaryOperator
    where TOp : struct, IUnaryOperator
{
    public T Invoke<TLanes, T>(T a, T b)
        where TLanes : ILanes<T>
        where T : unmanaged => op.Invoke<TLanes, T>(a);
}
