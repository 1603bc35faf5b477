using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Patching;

public class AblationTests
{
    [Theory]
    [InlineData(AblationKind.Zero)]
    [InlineData(AblationKind.Mean)]
    [InlineData(AblationKind.Resample)]
    public void The_hooks_write_what_they_say(AblationKind kind)
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Learned, NormKind.None, layers: 2);
        PromptPairs prompts = ActivationPatchingTests.Prompts(pairs: 3);
        using Tensor<int> tokens = prompts.CleanTensor(model);
        var head = new Head(1, 1);
        float[] whole = Z(model, tokens, new Hooks());
        float[] ablated = Z(model, tokens, Ablation.HooksFor(model, tokens, [head], kind));
        (int heads, int dHead, int length) = (2, 4, prompts.Length);
        for (int i = 0; i < whole.Length; i++)
        {
            (int h, int d, int row) = (i / dHead % heads, i % dHead, i / dHead / heads);
            float wanted = h != head.Index ? whole[i] : kind switch
            {
                AblationKind.Zero => 0,
                AblationKind.Mean => Enumerable.Range(0, 3 * length)
                    .Average(other => whole[(((other * heads) + h) * dHead) + d]),
                _ => whole[((((row + length) % (3 * length) * heads) + h) * dHead) + d],
            };
            Assert.Equal(wanted, ablated[i], 1e-5f);
        }
    }

    [Fact]
    public void Resampling_from_a_batch_of_equal_sequences_changes_nothing()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4, 1, 2, 3, 4], [2, 4]);
        AblationResult result =
            Ablation.Losses(model, tokens, [new Head(0, 0), new Head(1, 1)], AblationKind.Resample);
        Assert.Equal(result.Before.Value, result.After.Value, 1e-6);
        Assert.True(Ablation.Losses(
            model, tokens, [new Head(0, 0)], AblationKind.Zero).Increase.Value != 0);
    }

    [Fact]
    public void Another_batch_may_be_the_reference()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Relative, NormKind.None, layers: 2);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4], [1, 4]);
        using Tensor<int> reference = Tensor.From<int>([5, 6, 7, 8, 9, 10, 11, 12, 13, 14], [2, 5]);
        Head[] heads = [new Head(0, 1)];
        Assert.NotEqual(
            Ablation.Losses(model, tokens, heads, AblationKind.Mean).After.Value,
            Ablation.Losses(model, tokens, heads, AblationKind.Mean, reference).After.Value);
        Assert.Throws<ArgumentException>(
            () => Ablation.Losses(model, tokens, heads, AblationKind.Resample, reference));
        Assert.Throws<ArgumentException>(
            () => Ablation.Losses(model, tokens, heads, AblationKind.Resample));
    }

    [Fact]
    public void Means_over_the_very_sequences_change_no_bit()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        RepeatedTokens drawn =
            RepeatedTokens.Draw([.. Enumerable.Range(1, 39)], 6, sequences: 5, seed: 1, first: 0);
        using Tensor<int> tokens = model.Batch([.. drawn.Sequences]);
        Head[] heads = [new(0, 1), new(1, 0)];
        var means = HeadMeans.Of(model, drawn.Sequences);
        Assert.Equal(
            Ablation.Losses(model, tokens, heads, AblationKind.Mean).After,
            Ablation.Losses(model, tokens, heads, means).After);
        RepeatLossAblation repeats = Ablation.RepeatLoss(model, tokens, heads, means);
        Assert.Equal(
            Ablation.RepeatLoss(model, tokens, heads, AblationKind.Mean).SecondAblated,
            repeats.SecondAblated);
        Assert.Equal(("these sequences", 5 * 13), (repeats.MeansOver, repeats.MeanTokens));
        Assert.Equal(
            AblationTrials.Of(model, drawn).Without(heads, AblationKind.Mean).Without,
            AblationTrials.Of(model, drawn, means).Without(heads, AblationKind.Mean).Without);
        Assert.NotEqual(
            AblationTrials.Of(model, drawn).Without(heads, AblationKind.Zero).Without,
            AblationTrials.Of(model, drawn, means).Without(heads, AblationKind.Mean).Without);
        Assert.Null(Ablation.Losses(model, tokens, heads, AblationKind.Zero).MeansOver);
    }

    [Fact]
    public void Threads_may_share_trials_and_their_model()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Rotary, NormKind.LayerNorm, layers: 2);
        int[][] rows = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]];
        AblationTrials trials = AblationTrials.Of(model, rows, HeadMeans.Of(model, rows));
        Head[] heads = [new(0, 0), new(0, 1), new(1, 0), new(1, 1)];
        LossEstimate[] alone =
            [.. heads.Select(head => trials.Without([head], AblationKind.Mean).Without)];
        double[] read = [.. rows.Select(Deviation)];
        Parallel.For(0, 80, i =>
        {
            Assert.Equal(
                alone[i % 4], trials.Without([heads[i % 4]], AblationKind.Mean).Without);
            Assert.Equal(read[i % 3], Deviation(rows[i % 3]));
        });

        double Deviation(int[] row) => PassageAttention.Of(model, row).Layers[1].WithResidual.Sum();
    }

    [Fact]
    public void Means_of_a_text_are_those_of_every_position_in_windows_of_the_context()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Learned, NormKind.None, layers: 2);
        int context = model.Config.Context;
        int[][] sequences =
        [
            .. Enumerable.Range(0, 70).Select(i => Sequence(i, context)), Sequence(3, 5),
            Sequence(4, 1), Sequence(5, context),
        ];
        var means = HeadMeans.Of(model, sequences);
        Assert.Equal((71 * context) + 6, means.Tokens);
        double[] expected = new double[4];
        foreach (int[] one in sequences)
        {
            using Tensor<int> tokens = model.Batch(one);
            float[] z = Z(model, tokens, new Hooks());
            for (int i = 0; i < z.Length; i++)
            {
                expected[i % 4] += i / 4 % 2 == 1 ? z[i] / (double)means.Tokens : 0;
            }
        }

        Assert.All(
            expected.Zip(means[new Head(1, 1)].ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Throws<ArgumentException>(() => HeadMeans.Of(model, []));

        static int[] Sequence(int seed, int length) =>
            [.. Enumerable.Range(0, length).Select(i => ((seed * 7) + (i * i)) % 40)];
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void The_copies_losses_are_of_their_own_tokens(int? first)
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Relative, NormKind.None, layers: 2);
        RepeatedTokens drawn =
            RepeatedTokens.Draw([.. Enumerable.Range(1, 39)], 6, sequences: 3, seed: 1, first);
        int positions = drawn.Positions;
        using Tensor<int> tokens =
            Tensor.From<int>([.. drawn.Sequences.SelectMany(row => row)], [3, positions]);
        RepeatLossAblation result =
            Ablation.RepeatLoss(model, tokens, [new Head(1, 0)], AblationKind.Mean);
        using var tape = Tape.NoGrad();
        float[] log = tape.LogSoftmax(model.Forward(tape, tokens)).Value.ToArray();
        Assert.Equal(Mean(drawn.Start), result.First.Value, 1e-4);
        Assert.Equal(Mean(drawn.Start + 6), result.Second.Value, 1e-4);
        Assert.Equal(15, result.Second.Tokens);
        Assert.NotEqual(result.Second.Value, result.SecondAblated.Value);
        Assert.NotNull(result.SecondAblated.Low);

        double Mean(int start) =>
            Enumerable.Range(0, 3).SelectMany(b => Enumerable.Range(start + 1, 5), (b, i) =>
            -(double)log[(((b * positions) + i - 1) * 40) + drawn.Sequences[b][i]]).Average();
    }

    [Fact]
    public void The_induction_heads_of_a_trained_model_carry_the_gain()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/F"));
        RepeatedTokens drawn =
            RepeatedTokens.Draw(
                [.. Enumerable.Range(0, 61)], 20, sequences: 16, seed: 3, first: null);
        using Tensor<int> tokens =
            Tensor.From<int>([.. drawn.Sequences.SelectMany(row => row)], [16, 40]);
        Head[] induction = [.. Enumerable.Range(0, 4).Select(h => new Head(1, h))];
        RepeatLossAblation without =
            Ablation.RepeatLoss(model, tokens, induction, AblationKind.Mean);
        RepeatLossAblation others =
            Ablation.RepeatLoss(model, tokens, [new Head(0, 0)], AblationKind.Mean);
        Assert.True(without.Gain > 1, $"gain {without.Gain}");
        Assert.True(without.RemovedShare > 0.8, $"removed {without.RemovedShare}");
        Assert.True(others.RemovedShare < without.RemovedShare / 2,
            $"others {others.RemovedShare}");
    }

    [Fact]
    public void What_cannot_be_ablated_is_refused()
    {
        using Transformer model =
            ActivationPatchingTests.Random(PositionKind.Relative, NormKind.None, layers: 2);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 1, 2, 4], [1, 6]);
        Assert.Throws<ArgumentException>(
            () => Ablation.Losses(model, tokens, [], AblationKind.Zero));
        Assert.Contains("Head 2.0", Assert.Throws<ArgumentOutOfRangeException>(
            () => Ablation.Losses(model, tokens, [new Head(2, 0)], AblationKind.Zero)).Message,
                StringComparison.Ordinal);
        Assert.Contains("position 2", Assert.Throws<ArgumentException>(
            () => Ablation.RepeatLoss(model, tokens, [new Head(0, 0)], AblationKind.Zero)).Message,
                StringComparison.Ordinal);
    }

    private static float[] Z(Transformer model, Tensor<int> tokens, Hooks hooks)
    {
        float[] z = [];
        hooks.Observe(HookNames.Z(1), (_, x) => z = x.ToArray());
        using var tape = Tape.NoGrad();
        model.Forward(tape, tokens, hooks);
        return z;
    }
}
