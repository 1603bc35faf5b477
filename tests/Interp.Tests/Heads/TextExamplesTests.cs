using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Interp.Tests.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Heads;

/// <summary>Heads in text: examples, distances, ablations side by side, chance.</summary>
public class TextExamplesTests
{
    private static readonly int[][] Pieces =
    [
        .. Enumerable.Range(0, 6).Select(piece =>
            Enumerable.Range(0, 12).Select(i => (((piece + 3) * i * i) + i) % 17).ToArray()),
    ];

    [Fact]
    public void Examples_come_from_many_bands_and_say_what_the_pattern_says()
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Relative, NormKind.None, layers: 2);
        var kinds = new Dictionary<Head, string> { [new(1, 0)] = "previous token" };
        IReadOnlyDictionary<Head, IReadOnlyList<TextExample>> found =
            TextExamples.Of(model, kinds, Pieces, seed: 3);
        Assert.Equal(4, found.Count);
        IReadOnlyList<TextExample> previous = found[new(1, 0)];
        Assert.True(previous.Count > 2);
        Assert.Equal(previous.OrderByDescending(one => one.Score), previous);
        Assert.Equal(
            previous.Count, previous.Select(one => (int)(10 * one.Score / previous[0].Score))
                .Select(band => Math.Min(9, band)).Distinct().Count());
        foreach (TextExample one in previous)
        {
            Assert.Equal(one.Score, one.Weights[one.Query - 1], 1e-6);
            Assert.Equal(one.Query + 1, one.Weights.Length);
            Assert.Equal(1, one.Weights.Sum(), 1e-5f);
            Assert.Equal(one.Tokens[one.Query + 1], one.Next);
        }

        Assert.All(found[new(0, 0)], one =>
            Assert.Equal(one.Score, one.Weights[1..one.Query].Max(), 1e-6));
    }

    [Fact]
    public void Effects_are_those_of_the_mean_ablation()
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Learned, NormKind.LayerNorm, layers: 2);
        var head = new Head(0, 1);
        TextExample one = TextExamples.Of(
            model, new Dictionary<Head, string> { [head] = "current token" }, Pieces)[head][0];
        using Tensor<int> tokens = Tensor.From<int>(one.Tokens, [1, one.Tokens.Length]);
        using Tensor<int> all = Tensor.From<int>([.. Pieces.SelectMany(row => row)], [6, 12]);
        float[] whole = Logits(null);
        float[] without = Logits(
            Ablation.HooksFor(model, tokens, [head], AblationKind.Mean, all));
        Assert.Equal(whole[one.Next] - without[one.Next], one.Effect, 1e-4);
        Assert.Equal(Loss(without) - Loss(whole), one.LossChange, 1e-4);
        Assert.NotEqual(0, one.Effect);

        float[] Logits(Hooks? hooks)
        {
            using Tape tape = Tape.NoGrad();
            return model.Forward(tape, tokens, hooks).Value.Select(0, 0).Select(0, one.Query)
                .ToArray();
        }

        double Loss(float[] logits) =>
            Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[one.Next];
    }

    [Fact]
    public void A_head_of_a_kind_that_nothing_in_the_text_allows_has_no_examples()
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Relative, NormKind.None, layers: 1);
        int[][] distinct = [[1, 2, 3, 4]];
        Assert.Empty(TextExamples.Of(
            model, new Dictionary<Head, string> { [new(0, 0)] = "induction" },
            distinct)[new(0, 0)]);
        Assert.Throws<ArgumentException>(() => TextExamples.Of(
            model, new Dictionary<Head, string>(), [[1, 2]]));
    }

    [Fact]
    public void Attention_by_distance_is_the_mean_of_the_diagonals()
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Relative, NormKind.None, layers: 2);
        var found = AttentionByDistance.Of(model, Pieces);
        Assert.Equal(["0.0", "0.1", "1.0", "1.1"], found.Heads.Select(head => head.Head));
        float[][] patterns =
            [.. Pieces.Select(piece => PassageAttention.Of(model, piece).Layers[1].Weight[..144])];
        HeadDistance head = found.Heads[2];
        for (int distance = 0; distance < 12; distance++)
        {
            double[] weights =
            [
                .. patterns.SelectMany(pattern => Enumerable.Range(distance, 12 - distance)
                    .Select(query => (double)pattern[(query * 12) + query - distance])).Order(),
            ];
            Assert.Equal(weights.Average(), head.Mean[distance], 1e-6);
            Assert.Equal(
                weights[(int)Math.Round(0.05 * (weights.Length - 1))], head.Low[distance], 1e-6);
            Assert.InRange(head.Mean[distance], head.Low[distance], head.High[distance]);
        }

        Assert.Equal(1.0 / 12, found.Uniform[11], 1e-12);
        Assert.Throws<ArgumentException>(() => AttentionByDistance.Of(model, [[1, 2], [3]]));
    }

    [Theory]
    [InlineData(AblationKind.Zero)]
    [InlineData(AblationKind.Mean)]
    [InlineData(AblationKind.Resample)]
    public void Trials_side_by_side_are_single_ablations(AblationKind kind)
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Relative, NormKind.None, layers: 2);
        Head[] heads = [new(0, 1), new(1, 0)];
        AblationTrials trials = AblationTrials.Of(model, Pieces);
        AblationTrial trial = trials.Without(heads, kind);
        using Tensor<int> all = Tensor.From<int>([.. Pieces.SelectMany(row => row)], [6, 12]);
        AblationResult single = Ablation.Losses(model, all, heads, kind);
        Assert.Equal(single.Before.Value, trials.Intact.Value, 1e-6);
        Assert.Equal(single.After.Value, trial.Without.Value, 1e-6);
        Assert.Equal(single.Increase.Low!.Value, trial.Increase.Low!.Value, 1e-6);
        RepeatedTokens repeats = RepeatedTokens.Draw(
            [.. Enumerable.Range(1, 30)], 5, sequences: 4, seed: 2, first: 0);
        using Tensor<int> twice = Tensor.From<int>(
            [.. repeats.Sequences.SelectMany(row => row)], [4, 11]);
        AblationTrials second = AblationTrials.Of(model, repeats);
        RepeatLossAblation whole = Ablation.RepeatLoss(model, twice, heads, kind);
        Assert.Equal(whole.Second.Value, second.Intact.Value, 1e-6);
        Assert.Equal(
            whole.SecondAblated.Value, second.Without(heads, kind).Without.Value, 1e-6);
    }

    [Fact]
    public void Shuffled_heads_score_like_chance_and_the_model_stays()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/F"));
        RepeatedTokens repeats = RepeatedTokens.Draw(
            [.. Enumerable.Range(0, 61)], 20, sequences: 4, seed: 3, first: null);
        HeadTable own = Table(model);
        float[] before = model.Blocks[1].Attn.W_K.Value.ToArray();
        IReadOnlyDictionary<string, ChanceBand> chance = ShuffledHeads.Of(model, Table, draws: 4);
        Assert.Equal(before, model.Blocks[1].Attn.W_K.Value.ToArray());
        ChanceBand band = chance[HeadScoreNames.PrefixMatching];
        Assert.Equal(4 * 8, band.Count);
        Assert.InRange(band.High, band.Low, 0.3);
        Assert.True(own.Rows[^1].Scores[HeadScoreNames.PrefixMatching].Value > band.High + 0.4);

        HeadTable Table(Transformer one) =>
            HeadTable.Of(HeadScores.OnRepeatedTokens(one, repeats, copying: false));
    }

    [Fact]
    public void Losses_at_the_end_of_a_passage_are_those_of_the_whole()
    {
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Learned, NormKind.LayerNorm, layers: 2);
        int[] passage = Pieces[2];
        float[] all = PassageLosses.Of(model, passage, from: 1);
        Assert.Equal(11, all.Length);
        float[] last = PassageLosses.Of(model, passage, from: 9);
        Assert.Equal(all[8..], last);
        using Tape tape = Tape.NoGrad();
        using Tensor<int> given = Tensor.From<int>(passage.AsSpan(0, 11), [1, 11]);
        using Tensor<int> targets = Tensor.From<int>(passage.AsSpan(1), [1, 11]);
        float[] expected = model.Losses(tape, given, targets).Value.ToArray();
        Assert.All(expected.Zip(all), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PassageLosses.Of(model, passage, from: 12));
    }
}
