using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>One lane: what the vectors leave over, and machines without any.</summary>
internal readonly unsafe struct Lanes1 : ILanes<float>
{
    public static int Count => 1;

    public static float Load(float* from) => *from;

    public static void Store(float x, float* to) => *to = x;

    public static void StorePast(float x, float* to) => *to = x;

    public static float All(float value) => value;

    public static float Add(float x, float y) => x + y;

    public static float Subtract(float x, float y) => x - y;

    public static float Multiply(float x, float y) => x * y;

    public static float Divide(float x, float y) => x / y;

    public static float MultiplyAdd(float x, float y, float z) =>
        float.MultiplyAddEstimate(x, y, z);

    public static float Max(float x, float y) => x > y ? x : y;

    public static float Min(float x, float y) => x < y ? x : y;

    public static float Round(float x) => MathF.Round(x);

    public static float Sqrt(float x) => MathF.Sqrt(x);

    public static float Abs(float x) => MathF.Abs(x);

    public static float Scale(float x, float n)
    {
        int power = float.ConvertToIntegerNative<int>(n);
        int half = power >> 1;
        return x * BitConverter.Int32BitsToSingle((half + 127) << 23)
            * BitConverter.Int32BitsToSingle((power - half + 127) << 23);
    }

    public static float Split(float x, out float exponent)
    {
        int power = (BitConverter.SingleToInt32Bits(x) - VectorMath.RootHalf) >> 23;
        exponent = power;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) - (power << 23));
    }

    public static float IsLess(float x, float y) => Mask(x < y);

    public static float IsEqual(float x, float y) => Mask(x == y);

    public static float Select(float mask, float x, float y) =>
        BitConverter.SingleToInt32Bits(mask) != 0 ? x : y;

    public static float Sum(float x) => x;

    private static float Mask(bool value) => BitConverter.Int32BitsToSingle(value ? -1 : 0);
}
