using System.Reflection;
using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

public class RuleTests
{
    public static TheoryData<RuleSpec> Specs => [.. RuleSpecs.All];

    [Fact]
    public void EveryOpOnATapeHasASpecOrIsKnownToHaveNoDerivative()
    {
        string[] without = ["ArgMax", "TopK"];
        var ops = typeof(TapeOps).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => method.Name).ToHashSet();
        Assert.Equal(
            ops.Except(without).Order(), RuleSpecs.All.Select(spec => spec.Op).Distinct().Order());
    }

    [Fact]
    public void EveryOpIsOnTheTapeOrHasNothingToDifferentiate()
    {
        // Generators, parts of optimizers, and what other rules and the backward passes call.
        string[] outside =
        [
            "ScatterAddRows", "AdamWStep", "SgdStep", "SumOfSquares", "RandomUniform",
            "RandomNormal",
            "RandomPermutation", "LinearCrossEntropyWithGradients", "Contract", "Sign",
        ];
        string[] missing =
        [
            .. typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static)
                .Select(method => method.Name).Distinct()
                .Where(name => !name.EndsWith("Backward", StringComparison.Ordinal))
                .Except(outside)
                .Except(typeof(TapeOps).GetMethods().Select(method => method.Name)),
        ];
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void ValueAndGradientEqualTheFloat64Reference(RuleSpec spec)
    {
        using var sample = new RuleSample(spec);
        Array64 reference = spec.Reference(sample.Inputs);
        using (var tape = new Tape())
        {
            Var output = spec.Run(tape, sample.Leaves);
            AssertNear(reference, output.Value, 2e-6);
            tape.Backward(output, sample.Cotangent);
            for (int i = 0; i < sample.Leaves.Length; i++)
            {
                AssertNear(sample.CentralDifferences(i), sample.Leaves[i].Grad!, 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void BackwardAddsToTheGradient(RuleSpec spec)
    {
        using var sample = new RuleSample(spec);
        float[][] once = sample.Gradients();
        float[][] twice = sample.Gradients();
        for (int i = 0; i < once.Length; i++)
        {
            AssertNear(once[i].Select(value => value + value), twice[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void AStridedInputGivesTheSame(RuleSpec spec)
    {
        Assert.SkipWhen(spec.Op == "Reshape", "Reshape is a view, which not every stride allows.");
        using var plain = new RuleSample(spec);
        using var strided = new RuleSample(spec, strided: true);
        float[][] expected = plain.Gradients();
        float[][] actual = strided.Gradients();
        for (int i = 0; i < expected.Length; i++)
        {
            AssertNear(expected[i], actual[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void OnlyTheInputsThatRequireAGradientGetOne(RuleSpec spec)
    {
        using var all = new RuleSample(spec);
        float[][] expected = all.Gradients();
        for (int wanted = 0; wanted < spec.Inputs.Length; wanted++)
        {
            using var sample = new RuleSample(spec);
            Var[] leaves =
                [.. sample.Leaves.Select((leaf, i) => new Var(leaf.Value,
                    requiresGrad: i == wanted))];
            using var tape = new Tape();
            tape.Backward(spec.Run(tape, leaves), sample.Cotangent);
            Assert.Equal(expected[wanted], leaves[wanted].Grad!.ToArray());
            Assert.All(leaves.Where((_, i) => i != wanted), leaf => Assert.Null(leaf.Grad));
        }
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void NoGradGivesTheValueAndRecordsNothing(RuleSpec spec)
    {
        using var sample = new RuleSample(spec);
        using var tape = new Tape();
        using var noGrad = Tape.NoGrad();
        Var quiet = spec.Run(noGrad, sample.Leaves);
        Assert.False(quiet.RequiresGrad);
        Assert.Equal(spec.Run(tape, sample.Leaves).Value.ToArray(), quiet.Value.ToArray());
        Assert.Throws<InvalidOperationException>(() => noGrad.Backward(quiet, sample.Cotangent));
    }

    /// <summary>Equal but for the order of float32 sums.</summary>
    private static void AssertNear(IEnumerable<float> expected, float[] actual)
    {
        float scale = expected.Max(Math.Abs);
        Assert.All(
            expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 4e-6f * scale));
    }

    private static void AssertNear(Array64 expected, Tensor<float> actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        float[] values = actual.ToArray();
        double scale = Math.Max(expected.Values.Max(Math.Abs), 1e-3);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(
                Math.Abs(values[i] - expected.Values[i]) <= tolerance * scale,
                $"element {i}: {values[i]} instead of {expected.Values[i]}");
        }
    }
}
