namespace Vitrine.Tensors.Tests.Specs;

public class MatMulSpec : OpSpec
{
    public override string Op => nameof(Ops.MatMul);

    public override Tolerance Tolerance => OfInnerLength(300);

    public override IEnumerable<OpCase> Samples() =>
    [
        .. Turned("small", [13, 19], [19, 37]),
        .. Turned("several tiles and blocks of k", [50, 1100], [1100, 70]),
        Case("many pieces", [700, 64], [64, 300]),
        Case("a batch", [3, 14, 20], [3, 20, 40]),
        Case("one right operand for a batch", [3, 14, 20], [20, 40]),
        Case("one left operand for a batch", [14, 20], [3, 20, 40]),
        Case("two leading axes that stretch", [2, 1, 5, 6], [3, 6, 33]),
        Case("an empty batch", [0, 5, 7], [7, 9]),
        Case("a factor", [25, 30], [30, 40], alpha: -0.75f),
    ];

    public override IEnumerable<OpCase> AtLength(int n)
    {
        (int m, int k, int columns) = n > 256 ? (3, 2, 4) : (13, 7, 35);
        return
        [
            .. Turned("rows", [n, k], [k, columns]),
            .. Turned("inner", [m, n], [n, columns]),
            .. Turned("columns", [m, k], [k, n]),
        ];
    }

    public override IEnumerable<OpCase> Hazards() =>
    [
        Of(
            "cancellation of 1e4", Values.From([2, 64], i => i % 2 == 0 ? 1e4 : -1e4),
            Values.Fill([64, 3], 1)),
        Of(
            "NaN in one row", Values.From([25, 30], i => i == 217 ? double.NaN : i % 7),
            Values.From([30, 40], i => i % 5)),
        Of(
            "∞ in one column", Values.From([25, 30], i => 1 + (i % 7)),
            Values.From([30, 40], i => i == 77 ? double.PositiveInfinity : i % 5)),
        Of("subnormal products", Values.Fill([5, 6], 1e-22), Values.Fill([6, 7], 1e-20)) with
        {
            Tolerance = new(0, 2e-44, "each product is rounded to a multiple of 1.4e-45"),
        },
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("inner axes that differ", () => Ops.MatMul(Zeros(2, 3), Zeros(4, 5)),
            "MatMul: the last axis of a must match the second last of b; got [2, 3] and [4, 5] (3 "
            + "and 4); transpose one of them?"),
        new("a vector", () => Ops.MatMul(Zeros(2, 3), Zeros(3)),
            "MatMul: operands need at least two axes; got [2, 3] and [3]; Unsqueeze a vector into "
            + "a row or a column."),
        new("leading axes that do not broadcast", () => Ops.MatMul(Zeros(2, 2, 3), Zeros(3, 3, 4)),
            "MatMul: leading axes must broadcast (equal, or 1); got [2, 2, 3] and [3, 3, 4]; axis "
            + "-3 has 2 and 3."),
        new(
            "a destination of another shape",
            () => Ops.MatMul(Zeros(2, 3), Zeros(3, 5), into: Zeros(5, 2)),
            "MatMul: into must be [2, 5], the shape of the product; got [5, 2]."),
        new(
            "a stretched destination",
            () => Ops.MatMul(Zeros(2, 3), Zeros(3, 5), into: Zeros(1, 5).BroadcastTo([2, 5])),
            "MatMul: into must not be broadcast; got stride 0 on axis 0 of [2, 5]; pass a tensor "
            + "with memory of its own."),
        new("a destination inside an operand", Overlapping,
            "MatMul: into must not overlap an operand; got [3, 3] inside the memory of [3, 3] or "
            + "[3, 3]; pass another tensor."),
    ];

    private static void Overlapping()
    {
        Tensor<float> x = Zeros(3, 3);
        Ops.MatMul(x, Zeros(3, 3), into: x.Transpose());
    }

    private static Tolerance OfInnerLength(int k) => new(
        4 * Tolerance.Rounding, (8 + (6 * k)) * Tolerance.Rounding,
        "each of k additions rounds at the size of the running sum, about the root of its length");

    /// <summary>Each operand stored as it is and transposed.</summary>
    private static IEnumerable<OpCase> Turned(string name, Shape a, Shape b)
    {
        foreach ((bool turnA, bool turnB) in ((bool, bool)[])
            [(false, false), (true, false), (false, true), (true, true)])
        {
            Values left = Values.Normal(turnA ? [a[1], a[0]] : a, 1);
            Values right = Values.Normal(turnB ? [b[1], b[0]] : b, 2);
            yield return new OpCase(
                $"{name}, a {(turnA ? "transposed" : "as is")}, b "
                + $"{(turnB ? "transposed" : "as is")}",
                [left, right],
                (x, into, accumulate) => Ops.MatMul(
                    turnA ? x[0].Transpose() : x[0], turnB ? x[1].Transpose() : x[1], 1, into,
                    accumulate),
                x => Reference(turnA ? Turn(x[0]) : x[0], turnB ? Turn(x[1]) : x[1], 1))
            {
                TakesAccumulate = true,
                Tolerance = OfInnerLength(a[1]),
                TakesInto = !(turnA || turnB),
            };
        }
    }

    private static OpCase Case(string name, Shape a, Shape b, float alpha = 1) =>
        Of(name, Values.Normal(a, 1), Values.Normal(b, 2),
            alpha) with { Tolerance = OfInnerLength(a[-1]) };

    private static OpCase Of(string name, Values a, Values b, float alpha = 1) => new(
        name, [a, b],
        (x, into, accumulate) => Ops.MatMul(x[0], x[1], alpha, into, accumulate),
        x => Reference(x[0], x[1], alpha))
    {
        TakesAccumulate = true,
    };

    private static Values Turn(Values x) =>
        Values.From([x.Shape[1], x.Shape[0]], i => x[i % x.Shape[0], i / x.Shape[0]]);

    private static Values Reference(Values a, Values b, double alpha)
    {
        (int m, int k, int n) = (a.Shape[-2], a.Shape[-1], b.Shape[-1]);
        Shape leading = Shape.Broadcast(
            "MatMul", a.Shape.Without(-1).Without(-1), b.Shape.Without(-1).Without(-1));
        var lengths = new int[leading.Rank + 2];
        leading.CopyTo(lengths);
        (lengths[^2], lengths[^1]) = (m, n);
        var product = new Values(Shape.Create(lengths));
        for (int batch = 0; batch < leading.Length; batch++)
        {
            int left = Start(a, batch, leading) * m * k;
            int right = Start(b, batch, leading) * k * n;
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int p = 0; p < k; p++)
                    {
                        sum += a[left + (i * k) + p] * b[right + (p * n) + j];
                    }

                    product[(((batch * m) + i) * n) + j] = alpha * sum;
                }
            }
        }

        return product;
    }

    /// <summary>Which matrix of an operand serves a batch.</summary>
    private static int Start(Values x, int batch, Shape leading)
    {
        int index = 0;
        int stride = 1;
        for (int axis = 1; axis <= leading.Rank; axis++)
        {
            int i = batch % leading[-axis];
            batch /= leading[-axis];
            int own = axis <= x.Shape.Rank - 2 ? x.Shape[-axis - 2] : 1;
            index += own == 1 ? 0 : i * stride;
            stride *= own;
        }

        return index;
    }
}
