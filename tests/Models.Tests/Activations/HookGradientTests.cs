using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Activations;

/// <summary>The gradient of every activation beside central differences of the float64
/// reference.</summary>
public class HookGradientTests
{
    /// <summary>float32 through two layers and back, as a share of the largest number.</summary>
    private const double Share = 1e-5;

    public static TheoryData<PositionKind, NormKind> Kinds => new()
    {
        { PositionKind.None, NormKind.None },
        { PositionKind.Learned, NormKind.LayerNorm },
        { PositionKind.Sinusoidal, NormKind.LayerNorm },
        { PositionKind.Rotary, NormKind.LayerNorm },
        { PositionKind.Alibi, NormKind.None },
        { PositionKind.Relative, NormKind.LayerNorm },
        { PositionKind.Shortformer, NormKind.LayerNorm },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryActivation(PositionKind positions, NormKind norm)
    {
        using var small = new SmallModel(SmallModel.Config(positions, norm)
            .WithAttention(heads => heads with { Biases = true }));
        using Tensor<float> cotangent = Tensor.Empty<float>([SmallModel.Batch, SmallModel.Pos, 7]);
        Ops.RandomNormal(cotangent, seed: 31);
        foreach (bool own in (bool[])[false, true])
        {
            small.Reference.OwnInputs = own;
            Dictionary<string, double[]> expected = Expected(
                small, SmallModel.Widened(cotangent), own);
            string[] names = [.. expected.Keys];

            // Together, on a tape for weights and on one for activations; then each alone, so that
            // all else is fused.
            Check(expected, Gradients(small, new Tape(), cotangent, names));
            Check(expected, Gradients(small, Tape.ForActivations(), cotangent, names));
            foreach (string name in names)
            {
                Check(
                    new() { [name] = expected[name] },
                    Gradients(small, Tape.ForActivations(), cotangent, name));
            }
        }
    }

    private static Dictionary<string, double[]> Expected(
        SmallModel small, double[] cotangent, bool own)
    {
        small.Reference.Logits();
        (string Name, int Count)[] seen = [.. small.Reference.Seen
            .Select(entry => (entry.Key, entry.Value.Length))];
        return seen.Where(entry => !own || entry.Name.EndsWith("_input", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name, entry => small.ByActivation(
                entry.Name, entry.Count,
                () => [SmallModel.Dot(cotangent, small.Reference.Logits())])[0]);
    }

    private static Dictionary<string, float[]> Gradients(
        SmallModel small, Tape tape, Tensor<float> cotangent, params string[] names)
    {
        using Tape owned = tape;
        var seen = new Dictionary<string, float[]>();
        var hooks = new Hooks();
        foreach (string name in names)
        {
            hooks.OnGradient(name, (point, gradient) =>
            {
                Assert.Equal(name, point.Name);
                Assert.Equal(HookNames.LayerOf(name), point.Layer);
                seen.Add(point.Name, gradient.ToArray());
            });
        }

        Var logits = small.Model.Forward(tape, small.Tokens, hooks);
        tape.Backward(tape.Sum(tape.Multiply(logits, new Var(cotangent))));
        return seen;
    }

    private static void Check(
        Dictionary<string, double[]> expected, Dictionary<string, float[]> seen)
    {
        Assert.Equal(expected.Keys.Order(), seen.Keys.Order());
        foreach ((string name, double[] slopes) in expected)
        {
            using Tensor<float> gradient = Tensor.From<float>(seen[name], [slopes.Length]);
            SmallModel.Near(name, slopes, gradient, Share);
        }
    }
}
