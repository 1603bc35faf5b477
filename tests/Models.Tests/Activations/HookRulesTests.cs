using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Activations;

/// <summary>Hooks in the backward pass, what is refused, and the pass in its parts.</summary>
public class HookRulesTests
{
    [Fact]
    public void AReplacementCutsTheGradient()
    {
        using SmallModel small = Small();
        float[] Replaced(Func<HookPoint, Tensor<float>, Tensor<float>?> choose)
        {
            using var tape = new Tape();
            Var logits = small.Model.Forward(
                tape, small.Tokens, new Hooks().Replace(HookNames.ResidPre(1), choose));
            tape.Backward(tape.Mean(tape.Square(logits)));
            return logits.Value.ToArray();
        }

        // The same numbers, as a constant: nothing before them has a gradient.
        float[] cut = Replaced((_, x) => x.Clone());
        foreach (Parameter parameter in small.Model.Parameters)
        {
            bool before = parameter.Name!.StartsWith("embed.")
                || parameter.Name.StartsWith("blocks.0.");
            Assert.True(before == (parameter.Grad is null), parameter.Name);
            Assert.True(
                before || parameter.Grad!.ToArray().Any(value => value != 0), parameter.Name);
        }

        Assert.Equal(cut, Replaced((_, _) => null));
        Assert.All(small.Model.Parameters, parameter => Assert.NotNull(parameter.Grad));
    }

    [Fact]
    public void WhatIsWrittenIntoAGradientGoesOn()
    {
        using SmallModel small = Small();
        Dictionary<string, float[]> plain = Gradients(small, new Hooks());
        Dictionary<string, float[]> doubled = Gradients(small, new Hooks().OnGradient(
            HookNames.ResidPre(1), (_, gradient) => Ops.Scale(gradient, 2, into: gradient)));
        Dictionary<string, float[]> stopped = Gradients(small, new Hooks().OnGradient(
            HookNames.ResidPre(1), (_, gradient) => gradient.Fill(0)));
        foreach ((string name, float[] gradient) in plain)
        {
            bool before = name.StartsWith("embed.") || name.StartsWith("blocks.0.");
            Assert.Contains(gradient, value => value != 0);
            Assert.Equal(gradient.Select(value => before ? 2 * value : value), doubled[name]);
            Assert.Equal(gradient.Select(value => before ? 0 : value), stopped[name]);
        }
    }

    [Fact]
    public void GradientHooksOfOneActivationRunInTheOrderTheyWereAdded()
    {
        using SmallModel small = Small();
        var seen = new List<float>();
        Gradients(small, new Hooks()
            .OnGradient(HookNames.Z(0), (_, gradient) => seen.Add(gradient.ToArray()[0]))
            .OnGradient(HookNames.Z(0), (_, gradient) => gradient.Fill(3))
            .OnGradient("blocks.0.*_z", (_, gradient) => seen.Add(gradient.ToArray()[0])));
        Assert.Equal(2, seen.Count);
        Assert.NotEqual(3, seen[0]);
        Assert.Equal(3, seen[1]);
    }

    [Fact]
    public void AddingAConstantLetsGradientsPass()
    {
        // Behind the last layer of a model without norms the logits are linear in the stream.
        using var small = new SmallModel(
            SmallModel.Config(PositionKind.Learned, NormKind.None));
        using Tensor<float> addend = Ops.RandomNormal(Tensor.Empty<float>([6]), seed: 5);
        Dictionary<string, float[]> plain = Gradients(small, new Hooks(), linear: true);
        Dictionary<string, float[]> added = Gradients(
            small, new Hooks().Add(HookNames.ResidPost(1), addend), linear: true);
        Assert.All(
            plain.Where(entry => entry.Key != "unembed.W_U"),
            entry => Assert.Equal(entry.Value, added[entry.Key]));
        Assert.NotEqual(plain["unembed.W_U"], added["unembed.W_U"]);
    }

    [Fact]
    public void AGradientIsNotAwaitedWhereNoneIsRecorded()
    {
        using SmallModel small = Small();
        var hooks = new Hooks().OnGradient(HookNames.Z(1), (_, _) => { });
        using Tape tape = Tape.NoGrad();
        var error = Assert.Throws<InvalidOperationException>(
            () => small.Model.Forward(tape, small.Tokens, hooks));
        Assert.StartsWith(
            "Hooks: OnGradient of blocks.1.attn.hook_z needs a tape that records; got NoGrad",
            error.Message);
        Assert.Throws<InvalidOperationException>(
            () => small.Model.RunWithCache(small.Tokens, hooks, HookNames.Z(1)));
    }

