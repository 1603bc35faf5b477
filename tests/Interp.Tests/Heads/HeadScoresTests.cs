using Vitrine.Autograd;
using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Heads;

public class HeadScoresTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void Matches_the_stored_scores_on_two_repeats(string name)
    {
        using Stored stored = Stored.Open($"analyses/{name}/heads.safetensors");
        using Transformer model = Transformer.Load(Stored.PathOf($"analyses/{name}"));
        int[][] rows = stored.Rows("repeated2.tokens");
        int period = rows[0].Length / 2;
        HeadScores scores = HeadScores.OnRepeatedTokens(model, new RepeatedTokens(rows, period));
        Check("repeated2.prefix_matching_latest", HeadScoreNames.PrefixMatching);
        Check("repeated2.duplicate_stripe", HeadScoreNames.DuplicateToken);
        Check("repeated2.copying_in_context", HeadScoreNames.Copying);
        Stored.Near(stored.Values("repeated2.loss_per_position"), scores.LossByPosition);
        Stored.Near(stored.Values("repeated2.loss_first_half"), [scores.Repeats!.First]);
        Stored.Near(stored.Values("repeated2.loss_second_half"), [scores.Repeats.Second]);
        using Tensor<int> at = stored.Integers("repeated2.icl_indices");
        Assert.Equal(
            stored.Values("repeated2.icl_score")[0],
            scores.LossByPosition[at[1]] - scores.LossByPosition[at[0]],
            1e-5 * scores.LossByPosition.Max());

        void Check(string key, string score) =>
            Stored.Near(stored.Values(key), scores[score].Mean.SelectMany(row => row));
    }

    [Theory]
    [InlineData("A", 2)]
    [InlineData("B", 2)]
    [InlineData("B", 3)]
    [InlineData("C", 3)]
    [InlineData("F", 2)]
    [InlineData("F", 3)]
    public void Matches_the_stored_diagonals_and_all_earlier_occurrences(string name, int repeats)
    {
        using Stored stored = Stored.Open($"analyses/{name}/heads.safetensors");
        using Transformer model = Transformer.Load(Stored.PathOf($"analyses/{name}"));
        int[][] rows = stored.Rows($"repeated{repeats}.tokens");
        int period = stored.Rows("repeated2.tokens")[0].Length / 2;
        Check("prefix_matching_latest", row => DetectionPattern.LatestInduction(row));
        Check("prefix_matching_all", row => DetectionPattern.Induction(row));
        Check("induction_stripe", row => DetectionPattern.AtDistance(row.Length, period - 1));
        Check("duplicate_stripe", row => DetectionPattern.AtDistance(row.Length, period));

        void Check(string key, Func<int[], DetectionPattern> keys)
        {
            var pass = new HeadPass(model, [new Detector(key, keys)], copying: false);
            pass.Run(rows, default);
            HeadScore score = Assert.Single(pass.Scores());
            Stored.Near(stored.Values($"repeated{repeats}.{key}"),
                score.Mean.SelectMany(row => row));
        }
    }

    [Fact]
    public void A_trained_models_induction_heads_are_named()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/F"));
        RepeatedTokens tokens =
            RepeatedTokens.Draw([.. Enumerable.Range(0, 61)], 20, 8, 1, first: null);
        HeadTable table = HeadTable.Of(HeadScores.OnRepeatedTokens(model, tokens));
        Assert.Equal(8, table.Rows.Count);
        double[,] matching = PlainlyFrom(model, tokens, (row, i) => Array.LastIndexOf(
            row, row[i], i - 1, i) is >= 0 and var latest ? latest + 1 : null);
        double[,] previous = PlainlyFrom(model, tokens, (_, i) => i - 1);
        foreach (HeadRow row in table.Rows)
        {
            double own = matching[row.Layer, row.Head];
            Assert.Equal(own, row.Scores[HeadScoreNames.PrefixMatching].Value, 1e-6);
            Assert.Equal(
                1 + matching.Cast<double>().Count(other => other > own),
                row.Scores[HeadScoreNames.PrefixMatching].Rank);
            Assert.Equal(
                previous[row.Layer, row.Head], row.Scores[HeadScoreNames.PreviousToken].Value,
                1e-6);
            // All heads here are far from the thresholds of 0.3 and twice an even look.
            Assert.False(own is > 0.2 and < 0.4);
            Assert.Equal(own > 0.3, row.Kinds.Contains("induction"));
        }

        Assert.All(table.Rows, row =>
            Assert.Equal(row.Layer == 1, row.Kinds.Contains("induction")));
        Assert.Contains("previous token", table.Rows[2].Kinds);
        Assert.Contains("previous token", table.Rows[3].Kinds);
        Assert.True(table.Samples[0].Repeats!.Gain > 2);
    }

    /// <summary>The mean attention to one key of every query that has it, straight from the cached
    /// patterns: over queries, then over sequences.</summary>
    private static double[,] PlainlyFrom(
        Transformer model, RepeatedTokens tokens, Func<int[], int, int?> key)
    {
        var scores = new double[model.Config.Layers, model.Config.Heads];
        foreach (int[] row in tokens.Sequences)
        {
            using Tensor<int> batch = Tensor.From<int>(row, [1, row.Length]);
            using ActivationCache cache = model.RunWithCache(batch, "blocks.*.attn.hook_pattern");
            for (int layer = 0; layer < model.Config.Layers; layer++)
            {
                Tensor<float> pattern = cache[HookNames.Pattern(layer)];
                for (int head = 0; head < model.Config.Heads; head++)
                {
                    double sum = 0;
                    int queries = 0;
                    for (int i = 1; i < row.Length; i++)
                    {
                        if (key(row, i) is { } j)
                        {
                            sum += pattern[0, head, i, j];
                            queries++;
                        }
                    }

                    scores[layer, head] += sum / queries / tokens.Sequences.Count;
                }
            }
        }

        return scores;
    }

    [Fact]
    public void A_planted_previous_token_head_is_found_and_noise_is_not()
    {
        using Transformer model = Planted(out int layer, out int head);
        RepeatedTokens tokens =
            RepeatedTokens.Draw([.. Enumerable.Range(0, 50)], 12, 6, 2, first: 3);
        HeadScores scores = HeadScores.OnRepeatedTokens(model, tokens, copying: false);
        HeadScore previous = scores[HeadScoreNames.PreviousToken];
        Assert.Equal(new Head(layer, head), previous.Best());
        Assert.InRange(previous.Mean[layer][head], 0.95, 1);
        Assert.InRange(previous.Mean[1 - layer][head], 0, 0.3);
        Assert.Throws<KeyNotFoundException>(() => scores[HeadScoreNames.Copying]);
        HeadTable table = HeadTable.Of(scores);
        HeadRow row = table.Rows.Single(one => one.Kinds.Count > 0);
        Assert.Equal((layer, head), (row.Layer, row.Head));
        Assert.Equal(["previous token"], row.Kinds);
    }

    [Fact]
    public void Batches_do_not_show_in_the_scores_and_one_sequence_has_no_spread()
    {
        using Transformer model = Planted(out _, out _);
        RepeatedTokens many =
            RepeatedTokens.Draw([.. Enumerable.Range(0, 50)], 12, 35, 2, first: 3);
        HeadScores all = HeadScores.OnRepeatedTokens(model, many);
        HeadScores[] each = [.. many.Sequences.Select(row =>
            HeadScores.OnRepeatedTokens(model, new RepeatedTokens([row], 12)))];
        foreach (HeadScore score in all.Scores)
        {
            double[] ones = [.. each.Select(one => one[score.Name].Mean[1][2])];
            Assert.Equal(ones.Average(), score.Mean[1][2], 1e-6);
            double variance = ones.Sum(one => Math.Pow(one - ones.Average(), 2)) / 34;
            Assert.Equal(Math.Sqrt(variance), score.Deviation![1][2], 1e-6);
            Assert.Null(each[0][score.Name].Deviation);
        }
    }

    [Fact]
    public void The_in_context_score_is_late_less_early()
    {
        float[][] losses = [[8, 6, 5, 5, 4, 4, 3, 1], [4, 4, 4, 4, 4, 4, 4, 4]];
        InContextScore score = InContextScore.Of(losses);
        Assert.Equal(losses.Length, score.Sequences);
        Assert.Equal(5.5, score.Early);
        Assert.Equal(3, score.Late);
        Assert.Equal(-2.5, score.Score);
        Assert.Equal(5 / Math.Sqrt(2), score.Deviation!.Value, 1e-12);
        Assert.Equal(2.5, score.StandardError!.Value, 1e-12);
    }

    [Theory]
    [InlineData(-0.1, 1.0, 64, false)]      // a standard error of 0.125
    [InlineData(-0.3, 1.0, 64, true)]
    [InlineData(-0.3, 1.0, 16, false)]
    [InlineData(0.3, 0.1, 64, false)]
    [InlineData(-0.3, null, 1, false)]
    public void Context_is_seen_to_help_beyond_two_standard_errors(
        double score, double? deviation, int sequences, bool seen)
    {
        var context = new InContextScore(4, 4 + score, deviation) { Sequences = sequences };
        Assert.Equal(seen, context.IsSeen);
    }

    [Fact]
    public void Text_has_an_in_context_score_and_repeats_a_gain()
    {
        using Transformer model = Planted(out _, out _);
        HeadScores text =
            HeadScores.OnText(model, [[1, 2, 1, 2, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]]);
        Assert.NotNull(text.InContext);
        Assert.Null(text.Repeats);
        Assert.Equal(7, text.LossByPosition.Length);
        Assert.Equal(text.LossByPosition[0], text.InContext!.Early, 1e-6);
        // Only the first piece has equal tokens: the scores of those are its own.
        HeadScore alone =
            HeadScores.OnText(model, [[1, 2, 1, 2, 5, 6, 7, 8]])[HeadScoreNames.DuplicateToken];
        Assert.Equal(alone.Mean[0][0], text[HeadScoreNames.DuplicateToken].Mean[0][0], 1e-6);
        Assert.DoesNotContain(
            HeadScores.OnText(model, [[1, 2, 3, 4]]).Scores, score =>
                score.Name == HeadScoreNames.Induction);
    }

    [Fact]
    public void A_model_without_layers_and_sequences_of_several_lengths_are_refused()
    {
        using var zero = Transformer.Initial(TransformerConfig.ZeroLayer(8, 50), seed: 1);
        var error = Assert.Throws<ArgumentException>(() => HeadScores.OnText(zero, [[1, 2]]));
        Assert.Contains("no attention layers", error.Message, StringComparison.Ordinal);
        using Transformer model = Planted(out _, out _);
        Assert.Throws<ArgumentException>(() => HeadScores.OnText(model, [[1, 2], [1, 2, 3]]));
        Assert.Throws<ArgumentException>(() => HeadScores.OnText(model, []));
    }

    /// <summary>Two layers of random heads, one of which has a relative bias that points one
    /// back.</summary>
    private static Transformer Planted(out int layer, out int head)
    {
        (layer, head) = (0, 2);
        var config = TransformerConfig.AttentionOnly(2, 4, 16, 4, 50, 32, PositionKind.Relative);
        var model = Transformer.Initial(config, seed: 4);
        Parameter bias = model.Blocks[layer].Attn.RelativeBias!;
        bias.Value[1, head] = 30;
        return model;
    }
}
