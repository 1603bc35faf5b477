using System.Runtime.Intrinsics;

namespace Vitrine.Tensors;

/// <summary>y = f(x), written once for a number and once for each vector width. The four forms must
/// give the same bits for the same element: tails go through the vector form on padded lanes.</summary>
internal interface IUnaryOperator
{
    float Invoke(float x);

    Vector128<float> Invoke(Vector128<float> x);

    Vector256<float> Invoke(Vector256<float> x);

    Vector512<float> Invoke(Vector512<float> x);
}

/// <summary>y = f(a, b), written once for a number and once for each vector width.</summary>
internal interface IBinaryOperator
{
    float Invoke(float a, float b);

    Vector128<float> Invoke(Vector128<float> a, Vector128<float> b);

    Vector256<float> Invoke(Vector256<float> a, Vector256<float> b);

    Vector512<float> Invoke(Vector512<float> a, Vector512<float> b);
}

/// <summary>A unary operator seen as a binary one that ignores its second operand.</summary>
internal readonly struct IgnoringSecond<TOp>(TOp op) : IBinaryOperator
    where TOp : struct, IUnaryOperator
{
    public float Invoke(float a, float b) => op.Invoke(a);

    public Vector128<float> Invoke(Vector128<float> a, Vector128<float> b) => op.Invoke(a);

    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => op.Invoke(a);

    public Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => op.Invoke(a);
}
