using Vitrine.Autograd;
using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>What is read from the weights is what the model adds up.</summary>
public class HeadCircuitsTests
{
    private const int Vocabulary = 13;

    [Theory]
    [InlineData(NormKind.None)]
    [InlineData(NormKind.LayerNorm)]
    public void Scores_of_a_model_without_positions_are_QK_up_to_what_the_softmax_does_not_see(
        NormKind norm)
    {
        using Transformer model = Model(norm);
        using var reading = new HeadReading(model);
        using Tensor<int> tokens = Tensor.From<int>([3, 7, 1, 12, 0], [1, 5]);
        using ActivationCache cache = model.RunWithCache(tokens, HookNames.AttnScores(0));
        Tensor<float> scores = cache[HookNames.AttnScores(0)];
        foreach (Head head in reading.Heads)
        {
            using HeadCircuits circuits = HeadCircuits.Of(reading[head], CircuitForm.Scores);
            for (int query = 0; query < 5; query++)
            {
                for (int key = 1; key <= query; key++)
                {
                    double inModel =
                        scores[0, head.Index, query, key] - scores[0, head.Index, query, 0];
                    double read =
                        circuits.QK[tokens[0, query],
                            tokens[0, key]] - circuits.QK[tokens[0, query], tokens[0, 0]];
                    Assert.Equal(inModel, read, 1e-5);
                }
            }
        }
    }

    [Fact]
    public void What_a_lone_token_writes_beside_the_direct_path_is_the_sum_of_OV()
    {
        using Transformer model = Model(NormKind.None);
        using var reading = new HeadReading(model);
        HeadCircuits[] heads =
            [.. reading.Heads.Select(head => HeadCircuits.Of(reading[head], CircuitForm.Scores))];
        using LowRank direct = LowRank.Of(model.Embed.W_E.Value, model.Unembed.W_U.Value);
        using Tensor<int> tokens = Tensor.From<int>([4, 9], [2, 1]);
        using Tape tape = Tape.NoGrad();
        Tensor<float> logits = model.Forward(tape, tokens).Value;
        for (int output = 0; output < Vocabulary; output++)
        {
            double Written(int row, int token) => logits[row, 0, output] - direct[token, output];
            double read = heads.Sum(head => head.OV[4, output] - head.OV[9, output]);
            Assert.Equal(Written(0, 4) - Written(1, 9), read, 1e-5);
        }
    }

    [Fact]
    public void Against_the_average_the_means_are_zero_and_differences_stay()
    {
        using Transformer model = Model(NormKind.None);
        using var reading = new HeadReading(model);
        double[] unigram = [.. Enumerable.Range(1, Vocabulary).Select(i => i / 91.0)];
        using HeadCircuits circuits = HeadCircuits.Of(reading[new Head(0, 1)], CircuitForm.Scores);
        using HeadCircuits against = circuits.AgainstAverage(unigram);
        for (int token = 0; token < Vocabulary; token++)
        {
            Assert.Equal(
                0, Enumerable.Range(0, Vocabulary).Sum(s => unigram[s] * against.QK[token, s]),
                1e-5);
            Assert.Equal(
                0, Enumerable.Range(0, Vocabulary).Sum(s => unigram[s] * against.OV[s, token]),
                1e-5);
            Assert.Equal(
                0, Enumerable.Range(0, Vocabulary).Sum(o => unigram[o] * against.OV[token, o]),
                1e-5);
        }

        double before = circuits.OV[2, 3] - circuits.OV[2, 5] - circuits.OV[8, 3]
            + circuits.OV[8, 5];
        double after = against.OV[2, 3] - against.OV[2, 5] - against.OV[8, 3] + against.OV[8, 5];
        Assert.Equal(before, after, 1e-5);
        Assert.Equal(
            circuits.QK[1, 2] - circuits.QK[1, 6], against.QK[1, 2] - against.QK[1, 6], 1e-5);
    }

    [Fact]
    public void The_shares_of_position_are_those_of_all_keys_counted_out()
    {
        const int Context = 6;
        var config = TransformerConfig.AttentionOnly(
            1, 2, 8, 3, Vocabulary, Context, PositionKind.Learned);
        using Transformer model = Transformer.Initial(config, seed: 3, standardDeviation: 1);
        using var reading = new HeadReading(model);
        double[] unigram = [.. Enumerable.Range(1, Vocabulary).Select(i => i / 91.0)];
        var head = new Head(0, 1);
        using HeadCircuits circuits = HeadCircuits.Of(reading[head], CircuitForm.Scores);
        PositionShare share = reading.PositionShare(head, circuits, unigram)!;

        // The variance over keys of every query, and the part that the mean over tokens explains.
        double all = 0;
        double position = 0;
        double[,] byDistance = new double[Context, Context];
        for (int i = 0; i < Context; i++)
        {
            double[] mean = new double[i + 1];
            for (int d = 0; d < Vocabulary; d++)
            {
                double sum = 0;
                double squares = 0;
                for (int j = 0; j <= i; j++)
                {
                    for (int s = 0; s < Vocabulary; s++)
                    {
                        double score = Score(model, head, d, i, s, j);
                        sum += unigram[s] * score / (i + 1);
                        squares += unigram[s] * score * score / (i + 1);
                        mean[j] += unigram[d] * unigram[s] * score;
                    }
                }

                all += i == 0 ? 0 : unigram[d] * (squares - (sum * sum));
            }

            position += i == 0 ? 0 : mean.Average(x => x * x) - (mean.Average() * mean.Average());
            double normaliser = mean.Sum(Math.Exp);
            for (int j = 0; j <= i; j++)
            {
                byDistance[i, i - j] = Math.Exp(mean[j]) / normaliser;
            }
        }

        Assert.Equal(position / all, share.PositionAlone, 1e-4);
        Assert.Equal(
            1, share.PositionAlone + share.SourceToken + share.TokenPair + share.TokenAndPosition,
            1e-9);
        Assert.InRange(share.TokenAndPosition, 0.001, 1);
        double atTwo = Enumerable.Range(2, Context - 2).Average(i => byDistance[i, 2]);
        Assert.Equal(atTwo, share.ByDistance[2], 1e-4);
        Assert.Equal(
            Enumerable.Range(2, Context - 2).Average(i => 1.0 / (i + 1)), share.Uniform[2], 1e-9);
        double above = Enumerable.Range(2, Context - 2).Average(
            i => Math.Log((i + 1) * byDistance[i, 2]));
        Assert.Equal(above, share.ScoreByDistance[2], 1e-4);
    }

