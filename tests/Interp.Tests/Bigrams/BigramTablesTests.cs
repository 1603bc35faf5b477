using System.Text.Json;
using Vitrine.Autograd;
using Vitrine.Interp.Bigrams;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Bigrams;

public sealed class BigramTablesTests : IDisposable
{
    private const int Vocabulary = 37;
    private readonly Tensor<float> _embed = Samples.Normal(1, Vocabulary, 6);
    private readonly Tensor<float> _unembed = Samples.Normal(2, Vocabulary, 6);
    private readonly Tensor<float> _bias = Samples.Normal(3, Vocabulary);
    private readonly BigramCounts _counts = BigramCounts.Of(
        Samples.Stream(5, 6, Vocabulary), Vocabulary - 1, Vocabulary);

    private DirectPath Path => new(_embed, _unembed.Transpose(), _bias);

    private int[] Seen =>
        [.. Enumerable.Range(0, Vocabulary).Where(token => _counts.FirstCounts[token] > 0)];

    public void Dispose()
    {
        _embed.Dispose();
        _unembed.Dispose();
        _bias.Dispose();
    }

    [Fact]
    public void Rows_columns_entries_and_normalisers_agree_with_the_product()
    {
        using DirectPath path = Path;
        float[] logSumExp = path.LogSumExp(Seen);
        for (int input = 0; input < Vocabulary; input++)
        {
            double[] expected = Logits(input);
            float[] row = path.Row(input);
            for (int output = 0; output < Vocabulary; output++)
            {
                Assert.Equal(expected[output], row[output], 5e-6);
                Assert.Equal(expected[output], path.Column(output)[input], 5e-6);
                Assert.Equal(expected[output], path.Logit(input, output), 1e-12);
            }

            bool known = _counts.FirstCounts[input] > 0;
            Assert.Equal(!known, float.IsNaN(logSumExp[input]));
            if (known)
            {
                Assert.Equal(Math.Log(expected.Sum(Math.Exp)), logSumExp[input], 5e-6);
            }
        }
    }

