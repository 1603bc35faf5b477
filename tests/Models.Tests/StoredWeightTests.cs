using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Generation;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests;

/// <summary>Weights that stay in the file, in its element type, beside float32 copies of the same
/// numbers.</summary>
[Collection(nameof(Alone))]
public class StoredWeightTests
{
    public static TheoryData<ElementType, PositionKind, bool> Kinds => new()
    {
        { ElementType.F32, PositionKind.Relative, false },
        { ElementType.F16, PositionKind.Rotary, false },
        { ElementType.F16, PositionKind.Learned, true },
        { ElementType.BF16, PositionKind.Alibi, false },
        { ElementType.BF16, PositionKind.Shortformer, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AModelRunsFromItsFile(ElementType type, PositionKind positions, bool tied)
    {
        using var folder = new TemporaryFolder();
        TransformerConfig config = SmallModel.Config(positions, NormKind.LayerNorm) with
        {
            Embedding = new() { Tied = tied },
        };
        config = config.WithAttention(heads => heads with { Biases = true });
        using var small = new SmallModel(config);
        small.Model.Weights(type).Write(folder["weights.safetensors"]);
        using Transformer copied = Load(WeightStorage.Copied);
        using Transformer stored = Load(WeightStorage.Stored);
        Assert.Equal(
            type switch
            {
                ElementType.F32 => "float32",
                ElementType.F16 => "float16",
                _ => "bfloat16",
            },
            stored.Blocks[0].Attn.W_Q.Stored!.ElementType);
        using Tape tape = Tape.NoGrad();
        Near(
            copied.Forward(tape, small.Tokens).Value, stored.Forward(tape, small.Tokens).Value);
        Near(
            copied.Losses(tape, small.Tokens, small.Targets).Value,
            stored.Losses(tape, small.Tokens, small.Targets).Value);
        Near(
            copied.Loss(tape, small.Tokens, small.Targets).Value,
            stored.Loss(tape, small.Tokens, small.Targets).Value);
        using ActivationCache all = stored.RunWithCache(
            small.Tokens, "*.hook_result", "*.hook_pattern", "*.hook_q_input");
        using ActivationCache same = copied.RunWithCache(
            small.Tokens, "*.hook_result", "*.hook_pattern", "*.hook_q_input");
        Assert.All(all.Names, name => Near(same[name], all[name]));
        using var fromFile = new TextGenerator(stored, 6);
        using var fromCopy = new TextGenerator(copied, 6);
        Assert.Equal(
            fromCopy.Continue([1, 2], 4, SamplingOptions.Greedy),
            fromFile.Continue([1, 2], 4, SamplingOptions.Greedy));

        Transformer Load(WeightStorage weights)
        {
            using SafeTensors file = SafeTensors.Open(folder["weights.safetensors"]);
            return Transformer.Load(config, file, weights);
        }
    }

    [Fact]
    public void NoMatrixIsCopied()
    {
        using var folder = new TemporaryFolder();
        TransformerConfig config =
            TransformerConfig.AttentionOnly(2, 2, 64, 32, vocabulary: 3000, context: 16);
        using (var model = Transformer.Initial(config, seed: 1))
        {
            model.Save(folder.Path);
        }

        long before = Device.Cpu.BytesInUse;
        using Transformer stored = Transformer.Load(folder.Path, WeightStorage.Stored);
        long held = Device.Cpu.BytesInUse - before;
        Assert.InRange(held, 1, 40_000);        // Of 1.7 MB: biases and tables.
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4], [1, 4]);
        using Tape tape = Tape.NoGrad();
        _ = stored.Forward(tape, tokens);
        Assert.InRange(Device.Cpu.BytesInUse - before, held, held + 200_000);
    }

    [Fact]
    public void WhatNeedsFloat32SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallModel(SmallModel.Config(PositionKind.None, NormKind.None));
        small.Model.Save(folder.Path);
        using Transformer stored = Transformer.Load(folder.Path, WeightStorage.Stored);
        var refused = Assert.Throws<InvalidOperationException>(
            () => stored.Blocks[0].Attn.W_O.Value);
        Assert.Contains("blocks.0.attn.W_O: its numbers stay in storage", refused.Message);
        Assert.Contains("load copies of the weights", refused.Message);
        Assert.Throws<InvalidDataException>(() => Transformer.Load(
            stored.Config with { DModel = 7 }, SafeTensors.Open(folder[RunFolder.ModelFile]),
            WeightStorage.Stored));
    }

    private static void Near(Tensor<float> expected, Tensor<float> actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double most = expected.ToArray().Max(value => float.IsFinite(value) ? Math.Abs(value) : 0);
        Assert.All(
            expected.ToArray().Zip(actual.ToArray()),
            pair => Assert.True(
                pair.First.Equals(pair.Second)
                || Math.Abs(pair.First - pair.Second) <= 3e-6 * most,
                $"{pair.First} and {pair.Second}"));
    }
}