    [Fact]
    public void A_relative_bias_alone_is_all_of_the_position()
    {
        var config = TransformerConfig.AttentionOnly(1, 2, 8, 3, Vocabulary, 40);
        using Transformer model = Transformer.Initial(config, seed: 3, standardDeviation: 1);
        Tensor<float> bias = model.Blocks[0].Attn.RelativeBias!.Value;
        bias[1, 1] = 30;
        using var reading = new HeadReading(model);
        double[] uniform = TokenSubset.All(Vocabulary).Unigram;
        using HeadCircuits circuits = HeadCircuits.Of(reading[new Head(0, 1)], CircuitForm.Scores);
        PositionShare share = reading.PositionShare(new Head(0, 1), circuits, uniform)!;
        Assert.True(share.ByDistance[1] > 0.999);
        Assert.Equal(0, share.TokenAndPosition);
        Assert.True(share.PositionAlone > 0.5);

        using HeadCircuits other = HeadCircuits.Of(reading[new Head(0, 0)], CircuitForm.Scores);
        PositionShare none = reading.PositionShare(new Head(0, 0), other, uniform)!;
        Assert.Equal(0, none.PositionAlone);
        Assert.Equal(none.Uniform, none.ByDistance, (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void Rotary_positions_are_not_split_and_a_missing_layer_or_head_is_named()
    {
        var config = TransformerConfig.AttentionOnly(
            1, 2, 8, 4, Vocabulary, 9, PositionKind.Rotary);
        using Transformer model = Transformer.Initial(config, seed: 3);
        using var reading = new HeadReading(model);
        using HeadCircuits circuits = HeadCircuits.Of(reading[new Head(0, 0)], CircuitForm.Scores);
        Assert.Null(
            reading.PositionShare(new Head(0, 0), circuits, TokenSubset.All(Vocabulary).Unigram));
        Assert.Contains(
            "last head is 0.1",
            Assert.Throws<ArgumentOutOfRangeException>(() => reading[new Head(0, 2)]).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => reading.Composition());
        using Transformer zero = Transformer.Initial(TransformerConfig.ZeroLayer(4, 5), seed: 1);
        Assert.Contains(
            "attention layers",
            Assert.Throws<ArgumentException>(() => new HeadReading(zero)).Message,
            StringComparison.Ordinal);
    }

    private static double Score(Transformer model, Head head, int d, int i, int s, int j)
    {
        AttentionLayer attention = model.Blocks[head.Layer].Attn;
        double sum = 0;
        for (int h = 0; h < model.Config.DHead; h++)
        {
            double q = 0;
            double k = 0;
            for (int m = 0; m < model.Config.DModel; m++)
            {
                Tensor<float> embed = model.Embed.W_E.Value;
                Tensor<float> places = model.PositionEmbed!.Table;
                q += (embed[d, m] + places[i, m]) * attention.W_Q.Value[head.Index, m, h];
                k += (embed[s, m] + places[j, m]) * attention.W_K.Value[head.Index, m, h];
            }

            sum += q * k;
        }

        return sum * model.Config.SharedAttention.ScoreScale;
    }

    private static Transformer Model(NormKind norm)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            1, 2, 8, 3, Vocabulary, 9, PositionKind.None) with
        {
            Norm = norm,
        };
        config = config.WithAttention(heads => heads with { Biases = true });
        Transformer model = Transformer.Initial(config, seed: 5, standardDeviation: 1);
        AttentionLayer attention = model.Blocks[0].Attn;
        ulong stream = 77;
        foreach (Parameter? parameter in (Parameter?[])
            [
                attention.B_Q, attention.B_K, attention.B_V, attention.B_O, model.Blocks[0].Ln1?.W,
                model.Blocks[0].Ln1?.B,
            ])
        {
            if (parameter is not null)
            {
                Ops.RandomNormal(parameter.Value, seed: 9, stream++);
            }
        }

        return model;
    }
}
