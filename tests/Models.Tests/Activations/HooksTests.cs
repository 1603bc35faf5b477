using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Activations;

/// <summary>What hooks do to a forward pass.</summary>
public sealed class HooksTests : IDisposable
{
    private readonly SmallModel _small = new(
        SmallModel.Config(PositionKind.Relative, NormKind.LayerNorm));

    private Transformer Model => _small.Model;

    public void Dispose() => _small.Dispose();

    [Fact]
    public void ObservingShowsEveryPlaceOnceAndChangesNothing()
    {
        using Tape tape = Tape.NoGrad();
        var seen = new List<(string Name, int? Layer, Shape Shape)>();
        var hooks = new Hooks().Observe(
            "*", (point, x) => seen.Add((point.Name, point.Layer, x.Shape)));
        float[] plain = Logits(null);
        Tensor<float> logits = Model.Forward(tape, _small.Tokens, hooks).Value;
        Assert.Equal(
            Transformer.Activations(Model.Config, SmallModel.Batch, SmallModel.Pos)
                .Where(entry => !entry.Name.EndsWith("_input", StringComparison.Ordinal))
                .Select(entry => (entry.Name, HookNames.LayerOf(entry.Name), entry.Shape)),
            seen);
        Near(plain, logits.ToArray());
        Assert.Equal(plain, Logits(new Hooks().Observe(HookNames.ResidPost(1), (_, _) => { })));
    }

    [Fact]
    public void PassesOnSeveralThreadsShareHooks()
    {
        float[] plain = Logits(null);
        for (int round = 0; round < 50; round++)
        {
            var shared = new Hooks().Observe("*", (_, _) => { });
            Parallel.For(0, 4, _ =>
            {
                using Tape tape = Tape.NoGrad();
                Near(plain, Model.Forward(tape, _small.Tokens, shared).Value.ToArray());
            });
        }
    }

    [Fact]
    public void HooksOfOneActivationRunInTheOrderTheyWereAdded()
    {
        using Tensor<float> one = Tensor.Full([1], 1f);
        string name = HookNames.ResidPost(1);
        float[] stream = [];
        Hooks AddThenDouble() => new Hooks()
            .Observe(name, (_, x) => stream = x.ToArray())
            .Add("*.hook_resid_post", one)
            .Map("blocks.1.*post", (tape, _, x) => tape.Scale(x, 2));
        float[] seen = [];
        Logits(AddThenDouble().Observe(name, (_, x) => seen = x.ToArray()));
        Assert.Equal(stream.Select(value => (value + 1) * 2), seen);

        Logits(new Hooks().Map(name, (tape, _, x) => tape.Scale(x, 2)).Add("*.hook_resid_post", one)
            .Observe(name, (_, x) => seen = x.ToArray()));
        using ActivationCache plain = Model.RunWithCache(
            _small.Tokens, new Hooks().Add(HookNames.ResidPost(0), one), name);
        Assert.Equal(plain[name].ToArray().Select(value => (value * 2) + 1), seen);
    }

    [Fact]
    public void AddingToTheStreamIsAddingBetweenLayers()
    {
        using Tensor<float> addend = Random([6]);
        using Tape tape = Tape.NoGrad();
        Var resid = Model.Through(tape, Model.Embedded(tape, _small.Tokens), 0, 1);
        resid = Model.Through(tape, tape.Add(resid, new Var(addend)), 1, 2);
        float[] expected = Model.Logits(tape, resid).Value.ToArray();
        Assert.Equal(expected, Logits(new Hooks().Add(HookNames.ResidPost(0), addend)));
        Assert.Equal(expected, Logits(new Hooks().Add(HookNames.ResidPre(1), addend)));
        Assert.NotEqual(expected, Logits(null));
    }

