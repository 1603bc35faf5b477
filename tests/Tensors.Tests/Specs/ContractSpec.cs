namespace Vitrine.Tensors.Tests.Specs;

public class ContractSpec : OpSpec
{
    public override string Op => nameof(Ops.Contract);

    public override Tolerance Tolerance => OfInnerLength(70);

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("read by heads", [2, 5, 12], [12, 3, 8], axes: 1),
        Case("written by heads", [2, 5, 3, 8], [3, 8, 12], axes: 2),
        Case("summed over positions", [12, 2, 5], [2, 5, 3, 8], axes: 2),
        Case("nothing remains on the left", [4, 15], [4, 15, 40], axes: 2),
        Case("a number", [4, 15], [4, 15], axes: 2),
        Case("an outer product", [4, 3], [2, 5], axes: 0),
        Case("many pieces", [7, 100, 64], [64, 4, 75], axes: 1),
        Turned("the left operand's axes exchanged", left: true),
        Turned("the right operand's axes exchanged", left: false),
        Uneven(),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
    [
        Case("rows", [n, 2, 3], [2, 3, 4], axes: 2),
        Case("inner", [3, n, 2], [n, 2, 4], axes: 2) with { Tolerance = OfInnerLength(2 * n) },
        Case("columns", [3, 2], [2, n, 2], axes: 1),
    ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Of("NaN in one row", Values.From([25, 5, 6], i => i == 217 ? double.NaN : i % 7),
            Values.From([5, 6, 40], i => i % 5), 2),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("axes that differ", () => Ops.Contract(Zeros(2, 3, 4), Zeros(4, 3), 2),
            "Contract: the last 2 axes of a must be the first of b, and at most 6 may remain; "
            + "got [2, 3, 4] and [4, 3]."),
        new("more axes than there are", () => Ops.Contract(Zeros(3), Zeros(3, 4), 2),
            "Contract: the last 2 axes of a must be the first of b, and at most 6 may remain; "
            + "got [3] and [3, 4]."),
        new("too many that remain", () => Ops.Contract(Zeros(1, 1, 1, 1), Zeros(1, 1, 1), 0),
            "Contract: the last 0 axes of a must be the first of b, and at most 6 may remain; "
            + "got [1, 1, 1, 1] and [1, 1, 1]."),
        new("a destination of another shape",
            () => Ops.Contract(Zeros(2, 3), Zeros(3, 5), 1, into: Zeros(5, 2)),
            "Contract: into must be [2, 5], the shape of the product; got [5, 2]."),
        new("a stretched destination",
            () => Ops.Contract(
                Zeros(2, 3), Zeros(3, 5), 1, into: Zeros(1, 5).BroadcastTo([2, 5])),
            "Contract: into must not be broadcast; got stride 0 on axis 0 of [2, 5]; pass a "
            + "tensor with memory of its own."),
    ];

    private static Tolerance OfInnerLength(int k) => new(
        4 * Tolerance.Rounding, (8 + (6 * k)) * Tolerance.Rounding,
        "each of k additions rounds at the size of the running sum, about the root of its length");

    private static OpCase Case(string name, Shape a, Shape b, int axes) =>
        Of(name, Values.Normal(a, 1), Values.Normal(b, 2), axes);

    private static OpCase Of(string name, Values a, Values b, int axes) => new(
        name, [a, b],
        (x, into, accumulate) => Ops.Contract(x[0], x[1], axes, into, accumulate),
        x => Reference(x[0], x[1], axes))
    {
        TakesAccumulate = true,
        NewTensors = 4,
    };

    /// <summary>[2, 5, 12] by [12, 3, 8], with one operand stored in another order.</summary>
    private static OpCase Turned(string name, bool left) => new(
        name,
        [Values.Normal([2, 5, 12], 1), Values.Normal([12, 3, 8], 2)],
        (x, _, _) =>
        {
            using Tensor<float> stored = left
                ? x[0].Permute(2, 0, 1).Clone() : x[1].Transpose(0, 1).Clone();
            return left
                ? Ops.Contract(stored.Permute(1, 2, 0), x[1], 1)
                : Ops.Contract(x[0], stored.Transpose(0, 1), 1);
        },
        x => Reference(x[0], x[1], 1))
    {
        TakesInto = false,
        NewTensors = 8,
    };

    /// <summary>Rows and inner axes that no single stride describes.</summary>
    private static OpCase Uneven() => new(
        "uneven axes",
        [Values.Normal([4, 6, 10], 1), Values.Normal([3, 5, 7], 2)],
        (x, _, _) => Ops.Contract(x[0].Slice(1, 1, 3).Slice(2, 2, 5), x[1], 2),
        x =>
        {
            Values part = Values.From(
                [4, 3, 5], i => x[0][(i / 15 * 60) + ((1 + (i / 5 % 3)) * 10) + 2 + (i % 5)]);
            return Reference(part, x[1], 2);
        })
    {
        TakesInto = false,
        NewTensors = 4,
    };

    private static Values Reference(Values a, Values b, int axes)
    {
        (int k, int columns) = (1, 1);
        for (int axis = 0; axis < b.Shape.Rank; axis++)
        {
            (k, columns) = axis < axes
                ? (k * b.Shape[axis], columns) : (k, columns * b.Shape[axis]);
        }

        int[] lengths =
            [.. Lengths(a.Shape)[..(a.Shape.Rank - axes)], .. Lengths(b.Shape)[axes..]];
        var y = new Values(Shape.Create(lengths));
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            for (int p = 0; p < k; p++)
            {
                y[i] += a[(row * k) + p] * b[(p * columns) + column];
            }
        }

        return y;
    }

    private static int[] Lengths(Shape shape)
    {
        var lengths = new int[shape.Rank];
        shape.CopyTo(lengths);
        return lengths;
    }
}