    [Theory]
    [InlineData("blocks.0.attn.hook_patern", "blocks.0.attn.hook_pattern")]
    [InlineData("blocks.2.hook_resid_pre", "blocks.0.hook_resid_pre")]
    [InlineData("blocks.0.attn.hook_rot_q", "blocks.0.attn.hook_q")]
    [InlineData("hook_pos_embed", "hook_embed")]
    [InlineData("Hook_embed", "hook_embed")]
    public void ANameThatMeansNothingIsRefusedEverywhere(string name, string nearest)
    {
        using SmallModel small = Small();
        using Tape tape = Tape.NoGrad();
        var hooks = new Hooks().Observe("*", (_, _) => { }).Observe(name, (_, _) => { });
        Var resid = small.Model.Embedded(tape, small.Tokens);
        Action[] calls =
        [
            () => small.Model.Forward(tape, small.Tokens, hooks),
            () => small.Model.Embedded(tape, small.Tokens, hooks),
            () => small.Model.Through(tape, resid, 1, 1, hooks),
            () => small.Model.Logits(tape, resid, hooks),
            () => small.Model.Losses(tape, small.Tokens, small.Targets, hooks),
            () => small.Model.Loss(tape, small.Tokens, small.Targets, hooks: hooks),
            () => small.Model.RunWithCache(small.Tokens, hooks),
            () => small.Model.RunWithCache(small.Tokens, name),
        ];
        foreach (Action call in calls)
        {
            string message = Assert.Throws<ArgumentException>(call).Message;
            Assert.StartsWith(
                $"Hooks: no activation is named '{name}'; the nearest are ", message);
            Assert.Contains(nearest, message);
        }
    }

    [Fact]
    public void NamesAreCheckedAgainForAnotherModelAndAnotherHook()
    {
        using SmallModel rotary = new(SmallModel.Config(PositionKind.Rotary, NormKind.None));
        using SmallModel small = Small();
        using Tape tape = Tape.NoGrad();
        var hooks = new Hooks().Observe(HookNames.RotQ(0), (_, _) => { });
        rotary.Model.Forward(tape, rotary.Tokens, hooks);
        Assert.Throws<ArgumentException>(() => small.Model.Forward(tape, small.Tokens, hooks));
        hooks.Observe("nothing", (_, _) => { });
        Assert.Throws<ArgumentException>(() => rotary.Model.Forward(tape, rotary.Tokens, hooks));
    }

    [Fact]
    public void AHookNeedsANameAndSomethingToDo()
    {
        Assert.Throws<ArgumentException>(() => new Hooks().Observe("", (_, _) => { }));
        Assert.Throws<ArgumentNullException>(() => new Hooks().Map(null!, (_, _, x) => x));
        Assert.Throws<ArgumentNullException>(() => new Hooks().Map("*", null!));
    }

    [Theory]
    [InlineData(PositionKind.None)]
    [InlineData(PositionKind.Learned)]
    [InlineData(PositionKind.Sinusoidal)]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Alibi)]
    [InlineData(PositionKind.Relative)]
    [InlineData(PositionKind.Shortformer)]
    public void ThePartsOfThePassAreThePass(PositionKind positions)
    {
        using var small = new SmallModel(SmallModel.Config(positions, NormKind.LayerNorm));
        using Tape tape = Tape.NoGrad();
        string[] all = [.. SmallModel.Names(small.Model.Config)
            .Where(name => !name.EndsWith("_input", StringComparison.Ordinal))];
        foreach (bool hooked in (bool[])[false, true])
        {
            var seen = new List<string>();
            Hooks? hooks = hooked ? new Hooks().Observe("*", (point, _) => seen.Add(point.Name))
                : null;
            float[] whole = small.Model.Forward(tape, small.Tokens, hooks).Value.ToArray();
            Assert.Equal(hooked ? all.Order() : [], seen.Order());
            for (int cut = 0; cut <= 2; cut++)
            {
                seen.Clear();
                Var resid = small.Model.Embedded(tape, small.Tokens, hooks);
                resid = small.Model.Through(tape, resid, 0, cut, hooks);
                resid = small.Model.Through(tape, resid, cut, 2, hooks);
                Assert.Equal(whole, small.Model.Logits(tape, resid, hooks).Value.ToArray());

                // A shortformer's positions are read wherever layers start.
                Assert.Equal(hooked ? all.Order() : [], seen.Distinct().Order());
            }
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 3)]
    [InlineData(2, 1)]
    public void LayersThatAreNotThereAreRefused(int from, int to)
    {
        using SmallModel small = Small();
        using Tape tape = Tape.NoGrad();
        Var resid = small.Model.Embedded(tape, small.Tokens);
        Assert.StartsWith(
            $"Transformer: layers from {from} to {to} are not among the model's 2",
            Assert.Throws<ArgumentOutOfRangeException>(
                () => small.Model.Through(tape, resid, from, to)).Message);
    }

    private static SmallModel Small() =>
        new(SmallModel.Config(PositionKind.Relative, NormKind.LayerNorm));

    private static Dictionary<string, float[]> Gradients(
        SmallModel small, Hooks hooks, bool linear = false)
    {
        foreach (Parameter parameter in small.Model.Parameters)
        {
            parameter.ZeroGrad();
        }

        using var tape = new Tape();
        Var logits = small.Model.Forward(tape, small.Tokens, hooks);
        using Tensor<float> cotangent = Ops.RandomNormal(
            Tensor.Empty<float>(logits.Shape), seed: 6);
        tape.Backward(linear ? logits : tape.Square(logits), cotangent);
        return small.Model.Parameters.ToDictionary(
            parameter => parameter.Name!, parameter => parameter.Grad!.ToArray());
    }
}
