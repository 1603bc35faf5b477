using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Attention;

public class PassageAttentionTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void Patterns_scores_and_predictions_are_the_stored_ones(string name)
    {
        using Stored stored = Stored.Open($"analyses/{name}/activations.safetensors");
        using Transformer model = Transformer.Load(Stored.PathOf($"analyses/{name}"));
        int[] tokens = stored.Rows("tokens")[1];
        var passage = PassageAttention.Of(model, tokens, top: 3);
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            using Tensor<float> patterns = stored.Tensor(HookNames.Pattern(layer));
            using Tensor<float> scores = stored.Tensor(HookNames.AttnScores(layer));
            Stored.Near(patterns.Select(0, 1).ToArray(), passage.Layers[layer].Weight);
            Stored.Near(
                [.. scores.Select(0, 1).ToArray().Where(float.IsFinite)],
                [.. passage.Scores[layer].Where(float.IsFinite)]);
        }

        using Tensor<float> logits = stored.Tensor("logits");
        using Tensor<float> logProbabilities = stored.Tensor("log_probs");
        for (int i = 0; i < tokens.Length; i++)
        {
            float[] row = logits.Select(0, 1).Select(0, i).ToArray();
            int[] best =
                [.. Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).Take(3)];
            Assert.Equal(best, passage.Predictions[i].Top.Select(token => token.Id));
            Assert.Equal(
                logProbabilities[1, i, best[0]],
                Math.Log(passage.Predictions[i].Top[0].Probability), 1e-4);
        }

        Assert.InRange(passage.RowSumError, 0, 1e-6);
        Assert.InRange(passage.Residual!.Value, 0, 1e-6);
        Assert.Equal(name == "C", passage.Layers[0].WithNorm is not null);
    }

    [Fact]
    public void The_next_norm_is_that_of_the_next_layer_and_then_the_final_one()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/C"));
        int[] tokens = [3, 8, 3, 60, 11];
        var before = PassageAttention.Of(model, tokens);
        Ops.Scale(model.Blocks[1].Ln1!.W!.Value, 2, into: model.Blocks[1].Ln1!.W!.Value);
        var after = PassageAttention.Of(model, tokens);
        Stored.Near([.. before.Layers[0].WithNorm!.Select(x => 2 * x)], after.Layers[0].WithNorm!);
        Ops.Scale(model.LnFinal!.W!.Value, 3, into: model.LnFinal!.W!.Value);
        var last = PassageAttention.Of(model, tokens);
        Stored.Near([.. after.Layers[1].WithNorm!.Select(x => 3 * x)], last.Layers[1].WithNorm!);
        Stored.Near(after.Layers[0].WithNorm!, last.Layers[0].WithNorm!);
    }

    [Fact]
    public void Many_positions_are_predicted_in_parts_and_maps_are_chosen_by_head()
    {
        using var model = Transformer.Initial(
            TransformerConfig.AttentionOnly(2, 3, 12, 4, 30, 200, PositionKind.Alibi), seed: 4,
            0.5f);
        int[] tokens = [.. Enumerable.Range(0, 150).Select(i => i * i % 30)];
        var passage = PassageAttention.Of(model, tokens, top: 1);
        Assert.Equal(Enumerable.Range(0, 150), passage.Predictions.Select(one => one.Position));
        // Causality: a shorter passage predicts the same.
        var shorter = PassageAttention.Of(model, tokens.AsSpan(0, 100), top: 1);
        Assert.Equal(shorter.Predictions[99].Top[0].Id, passage.Predictions[99].Top[0].Id);
        Assert.Equal(
            shorter.Predictions[99].Top[0].Logit, passage.Predictions[99].Top[0].Logit, 1e-4);
        using Tensor<int> inputs = Tensor.From<int>(tokens.AsSpan(0, 149), [1, 149]);
        using Tensor<int> targets = Tensor.From<int>(tokens.AsSpan(1), [1, 149]);
        using Tape tape = Tape.NoGrad();
        float[] losses = model.Losses(tape, inputs, targets).Value.ToArray();
        Assert.Null(passage.Predictions[149].Loss);
        Assert.All(losses, (loss, i) =>
            Assert.Equal(loss, passage.Predictions[i].Loss!.Value, 1e-4));
        int square = 150 * 150;
        Assert.Equal(
            passage.Layers[1].Weighted[(2 * square)..],
            passage.Map(new Head(1, 2), AttentionMeasure.Weighted));
        Assert.Null(passage.Mixing(0, AttentionMeasure.Weight));
        Assert.Equal(150, passage.Mixing(0, AttentionMeasure.Residual)!.Length);
        Assert.Throws<InvalidOperationException>(
            () => passage.Map(new Head(0, 0), AttentionMeasure.Norm));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => passage.Map(new Head(0, 3), AttentionMeasure.Weight));
    }

    [Fact]
    public void A_model_without_layers_and_an_empty_or_too_long_passage_are_refused()
    {
        using var zero = Transformer.Initial(TransformerConfig.ZeroLayer(4, 9), seed: 1);
        Assert.Throws<ArgumentException>(() => PassageAttention.Of(zero, [1]));
        using var model = Transformer.Initial(
            TransformerConfig.AttentionOnly(1, 1, 4, 4, 9, 3, PositionKind.Learned), seed: 1);
        Assert.Throws<ArgumentException>(() => PassageAttention.Of(model, []));
        var error = Assert.Throws<ArgumentException>(
            () => PassageAttention.Of(model, [1, 2, 3, 4]));
        Assert.Contains("context", error.Message, StringComparison.Ordinal);
    }
}
