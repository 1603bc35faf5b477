using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Oracle;

/// <summary>A small model whose every weight is random, tokens for it, and the float64 reference of
/// both.</summary>
internal sealed class SmallModel : IDisposable
{
    public const int Batch = 2;
    public const int Pos = 5;
    private const double Step = 1e-5;

    public SmallModel(TransformerConfig config)
    {
        Model = Transformer.Initial(config, seed: 1);
        ulong stream = 100;
        foreach (Parameter parameter in Model.Parameters)
        {
            float mean = parameter.Name!.EndsWith(".w", StringComparison.Ordinal) ? 1 : 0;
            Ops.RandomNormal(parameter.Storage, 7, stream++, mean, 0.5f);
        }

        // Tokens repeat, and one never occurs.
        Tokens = Tensor.From<int>([1, 3, 1, 0, 5, 2, 2, 5, 3, 1], [Batch, Pos]);
        Targets = Tensor.From<int>([3, 1, 0, 5, 2, 2, 5, 3, 1, 6], [Batch, Pos]);
        Reference = new Reference(
            config, Model.Parameters.ToDictionary(p => p.Name!, p => Widened(p.Value)), Batch,
            Tokens.ToArray());
    }

    public Transformer Model { get; }

    public Tensor<int> Tokens { get; }

    public Tensor<int> Targets { get; }

    public Reference Reference { get; }

    /// <summary>Two layers of three heads; tokens are fewer than the context, distances more than
    /// the exact buckets.</summary>
    public static TransformerConfig Config(PositionKind positions, NormKind norm) =>
        TransformerConfig.AttentionOnly(
            layers: 2, heads: 3, dModel: 6, dHead: 4, vocabulary: 7, context: 8) with
        {
            Norm = norm,
            Positions = new() { Kind = positions, RelativeBuckets = 4, RelativeMaxDistance = 6 },
        };

    /// <summary>The names of all activations.</summary>
    public static IEnumerable<string> Names(TransformerConfig config) =>
        Transformer.Activations(config, 1, 1).Select(activation => activation.Name);

    public static double[] Widened(Tensor<float> tensor) =>
        Array.ConvertAll(tensor.ToArray(), value => (double)value);

    /// <summary>Central differences of some functions of the reference by each of some numbers:
    /// [function][number].</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="set">Puts the number at an index this far from where it is.</param>
    /// <param name="functions">What is differentiated.</param>
    public static double[][] Differences(
        int count, Action<int, double> set, Func<double[]> functions)
    {
        double[][] slopes = [];
        for (int i = 0; i < count; i++)
        {
            set(i, Step);
            double[] above = functions();
            set(i, -Step);
            double[] below = functions();
            set(i, 0);
            slopes = slopes.Length > 0 ? slopes : [.. above.Select(_ => new double[count])];
            for (int f = 0; f < above.Length; f++)
            {
                slopes[f][i] = (above[f] - below[f]) / (2 * Step);
            }
        }

        return slopes;
    }

    /// <summary>Central differences by every number of a weight.</summary>
    public double[][] ByWeight(string name, Func<double[]> functions)
    {
        double[] weight = Reference.Weights[name];
        double[] start = [.. weight];
        return Differences(weight.Length, (i, by) => weight[i] = start[i] + by, functions);
    }

    /// <summary>Central differences by every number of an activation.</summary>
    public double[][] ByActivation(string name, int count, Func<double[]> functions) =>
        Differences(count, (i, by) => Reference.Nudge = (name, i, by), functions);

    /// <summary>Σ a · b.</summary>
    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <summary>The largest finite number, in size.</summary>
    public static double Largest(double[] numbers) =>
        numbers.Where(double.IsFinite).Max(Math.Abs);

    /// <summary>Equal within a share of the largest expected number.</summary>
    public static void Near(string what, double[] expected, Tensor<float>? actual, double share) =>
        Within(what, expected, actual, share * Largest(expected));

    /// <summary>Equal within an amount; infinities are the same.</summary>
    public static void Within(
        string what, double[] expected, Tensor<float>? actual, double allowed)
    {
        Assert.True(actual is not null, $"{what}: there is none");
        float[] got = actual.ToArray();
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < got.Length; i++)
        {
            double error = Math.Abs(expected[i] - got[i]);
            Assert.True(
                expected[i].Equals(got[i]) || error <= allowed,
                $"{what} [{i}]: {got[i]} instead of {expected[i]}; error {error:g3}, allowed "
                + $"{allowed:g3}");
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        Tokens.Dispose();
        Targets.Dispose();
    }
}
