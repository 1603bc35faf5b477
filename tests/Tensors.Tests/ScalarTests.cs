using System.Reflection;

namespace Vitrine.Tensors.Tests;

/// <summary>Every op's kernel against its plain scalar form.</summary>
public sealed class ScalarTests : IDisposable
{
    private const int Width = 67;
    private const int Rows = 19;
    private static readonly float[] X = Normal(Rows * Width, 1);
    private static readonly float[] Y = Normal(Rows * Width, 2);
    private static readonly float[] Weight = Normal(Width, 3);
    private static readonly float[] Bias = Normal(Width, 4);
    private static readonly int[] Targets =
        [.. Enumerable.Range(0, Rows).Select(i => i * 31 % Width)];

    private readonly List<IDisposable> _owned = [];

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    // One entry for each scalar form, by its name: the op's result and the form's.
    private Dictionary<string, Func<(float[] Op, float[] Scalar)>> Pairs() => new()
    {
        ["MatMul"] = () =>
        {
            float[] c = new float[Rows * Rows];
            Scalar.MatMul(X, Y, c, Rows, Width, Rows);
            return (Of(Ops.MatMul(Matrix(X), Matrix(Y).Reshape(Width, Rows))), c);
        },
        ["Softmax"] = () => (Of(Ops.Softmax(Matrix(X))), EachRow((x, y) => Scalar.Softmax(x, y))),
        ["LogSoftmax"] = () => (
            Of(Ops.LogSoftmax(Matrix(X))), EachRow((x, y) => Scalar.LogSoftmax(x, y))),
        ["SoftmaxBackward"] = () =>
        {
            float[] dX = new float[X.Length];
            for (int i = 0; i < X.Length; i += Width)
            {
                Scalar.SoftmaxBackward(
                    X.AsSpan(i, Width), Y.AsSpan(i, Width), dX.AsSpan(i, Width));
            }

            return (Of(Ops.SoftmaxBackward(Matrix(X), Matrix(Y))), dX);
        },
        ["LogSumExp"] = () => (
            Of(Ops.LogSumExp(Matrix(X), axis: 1)), RowsTo((x, _) => Scalar.LogSumExp(x))),
        ["CrossEntropy"] = () => (
            Of(Ops.CrossEntropy(Matrix(X), Own(Tensor.From<int>(Targets)))),
            RowsTo((x, i) => Scalar.CrossEntropy(x, Targets[i]))),
        ["CrossEntropyBackward"] = () =>
        {
            int row = 0;
            return (
                Of(Ops.CrossEntropyBackward(
                    Matrix(X), Own(Tensor.From<int>(Targets)), Own(Tensor.Full<float>([Rows], 0.5f)))),
                EachRow((x, y) => Scalar.CrossEntropyBackward(x, Targets[row++], 0.5f, y)));
        },
        ["LinearCrossEntropy"] = () =>
        {
            float[] losses = Of(Ops.LinearCrossEntropy(
                Matrix(X).Slice(1, 0, Rows), Matrix(Y), Row(Bias),
                Own(Tensor.From<int>(Targets))));
            return (losses, RowsTo(
                (x, i) => Scalar.LinearCrossEntropy(x[..Rows], Y, Bias, Targets[i])));
        },
        ["LayerNorm"] = () =>
        {
            float[] normed = Of(Ops.LayerNorm(
                Matrix(X), Row(Weight), Row(Bias), out Tensor<float> mean,
                out Tensor<float> rstd));
            mean.Dispose();
            rstd.Dispose();
            return (normed, EachRow((x, y) => Scalar.LayerNorm(x, Weight, Bias, 1e-5f, y)));
        },
        ["RmsNorm"] = () =>
        {
            float[] normed = Of(Ops.RmsNorm(Matrix(X), Row(Weight), out Tensor<float> rstd));
            rstd.Dispose();
            return (normed, EachRow((x, y) => Scalar.RmsNorm(x, Weight, 1e-5f, y)));
        },
        ["Sum"] = () => (Of(Ops.Sum(Matrix(X), axis: 1)), RowsTo((x, _) => Scalar.Sum(x))),
        ["SumOfSquares"] = () => (
            [(float)Ops.SumOfSquares(Matrix(X))], [(float)Scalar.SumOfSquares(X)]),
        ["Max"] = () => (Of(Ops.Max(Matrix(X), axis: 1)), RowsTo((x, _) => Scalar.Max(x))),
        ["ArgMax"] = () => (
            [.. Own(Ops.ArgMax(Matrix(X), axis: 1)).ToArray().Select(i => (float)i)],
            RowsTo((x, _) => Scalar.ArgMax(x))),
        ["TopK"] = () =>
        {
            (Tensor<float> values, Tensor<int> indices) = Ops.TopK(Row(X), 9);
            Own(values);
            return (
                [.. Own(indices).ToArray().Select(i => (float)i)],
                [.. Scalar.TopK(X, 9).Select(i => (float)i)]);
        },
        ["Rotary"] = () =>
        {
            float[] turned = [.. Both(RotaryPairing.Halves), .. Both(RotaryPairing.Adjacent)];
            return (
                [.. Op(RotaryPairing.Halves), .. Op(RotaryPairing.Adjacent)], turned);

            float[] Both(RotaryPairing pairing) => EachRow(
                (x, y) => Scalar.Rotary(x, Weight.AsSpan(0, 30), Bias.AsSpan(0, 30), pairing, y));

            float[] Op(RotaryPairing pairing) => Of(Ops.Rotary(
                Matrix(X).Reshape(Rows, 1, 1, Width), Row(Weight).Slice(0, 0, 30).Unsqueeze(0),
                Row(Bias).Slice(0, 0, 30).Unsqueeze(0), pairing));
        },
        ["Attention"] = () =>
        {
            float[] z = new float[X.Length];
            Scalar.Attention(X, Y, X, Width, z);
            Tensor<float> q = Matrix(X).Reshape(1, Rows, 1, Width);
            float[] mixed = Of(Ops.Attention(
                q, Matrix(Y).Reshape(1, Rows, 1, Width), q, out Tensor<float> normaliser));
            normaliser.Dispose();
            return (mixed, z);
        },
        ["AdamWStep"] = () =>
        {
            (float[] p, float[] mean, float[] variance) =
                ([.. X], [.. Y], [.. Y.Select(y => y * y)]);
            var settings = new AdamWSettings(0.01f, 0.9f, 0.99f, 1e-8f, 0.1f);
            Tensor<float> parameter = Matrix(p);
            Ops.AdamWStep(parameter, Matrix(Y), Matrix(mean), Matrix(variance), 7, settings);
            for (int i = 0; i < p.Length; i++)
            {
                Scalar.AdamWStep(ref p[i], Y[i], ref mean[i], ref variance[i], 7, settings);
            }

            return (Of(parameter), p);
        },
    };