    [Fact]
    public void A_final_norm_is_part_of_the_direct_path()
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 1, heads: 1, dModel: 6, dHead: 3, Vocabulary, context: 4) with
        {
            Norm = NormKind.LayerNorm,
        };
        using Transformer model = Transformer.Initial(config, seed: 5, standardDeviation: 1);
        Ops.RandomNormal(model.LnFinal!.W!.Value, seed: 6);
        Ops.RandomNormal(model.LnFinal.B!.Value, seed: 7);
        using DirectPath path = DirectPath.Of(model);
        float[] logSumExp = path.LogSumExp([.. Enumerable.Range(0, Vocabulary)]);
        int[] tokens = [.. Enumerable.Range(0, Vocabulary)];
        using var tape = new Tape();
        using Tensor<int> batch = Tensor.From(tokens, [Vocabulary, 1]);
        using Tensor<float> logits =
            model.Logits(tape, model.Embed.Forward(tape, batch)).Value.Clone();
        for (int input = 0; input < Vocabulary; input++)
        {
            float[] expected = [.. tokens.Select(output => logits[input, 0, output])];
            float[] row = path.Row(input);
            for (int output = 0; output < Vocabulary; output++)
            {
                Assert.Equal(expected[output], row[output], 1e-5);
                Assert.Equal(expected[output], path.Column(output)[input], 1e-5);
                Assert.Equal(expected[output], path.Logit(input, output), 1e-5);
            }

            Assert.Equal(Math.Log(expected.Sum(logit => Math.Exp(logit))), logSumExp[input], 1e-5);
        }
    }

    [Fact]
    public void What_follows_has_probabilities_that_sum_to_one_beside_the_counts()
    {
        using DirectPath path = Path;
        var tables = new BigramTables(path, _counts, path.LogSumExp(Seen));
        foreach (int token in new[] { 0, 1, Vocabulary - 2 })
        {
            (IReadOnlyList<NextRow> rows, double residual) = tables.Next(token, Vocabulary);
            Assert.Equal(1, rows.Sum(row => row.Probability), 5e-6);
            Assert.InRange(residual, 0, 5e-6);
            Assert.Equal(
                rows.OrderByDescending(row => row.Probability).Select(row => row.Id),
                rows.Select(row => row.Id));
            Assert.All(rows, row => Assert.Equal(_counts.Count(token, row.Id), row.Count));
            double counted = _counts.FirstCounts[token] > 0 ? 1 : 0;
            Assert.Equal(counted, rows.Sum(row => row.Frequency), 1e-12);
        }
    }

    [Fact]
    public void What_predicts_is_ranked_by_each_order_and_leaves_unseen_inputs_out()
    {
        using DirectPath path = Path;
        var tables = new BigramTables(path, _counts, path.LogSumExp(Seen));
        const int Token = 2;
        double share = _counts.UnigramFrequency(Token);
        (IReadOnlyList<PreviousRow> rows, int leftOut) = tables.Previous(Token, Vocabulary);
        Assert.Equal(Seen.Length, rows.Count);
        Assert.Equal(Vocabulary - Seen.Length, leftOut);
        Assert.True(leftOut > 0, "the sample must have unseen inputs");
        foreach (PreviousRow row in rows)
        {
            double[] logits = Logits(row.Id);
            double probability = Math.Exp(logits[Token]) / logits.Sum(Math.Exp);
            Assert.Equal(probability, row.Probability, 1e-5 * probability);
            Assert.Equal(probability / share, row.Lift!.Value, 1e-5 * probability / share);
            Assert.Equal(logits[Token], row.Logit, 5e-6);
            Assert.Equal(_counts.Lift(row.Id, Token), row.CorpusLift);
        }

        Assert.Equal(
            rows.OrderByDescending(row => row.Lift).Select(row => row.Id),
            rows.Select(row => row.Id));
        IReadOnlyList<PreviousRow> byLogit = tables.Previous(Token, 5, PreviousOrder.Logit).Rows;
        Assert.Equal(
            rows.OrderByDescending(row => row.Logit).Take(5).Select(row => row.Id),
            byLogit.Select(row => row.Id));
        IReadOnlyList<PreviousRow> byProbability =
            tables.Previous(Token, 5, PreviousOrder.Probability).Rows;
        Assert.Equal(rows.Take(5), byProbability);
    }

    [Fact]
    public void Unseen_inputs_are_ranked_when_asked_for()
    {
        using DirectPath path = Path;
        var tables =
            new BigramTables(path, _counts, path.LogSumExp([.. Enumerable.Range(0, Vocabulary)]));
        Assert.Equal(Vocabulary, tables.Previous(2, Vocabulary, unseenInputs: true).Rows.Count);
        Assert.Equal(Seen.Length, tables.Previous(2, Vocabulary).Rows.Count);
    }

    [Fact]
    public void A_token_that_never_occurs_has_no_lift()
    {
        using DirectPath path = Path;
        int never = Enumerable.Range(0, Vocabulary).First(token => _counts.TokenCount(token) == 0);
        BigramTable table = new BigramTables(path, _counts, path.LogSumExp(Seen)).Of(never, 3);
        Assert.All(table.Previous, row =>
            Assert.True(row.Lift is null && row.CorpusLift is null && row.Count == 0));
        Assert.All(table.Next, row => Assert.True(row.Frequency == 0 && row.Probability > 0));
    }

    [Fact]
    public void Json_has_the_documented_shape()
    {
        using DirectPath path = Path;
        BigramTable table = new BigramTables(path, _counts, path.LogSumExp(Seen)).Of(1, 1);
        using var record =
            JsonDocument.Parse(JsonSerializer.Serialize(table, InterpJson.Default.BigramTable));
        Assert.Equal(1, record.RootElement.GetProperty("token").GetInt32());
        Assert.Superset(
            new HashSet<string> { "kind", "title", "unit", "method", "residual", "baseline" },
            Names(record.RootElement).ToHashSet());
    }

    [Fact]
    public void Weights_that_do_not_fit_together_are_refused()
    {
        var error = Assert.Throws<ShapeException>(() => new DirectPath(_embed, _unembed, _bias));
        Assert.Contains(
            "[37, 6] and [37, 6]; transpose one of them?", error.Message, StringComparison.Ordinal);
        using Tensor<float> bias = Tensor.Zeros<float>([5]);
        Assert.Throws<ShapeException>(() => new DirectPath(_embed, _unembed.Transpose(), bias));
        using DirectPath path = Path;
        Assert.Throws<ShapeException>(() => new BigramTables(path, _counts, new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => path.Row(Vocabulary));
    }

    [Fact]
    public void A_model_that_is_the_counts_reaches_the_ceiling()
    {
        // One direction for each token: logits are log counts, so every ranking is the text's.
        using Tensor<float> embed = Tensor.Zeros<float>([Vocabulary, Vocabulary]);
        using Tensor<float> unembed = Tensor.Zeros<float>([Vocabulary, Vocabulary]);
        for (int token = 0; token < Vocabulary; token++)
        {
            embed[token, token] = 1;
            for (int next = 0; next < Vocabulary; next++)
            {
                unembed[token, next] = MathF.Log(_counts.Count(token, next) + 1e-3f);
            }
        }

        using var path = new DirectPath(embed, unembed, null);
        FollowerScore score = FollowerScore.Of(path, _counts, pairs: 60, heads: 10);
        Assert.Equal(60, score.Pairs);
        Assert.InRange(score.CorpusShare, 0.3, 0.999);
        Assert.Equal(score.CorpusShare, score.ModelShare);
        Assert.Equal(10, score.HeadsAgreed);
        using Tensor<float> none = Tensor.Zeros<float>([Vocabulary, Vocabulary]);
        using var ignorant = new DirectPath(none, none, null);
        Assert.InRange(FollowerScore.Of(ignorant, _counts, 60, 10).HeadsAgreed, 0, 6);
    }

    private static string[] Names(JsonElement element) =>
        [.. element.EnumerateObject().Select(member => member.Name)];

    private double[] Logits(int input)
    {
        double[] logits = new double[Vocabulary];
        for (int output = 0; output < Vocabulary; output++)
        {
            logits[output] = _bias[output];
            for (int i = 0; i < _embed.Shape[1]; i++)
            {
                logits[output] += (double)_embed[input, i] * _unembed[output, i];
            }
        }

        return logits;
    }
}
