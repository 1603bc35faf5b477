namespace Vitrine.Tensors.Tests.Specs;

public class TopKSpec : OpSpec
{
    public override string Op => nameof(Ops.TopK);

    public override Tolerance Tolerance => Tolerance.Exact;

    public override IEnumerable<OpCase> Samples() =>
    [
        .. Both("a vector", Values.Normal([30]), 4),
        .. Both("rows", Values.Normal([9, 333]), 10),
        .. Both("many axes", Values.Normal([2, 3, 40]), 1),
        .. Both("all of a row", Values.Normal([3, 50]), 50),
        .. Both("none", Values.Normal([3, 50]), 0),
        .. Both("many rows", Values.Normal([400, 300]), 5),
        .. Both("ties", Values.From([5, 500], i => i * 7 % 11), 12),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
    [
        .. Both("the best of rows", Values.Normal([3, n]), Math.Min(n, 5)),
        .. Both("half of a row", Values.Normal([1, n]), Math.Min(n / 2, 100)),
    ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        .. Both(
            "zeros of both signs are ties", Values.From([1, 300], i => i % 2 == 0 ? -0.0 : 0.0),
            20),
        .. Both(
            "NaN is greatest", Values.From([2, 300], i => i % 97 == 41 ? double.NaN : i % 53), 6),
        .. Both(
            "infinities",
            Values.From([1, 300],
                i => i % 7 == 0 ? double.PositiveInfinity : double.NegativeInfinity), 100),
        .. Both("ascending", Values.From([1, 5000], i => i), 64),
        .. Both("descending", Values.From([1, 5000], i => -i), 64),
        .. Both("negative numbers", Values.From([2, 300], i => -1 - (i * 31 % 300)), 30),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("more than there are", () => Ops.TopK(Zeros(2, 3), 4),
            "TopK: k must be 0 … 3, the last axis of [2, 3]; got 4.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a negative number", () => Ops.TopK(Zeros(2, 3), -1),
            "TopK: k must be 0 … 3, the last axis of [2, 3]; got -1.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a scalar", () => Ops.TopK(Zeros(), 0),
            "TopK: x needs an axis to choose along; got []; Unsqueeze it."),
    ];

    private static OpCase[] Both(string name, Values x, int k) =>
    [
        new(
            $"{name}: values",
            [x],
            (inputs, _, _) =>
            {
                (Tensor<float> values, Tensor<int> indices) = Ops.TopK(inputs[0], k);
                indices.Dispose();
                return values;
            },
            inputs => Reference(inputs[0], k, (row, i) => row[i]))
        {
            TakesInto = false,
            NewTensors = 2,
        },
        new(
            $"{name}: indices",
            [x],
            (inputs, _, _) =>
            {
                (Tensor<float> values, Tensor<int> indices) = Ops.TopK(inputs[0], k);
                values.Dispose();
                using (indices)
                {
                    return AsFloats.Of(indices);
                }
            },
            inputs => Reference(inputs[0], k, (_, i) => i))
        {
            TakesInto = false,
            NewTensors = 3,
        },
    ];

    private static Values Reference(Values x, int k, Func<double[], int, double> pick)
    {
        var y = new Values(x.Shape.With(-1, k));
        int at = 0;
        foreach (int[] positions in x.Rows(-1))
        {
            double[] row = [.. positions.Select(i => x[i])];
            IEnumerable<int> order = Enumerable.Range(0, row.Length)
                .OrderByDescending(i => double.IsNaN(row[i]) ? 1 : 0)
                .ThenByDescending(i => double.IsNaN(row[i]) ? 0 : row[i] + 0.0)
                .ThenBy(i => i);
            foreach (int i in order.Take(k))
            {
                y[at++] = pick(row, i);
            }
        }

        return y;
    }
}

public class GatherRowsSpec : OpSpec
{
    public override string Op => nameof(Ops.GatherRows);

    public override Tolerance Tolerance => Tolerance.Exact;

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", Values.Normal([50, 7]), [4, 9]),
        Case("one", Values.Normal([50, 7]), []),
        Case("none", Values.Normal([50, 7]), [0]),
        Case("many", Values.Normal([30, 65]), [900]),
        Case("five axes", Values.Normal([30, 3]), [2, 1, 2, 3, 2]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
    [
        Case("row length", Values.Normal([5, n]), [3]),
        .. n == OpSpec.LargePrime
            ? [] : new[] { Case("number of indices", Values.Normal([17, 3]), [n]) },
    ];

    public override IEnumerable<OpCase> Hazards() =>
    [
        Case("NaN and ∞ stay in their rows", Values.From(
            [5, 40], i => i / 40 == 2 ? double.NaN : i / 40 == 3 ? double.NegativeInfinity : i),
            [30]),
        Case("the least and the largest numbers", Values.From(
            [5, 40], i => i % 2 == 0 ? float.Epsilon : float.MaxValue), [30]),
        Case("one row, again and again", Values.Normal([1, 33]), [50]),
    ];

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new("an index outside the table", () => Ops.GatherRows(Zeros(5, 2), Integers(0, 5)),
            "GatherRows: indices must be 0 … 4, the rows of the table; got 5 at 1.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a negative index", () => Ops.GatherRows(Zeros(5, 2), Integers(-1)),
            "GatherRows: indices must be 0 … 4, the rows of the table; got -1 at 0.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new("a table of another rank", () => Ops.GatherRows(Zeros(5), Integers(0)),
            "GatherRows: the table must be [rows, dim]; got [5]; Reshape it to two axes."),
        new(
            "a destination of another shape",
            () => Ops.GatherRows(Zeros(5, 2), Integers(0, 1), Zeros(2)),
            "GatherRows: into must be [2, 2]; got [2]; leave it out for a new tensor."),
        new(
            "too many axes",
            () => Ops.GatherRows(Zeros(5, 2), Integers(0).Reshape(1, 1, 1, 1, 1, 1)),
            "GatherRows: indices may have at most 5 axes; got [1, 1, 1, 1, 1, 1]; Reshape them."),
    ];

