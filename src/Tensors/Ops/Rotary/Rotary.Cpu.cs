namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private static void RotaryCpu(
        Tensor<float> x, Tensor<float> cos, Tensor<float> sin, RotaryPairing pairing,
        float direction, Tensor<float> y, bool accumulate)
    {
        Tensor<float> source = Destination.Apart(x, y);
        if (y.Length > 0)
        {
            WidestVectors.For(
                x.Shape[0] * x.Shape[1],
                new RotaryBody
                {
                    X = new AttentionOperand(source),
                    Y = new AttentionOperand(y),
                    Cos = new AttentionOperand(cos),
                    Sin = new AttentionOperand(sin),
                    Positions = x.Shape[1],
                    Heads = x.Shape[2],
                    Dim = x.Shape[3],
                    Pairs = cos.Shape[1],
                    Adjacent = pairing == RotaryPairing.Adjacent,
                    Direction = direction,
                    Accumulate = accumulate,
                });
        }

        y.MarkWritten();
        Destination.Release(source, x);
        y.KeepAlive();
        cos.KeepAlive();
        sin.KeepAlive();
    }
}

/// <summary>Turns the heads of one position; parallel over positions. Both entries of a pair are
/// read before either is written, so y may be x.</summary>
internal unsafe struct RotaryBody : IVectorBody
{
    public AttentionOperand X;
    public AttentionOperand Y;
    public AttentionOperand Cos;
    public AttentionOperand Sin;
    public int Positions;
    public int Heads;
    public int Dim;
    public int Pairs;
    public bool Adjacent;
    public float Direction;
    public bool Accumulate;

    public readonly void Run<TLanes, T>(int index)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        (int batch, int pos) = Math.DivRem(index, Positions);
        float* cos = Cos.At(pos, 0);
        float* sin = Sin.At(pos, 0);
        nint pair = Adjacent ? 2 : 1;
        nint partner = Adjacent ? 1 : Pairs;
        bool whole = !Adjacent && X.Fourth == 1 && Y.Fourth == 1 && Cos.Second == 1
            && Sin.Second == 1;
        for (int head = 0; head < Heads; head++)
        {
            float* x = X.At(batch, pos, head);
            float* y = Y.At(batch, pos, head);
            int i = 0;
            if (whole)
            {
                for (; i <= Pairs - TLanes.Count; i += TLanes.Count)
                {
                    Turn<TLanes, T>(x + i, x + i + Pairs, cos + i, sin + i, y + i, y + i + Pairs);
                }
            }

            for (; i < Pairs; i++)
            {
                nint a = i * pair;
                nint b = a + partner;
                Turn<Lanes1, float>(
                    x + (a * X.Fourth), x + (b * X.Fourth), cos + (i * Cos.Second), sin + (
                        i * Sin.Second),
                    y + (a * Y.Fourth), y + (b * Y.Fourth));
            }

            for (int d = 2 * Pairs; d < Dim; d++)
            {
                float* to = y + (d * Y.Fourth);
                *to = Accumulate ? *to + x[d * X.Fourth] : x[d * X.Fourth];
            }
        }
    }

    private readonly void Turn<TLanes, T>(
        float* xa, float* xb, float* cos, float* sin, float* ya, float* yb)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        (T a, T b) = (TLanes.Load(xa), TLanes.Load(xb));
        T c = TLanes.Load(cos);
        T s = TLanes.Multiply(TLanes.Load(sin), TLanes.All(Direction));
        T first = TLanes.Subtract(TLanes.Multiply(a, c), TLanes.Multiply(b, s));
        T second = TLanes.Add(TLanes.Multiply(b, c), TLanes.Multiply(a, s));
        TLanes.Store(Accumulate ? TLanes.Add(TLanes.Load(ya), first) : first, ya);
        TLanes.Store(Accumulate ? TLanes.Add(TLanes.Load(yb), second) : second, yb);
    }
}