    [Theory]
    [InlineData(new[] { 4 }, "[4]")]
    [InlineData(new[] { 1, 2, 5, 6 }, "[1, 2, 5, 6]")]
    public void AnAddendThatDoesNotBroadcastToTheActivationIsRefused(int[] shape, string named)
    {
        using Tensor<float> addend = Tensor.Zeros<float>(Shape.Create(shape));
        ShapeException error = Assert.Throws<ShapeException>(
            () => Logits(new Hooks().Add(HookNames.ResidPre(1), addend)));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void WhatMapGivesTakesTheActivationsPlace()
    {
        // Queries and keys of another run: the scores are that run's, the values are not.
        using Tensor<float> shift = Random([6]);
        using ActivationCache other = Model.RunWithCache(
            _small.Tokens, new Hooks().Add(HookNames.ResidPre(0), shift),
            HookNames.Pattern(0), HookNames.Q(0), HookNames.K(0), HookNames.V(0));
        using ActivationCache mixed = Model.RunWithCache(
            _small.Tokens,
            new Hooks().Map("blocks.0.attn.hook_?", (_, point, x) =>
                point.Name == HookNames.V(0) || point.Name == HookNames.Z(0)
                    ? x : new Var(other[point.Name])),
            HookNames.Pattern(0), HookNames.V(0));
        Assert.Equal(other[HookNames.Pattern(0)].ToArray(), mixed[HookNames.Pattern(0)].ToArray());
        Assert.NotEqual(other[HookNames.V(0)].ToArray(), mixed[HookNames.V(0)].ToArray());
    }

    [Theory]
    [InlineData("hook_embed", "[2, 5, 6]")]
    [InlineData("blocks.1.ln1.hook_scale", "[2, 5, 1]")]
    [InlineData("blocks.1.attn.hook_pattern", "[2, 3, 5, 5]")]
    [InlineData("blocks.1.attn.hook_result", "[2, 5, 3, 6]")]
    [InlineData("unembed.hook_out", "[2, 5, 7]")]
    public void AReplacementOfAnotherShapeIsRefused(string name, string shape)
    {
        string expected = $"Hooks: the replacement for {name} must be {shape}; got [2, 5].";
        Assert.Equal(expected, Assert.Throws<ShapeException>(() => Logits(
            new Hooks().Replace(name, (_, _) => Tensor.Zeros<float>([2, 5])))).Message);
        using Tensor<float> zeros = Tensor.Zeros<float>([2, 5]);
        Assert.Equal(expected, Assert.Throws<ShapeException>(() => Logits(
            new Hooks().Map(name, (_, _, _) => new Var(zeros)))).Message);
    }

    [Fact]
    public void AReplacementBelongsToTheTapeAndNullKeepsWhatIsThere()
    {
        Tensor<float> zeros = Tensor.Zeros<float>([2, 5, 6]);
        var hooks = new Hooks().Replace(
            "blocks.*.hook_attn_out", (point, x) => point.Layer == 1 ? zeros : null);
        using (Tape tape = Tape.NoGrad())
        {
            float[] got = Model.Forward(tape, _small.Tokens, hooks).Value.ToArray();
            Var resid = Model.Through(tape, Model.Embedded(tape, _small.Tokens), 0, 1);
            Assert.Equal(Model.Logits(tape, resid).Value.ToArray(), got);
            Assert.False(zeros.IsDisposed);
        }

        Assert.True(zeros.IsDisposed);
    }

    [Fact]
    public void HooksCanBeAddedBetweenRuns()
    {
        var hooks = new Hooks();
        Assert.False(hooks.Wants(HookNames.Embed));
        float[] plain = Logits(hooks);
        int runs = 0;
        hooks.Observe("hook_e*", (_, _) => runs++);
        Assert.True(hooks.Wants(HookNames.Embed));
        Assert.False(hooks.Wants(HookNames.UnembedOut));
        Assert.Equal(plain, Logits(hooks));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void ACacheLooksBehindTheHooksAndLeavesThemAsTheyWere()
    {
        var hooks = new Hooks().Replace(HookNames.Z(0), (_, x) => Tensor.Zeros<float>(x.Shape));
        for (int run = 0; run < 2; run++)
        {
            using ActivationCache cache = Model.RunWithCache(_small.Tokens, hooks);
            using ActivationCache plain = Model.RunWithCache(_small.Tokens);
            Assert.All(cache[HookNames.Z(0)].ToArray(), value => Assert.Equal(0, value));
            Assert.All(cache[HookNames.AttnOut(0)].ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(
                plain[HookNames.V(0)].ToArray(), cache[HookNames.V(0)].ToArray());
            Assert.Equal(
                plain[HookNames.ResidPre(0)].ToArray(), cache[HookNames.ResidPost(0)].ToArray());
            Assert.NotEqual(
                plain[HookNames.UnembedOut].ToArray(), cache[HookNames.UnembedOut].ToArray());
            Assert.Equal(Logits(hooks), cache[HookNames.UnembedOut].ToArray(), Close);
        }
    }

    [Fact]
    public void LossesSeeTheHooks()
    {
        var hooks = new Hooks().Replace(
            HookNames.UnembedIn, (_, x) => Tensor.Zeros<float>(x.Shape));
        using Tape tape = Tape.NoGrad();
        Tensor<float> bias = Model.Unembed.B_U.Value;
        using Tensor<float> normalizer = Ops.LogSumExp(bias.Reshape(1, 7));
        float[] expected = [.. _small.Targets.ToArray()
            .Select(target => normalizer.Span[0] - bias[target])];
        Near(expected, Model.Losses(tape, _small.Tokens, _small.Targets, hooks).Value.ToArray());
        Near(
            [expected.Average()],
            Model.Loss(tape, _small.Tokens, _small.Targets, hooks: hooks).Value.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void LossesAreOfTheLogitsThatHooksLeave(int layers)
    {
        using var small = new SmallModel(
            layers == 0 ? new TransformerConfig { Vocabulary = 7, DModel = 6 }
                : SmallModel.Config(PositionKind.Learned, NormKind.LayerNorm));
        using Tensor<float> weights = Random([SmallModel.Batch * SmallModel.Pos]);
        float[][] Found(Hooks? hooks)
        {
            using var tape = new Tape();
            Var loss = small.Model.Loss(tape, small.Tokens, small.Targets, weights, hooks);
            Var losses = small.Model.Losses(tape, small.Tokens, small.Targets, hooks);
            tape.Backward(tape.Add(loss, tape.Mean(losses)));
            float[][] found =
            [
                loss.Value.ToArray(), losses.Value.ToArray(),
                .. small.Model.Parameters.Select(parameter => parameter.Grad!.ToArray()),
            ];
            foreach (Parameter parameter in small.Model.Parameters)
            {
                parameter.ZeroGrad();
            }

            return found;
        }

        int looks = 0;
        float[][] fused = Found(null);
        float[][] looked = Found(new Hooks().Observe("unembed.*_out", (_, _) => looks++));
        Assert.Equal(2, looks);
        Assert.All(fused.Zip(looked), pair => Near(pair.First, pair.Second));

        // Doubling the logits is doubling the unembedding.
        using Tensor<float> doubled = Ops.Scale(small.Model.Unembed.W_U.Storage, 2);
        float[][] hooked = Found(new Hooks().Map(
            HookNames.UnembedOut, (tape, _, logits) => tape.Scale(logits, 2)));
        small.Model.Unembed.W_U.Storage.CopyFrom(doubled);
        Ops.Scale(small.Model.Unembed.B_U.Storage, 2, into: small.Model.Unembed.B_U.Storage);
        float[][] expected = Found(null);
        Near(expected[0], hooked[0]);
        Near(expected[1], hooked[1]);
        Assert.NotEqual(fused[1], hooked[1]);
    }

    private static Tensor<float> Random(Shape shape) =>
        Ops.RandomNormal(Tensor.Empty<float>(shape), seed: 77);

    private float[] Logits(Hooks? hooks)
    {
        using Tape tape = Tape.NoGrad();
        return Model.Forward(tape, _small.Tokens, hooks).Value.ToArray();
    }

    /// <summary>The fused pass rounds otherwise than the explicit one.</summary>
    private static bool Close(float a, float b) => MathF.Abs(a - b) <= 1e-5f;

    private static void Near(float[] expected, float[] actual) =>
        Assert.Equal(expected, actual, Close);
}