    internal static Tensor<int> Indices(Shape shape, int rows) =>
        Tensor.From<int>(
            [.. Enumerable.Range(0, (int)shape.Length).Select(i => (int)(i * 7919L % rows))],
            shape);

    private static OpCase Case(string name, Values table, Shape shape)
    {
        Tensor<int> indices = Indices(shape, table.Shape[0]);
        int[] at = indices.ToArray();
        return new OpCase(
            name,
            [table],
            (x, into, _) => Ops.GatherRows(x[0], indices, into),
            x => Values.From(
                RowIndices.RowsShape("", shape, table.Shape[1]),
                i => x[0][at[i / table.Shape[1]], i % table.Shape[1]]));
    }
}

public class ScatterAddRowsSpec : OpSpec
{
    public override string Op => nameof(Ops.ScatterAddRows);

    public override Tolerance Tolerance => new(
        Tolerance.Rounding, 1e-5,
        "float32 additions in order; the samples add up to 200 numbers of size 1");

    public override IEnumerable<OpCase> Samples() =>
    [
        Case("a batch", [50, 7], [4, 9]),
        Case("rows that meet", [3, 65], [200]),
        Case("none", [3, 7], [0]),
        Case("threaded", [500, 64], [40, 50]),
    ];

    public override IEnumerable<OpCase> AtLength(int n) =>
    [
        Case("row length", [5, n], [3]),
        .. n == OpSpec.LargePrime ? [] : new[] { Case("number of indices", [17, 3], [n]) },
    ];

    public override IEnumerable<OpCase> Hazards()
    {
        // Indices go round the five rows; i / 200 is the round, 40 numbers a row.
        OpCase Of(string name, Func<int, double> value) =>
            Case(name, [5, 40], [20], Values.From([20, 40], value)) with
            {
                Tolerance = Tolerance.Exact,
            };
        return
        [
            Of("NaN stays in its row", i => i == 130 ? double.NaN : i),
            Of("∞ less ∞", i => i == 130 ? double.PositiveInfinity
                : i == 330 ? double.NegativeInfinity : 1),
            Of("large numbers that cancel, in order", i => (i / 200) switch
            {
                0 => 1e30, 1 => -1e30, _ => i,
            }),
            Of("overflow", i => i / 200 < 2 ? 3e38 : 1),
        ];
    }

    public override IEnumerable<ErrorCase> Errors() =>
    [
        new(
            "an index outside the table",
            () => Ops.ScatterAddRows(Zeros(5, 2), Integers(0, 5), Zeros(2, 2)),
            "ScatterAddRows: indices must be 0 … 4, the rows of into; got 5 at 1.")
        {
            Type = typeof(ArgumentOutOfRangeException),
        },
        new(
            "rows that do not match",
            () => Ops.ScatterAddRows(Zeros(5, 2), Integers(0, 1), Zeros(3, 2)),
            "ScatterAddRows: rows must be [2, 2], one for each index of [2] as long as a row of "
            + "into [5, 2]; got [3, 2]."),
        new("a table of another rank", () => Ops.ScatterAddRows(Zeros(5), Integers(0), Zeros(1, 5)),
            "ScatterAddRows: the table must be [rows, dim]; got [5]; Reshape it to two axes."),
    ];

    /// <summary>The op adds to its destination; so a call without one gets zeros, and a destination
    /// that is not to be added to is cleared first.</summary>
    private static OpCase Case(string name, Shape table, Shape shape, Values? given = null)
    {
        Tensor<int> indices = GatherRowsSpec.Indices(shape, table[0]);
        int[] at = indices.ToArray();
        Values rows = given ?? Values.Normal(RowIndices.RowsShape("", shape, table[1]));
        return new OpCase(
            name,
            [rows],
            (x, into, accumulate) =>
            {
                into ??= Tensor.Zeros<float>(table);
                if (!accumulate)
                {
                    into.Fill(0);
                }

                return Ops.ScatterAddRows(into, indices, x[0]);
            },
            x =>
            {
                var y = new Values(table);
                for (int i = 0; i < at.Length; i++)
                {
                    for (int j = 0; j < table[1]; j++)
                    {
                        y[at[i], j] += x[0][(i * table[1]) + j];
                    }
                }

                return y;
            })
        {
            TakesAccumulate = true,
        };
    }
}
