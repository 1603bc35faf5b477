namespace Vitrine.Tensors.Tests.Specs;

public class ReluSpec : UnarySpec
{
    public override string Op => nameof(Ops.Relu);

    public override Tolerance Tolerance => Tolerance.Exact;

    protected override double Reference(double x) => double.IsNaN(x) ? x : Math.Max(x, 0);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Relu(x, into, accumulate);
}

public class SiluSpec : UnarySpec
{
    public override string Op => nameof(Ops.Silu);

    public override Tolerance Tolerance => new(
        6 * Tolerance.Rounding, 2e-36,
        "the logistic function's 5 roundings and one more; below −88.7 it is 0, not subnormal");

    protected override double Reference(double x) => x / (1 + Math.Exp(-x));

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Silu(x, into, accumulate);
}

public class GeluSpec : UnarySpec
{
    public override string Op => nameof(Ops.Gelu);

    public override Tolerance Tolerance => new(
        8 * Tolerance.Rounding, 2e-9,
        "a rounded x² in the exponent costs x²/2 roundings where the value itself is tiny");

    protected override double Reference(double x) => x * Normal.Distribution(x);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Gelu(x, into, accumulate);
}

public class GeluTanhSpec : UnarySpec
{
    public override string Op => nameof(Ops.GeluTanh);

    public override Tolerance Tolerance => new(
        12 * Tolerance.Rounding, 2e-9,
        "the rounded argument of the logistic function, up to 20 where the value is tiny");

    protected override double Reference(double x)
    {
        double u = Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));
        return x / (1 + Math.Exp(-2 * u));
    }

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.GeluTanh(x, into, accumulate);
}

public class ClampSpec : UnarySpec
{
    public override string Op => nameof(Ops.Clamp);

    public override Tolerance Tolerance => Tolerance.Exact;

    public override IEnumerable<ErrorCase> Errors() =>
    [
        .. base.Errors(),
        new("bounds that cross", () => Ops.Clamp(Zeros(2), 1, -1),
            "Clamp: least must not exceed most; got 1 and -1.")
        {
            Type = typeof(ArgumentException),
        },
    ];

    protected override double Reference(double x) =>
        double.IsNaN(x) ? x : Math.Clamp(x, -1, 2.5);

    protected override Tensor<float> Call(Tensor<float> x, Tensor<float>? into, bool accumulate) =>
        Ops.Clamp(x, -1, 2.5f, into, accumulate);
}

/// <summary>The normal distribution in float64, from a series and a continued fraction: the
/// library has no error function.</summary>
internal static class Normal
{
    public static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    public static double Distribution(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x))
        {
            return x;
        }

        if (size > 39)
        {
            return x > 0 ? 1 : 0;
        }

        double left;
        if (size < 3)
        {
            // Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3 · 5) + …)
            double term = size;
            double sum = term;
            for (int n = 3; term > 1e-18 * sum; n += 2)
            {
                term *= size * size / n;
                sum += term;
            }

            left = 0.5 - (Density(size) * sum);
        }
        else
        {
            // Φ(−x) = φ(x) / (x + 1/(x + 2/(x + 3/(x + …))))
            double fraction = size;
            for (int n = 200; n > 0; n--)
            {
                fraction = size + (n / fraction);
            }

            left = Density(size) / fraction;
        }

        return x > 0 ? 1 - left : left;
    }
}