    private delegate void RowForm(ReadOnlySpan<float> x, Span<float> y);

    private delegate double NumberForm(ReadOnlySpan<float> x, int row);

    public static TheoryData<string> Names => [.. typeof(Scalar)
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Select(method => method.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_gives_what_the_formula_says(string op)
    {
        (float[] actual, float[] expected) = Pairs()[op]();
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 4e-6 * (1 + Math.Abs(expected[i])),
                $"{op} at {i}: {actual[i]}, expected {expected[i]}");
        }
    }

    private static float[] Normal(int length, ulong seed)
    {
        using Tensor<float> x = Ops.RandomNormal(Tensor.Empty<float>([length]), seed: seed);
        return x.ToArray();
    }

    private Tensor<float> Matrix(float[] values) =>
        Own(Tensor.From<float>(values, [Rows, Width]));

    private Tensor<float> Row(float[] values) => Own(Tensor.From<float>(values));

    private T Own<T>(T tensor)
        where T : IDisposable
    {
        _owned.Add(tensor);
        return tensor;
    }

    private static float[] Of(Tensor<float> result)
    {
        float[] values = result.ToArray();
        result.Dispose();
        return values;
    }

    private static float[] EachRow(RowForm form)
    {
        float[] y = new float[X.Length];
        for (int i = 0; i < X.Length; i += Width)
        {
            form(X.AsSpan(i, Width), y.AsSpan(i, Width));
        }

        return y;
    }

    private static float[] RowsTo(NumberForm form) =>
        [.. Enumerable.Range(0, Rows).Select(i => (float)form(X.AsSpan(i * Width, Width), i))];
}
