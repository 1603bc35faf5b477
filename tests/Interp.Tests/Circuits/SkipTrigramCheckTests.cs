using System.Text.Json;
using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>Skip-trigrams tried on the model.</summary>
public class SkipTrigramCheckTests
{
    private const int Vocabulary = PlantedSkipTrigram.Vocabulary;
    private const int End = PlantedSkipTrigram.End;
    private const int Context = PlantedSkipTrigram.Context;

    [Fact]
    public void A_planted_skip_trigram_is_found_counted_and_borne_out_by_the_model()
    {
        using var planted = new PlantedSkipTrigram();
        using HeadCircuits circuits = planted.Circuits();
        SkipTrigramScores[] heads = [new SkipTrigramScores(new Head(0, 0), circuits)];
        int[] stream = PlantedSkipTrigram.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        using Transformer zero = Transformer.Initial(
            TransformerConfig.ZeroLayer(4, Vocabulary), seed: 1);
        SkipTrigramTable table = Assert.Single(
            new SkipTrigramTables(tokens, new SkipTrigramTexts(text, text), planted.Model, zero).Of(
                heads));
        SkipTrigramRow row = table.Rows[0];
        Assert.Equal(
            (PlantedSkipTrigram.Source, PlantedSkipTrigram.Destination, PlantedSkipTrigram.Out),
            (row.Source, row.Destination, row.Out));
        Assert.Equal(text.Count(new SkipTrigram(row.Source, row.Destination, row.Out)), row.Count);
        Assert.Equal(row.Count, row.HeldOut);
        Assert.True(row.Loss < row.LossZero);
        Assert.False(row.Copy || row.Bug);
        Assert.Equal(Vocabulary - tokens.Ids.Length, table.LeftOut);
        Assert.All(table.Rows, other => Assert.Equal(other.Source == other.Out, other.Copy));
        Assert.Contains(table.Rows, other => other.Copy);

        SkipTrigramCheck check = SkipTrigramCheck.Of(planted.Model, heads, tokens, text, count: 1);
        SkipTrigramTrial trial = Assert.Single(check.Trials);
        Assert.Equal(PlantedSkipTrigram.Out, trial.Out);
        Assert.True(trial.Difference > 0.5, $"{trial.Difference}");
        Assert.Equal(trial.With - trial.Without, trial.Difference, 1e-9);
        Assert.Equal(1, check.Positive);
        Assert.Null(trial.Reason);
        SkipTrigramTrial byWeights = Assert.Single(check.WeightTrials);
        Assert.Equal(trial.Difference, byWeights.Difference);
        Assert.Equal(1, check.WeightPositive);
    }

    [Fact]
    public void Both_rankings_are_tried_and_have_a_verdict_each()
    {
        // The destination writes its out token itself, and in the text that is taken off: by the
        // weights 5 … 11 → 17 is the strongest, in the text another is.
        using var planted = new PlantedSkipTrigram();
        AttentionLayer attention = planted.Model.Blocks[0].Attn;
        attention.W_K.Value[0, PlantedSkipTrigram.Destination, 0] = 8;
        attention.W_V.Value[0, PlantedSkipTrigram.Destination, 1] = 8;
        using HeadCircuits circuits = planted.Circuits();
        SkipTrigramScores[] heads = [new SkipTrigramScores(new Head(0, 0), circuits)];
        int[] stream = PlantedSkipTrigram.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        SkipTrigramCheck check = SkipTrigramCheck.Of(planted.Model, heads, tokens, text, count: 1);
        SkipTrigramTrial inText = Assert.Single(check.Trials);
        SkipTrigramTrial byWeights = Assert.Single(check.WeightTrials);
        var trigram = new SkipTrigram(byWeights.Source, byWeights.Destination, byWeights.Out);
        Assert.Equal(PlantedSkipTrigram.Trigram, trigram);
        Assert.Equal(heads[0][trigram].Score, byWeights.Score);
        Assert.Equal(heads[0][trigram].Effect, byWeights.Effect);
        Assert.NotEqual(PlantedSkipTrigram.Destination, inText.Destination);
        Assert.Equal(byWeights.Difference > 0 ? 1 : 0, check.WeightPositive);

        var analysis = new CircuitAnalysis([], null, check, 1, 0, 0);
        Assert.Equal(
            [
                "by score × effect in the text (distances counted) that",
                "by score × effect of the weights alone that",
            ],
            analysis.Findings.Select(finding => finding.Text.ToString()[
                finding.Text.ToString().IndexOf("by score", StringComparison.Ordinal)
                ..(finding.Text.ToString().IndexOf(" that", StringComparison.Ordinal) + 5)]));
        using var json = JsonDocument.Parse(
            JsonSerializer.Serialize(check, InterpJson.Default.SkipTrigramCheck));
        Assert.Equal(1, json.RootElement.GetProperty("weightTrials").GetArrayLength());
        Assert.Equal(
            check.WeightPositive, json.RootElement.GetProperty("weightPositive").GetInt32());
    }

    [Fact]
    public void A_head_that_lowers_what_it_should_raise_is_listed_with_a_reason()
    {
        // Read with its sign, the head raises the token; the model that is tried has the sign
        // turned.
        using var planted = new PlantedSkipTrigram();
        using HeadCircuits circuits = planted.Circuits();
        Ops.Scale(planted.Model.Blocks[0].Attn.W_O.Value, -1,
            into: planted.Model.Blocks[0].Attn.W_O.Value);
        int[] stream = PlantedSkipTrigram.Text();
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        var tokens = TokenSubset.Common(Interp.Bigrams.BigramCounts.Of(stream, End, Vocabulary), 1);
        SkipTrigramCheck check = SkipTrigramCheck.Of(
            planted.Model, [new SkipTrigramScores(new Head(0, 0), circuits)], tokens, text,
            count: 1);
        Assert.Equal(0, check.Positive);
        Assert.True(check.Trials[0].Difference < 0);
        Assert.NotNull(check.Trials[0].Reason);
    }
}
