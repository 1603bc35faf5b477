using Vitrine.Interp.Attribution;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Attribution;

public class LogitAttributionTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void Matches_the_stored_parts_of_logits_and_of_differences(string name)
    {
        using Stored stored = Stored.Open($"analyses/{name}/attribution.safetensors");
        using Stored activations = Stored.Open($"analyses/{name}/activations.safetensors");
        using Transformer model = Transformer.Load(Stored.PathOf($"analyses/{name}"));
        int[][] tokens = activations.Rows("tokens");
        int[][] correct = stored.Rows("correct");
        int[][] incorrect = stored.Rows("incorrect");
        float[] constant = stored.Values("logit_constant");
        float[] parts = stored.Values("logit_attrs.full_resid_decomposition");
        float[] differences = stored.Values("logit_attrs_diff.full_resid_decomposition");
        float[] heads = stored.Values("logit_attrs.stack_head_results");
        int places = tokens.Sum(row => row.Length);
        for (int place = 0; place < places; place++)
        {
            (int b, int i) = (place / tokens[0].Length, place % tokens[0].Length);
            int target = correct[b][i];
            int other = incorrect[b][i];
            var one = LogitAttribution.Of(model, tokens[b], target, position: i);
            var two = LogitAttribution.Of(model, tokens[b], target, other, i);
            Same(parts, place, places, Parts(one));
            Same(differences, place, places, Parts(two));
            Same(heads, place, places, [.. one.Heads.SelectMany(layer => layer)]);
            Assert.Equal(constant[target], one.Biases.Norm + one.Biases.Output, 1e-5);
            Assert.Equal(
                constant[target] - constant[other], two.Biases.Norm + two.Biases.Output, 1e-5);
            Assert.InRange(one.Residual!.Value, 0, 1e-5);
            Assert.InRange(two.Residual!.Value, 0, 1e-5);
        }
    }

    [Theory]
    [InlineData(PositionKind.Rotary, NormKind.LayerNorm)]
    [InlineData(PositionKind.Relative, NormKind.None)]
    [InlineData(PositionKind.Sinusoidal, NormKind.None)]
    [InlineData(PositionKind.Shortformer, NormKind.LayerNorm)]
    [InlineData(PositionKind.Alibi, NormKind.LayerNorm)]
    public void Parts_and_sources_sum(PositionKind positions, NormKind norm)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(3, 2, 16, 8, 40, 12, positions)
            with { Norm = norm };
        config = config.WithAttention(heads => heads with { Biases = true });
        using var model = Transformer.Initial(config, seed: 3, standardDeviation: 0.5f);
        foreach (Autograd.Parameter weight in model.Parameters.Where(
            weight => weight.Value.Rank == 1))
        {
            Ops.RandomNormal(weight.Value, 9);
        }

        int[] tokens = [3, 17, 5, 17, 39, 0, 8];
        var split = LogitAttribution.Of(model, tokens, answer: 6, versus: 2, position: 5);
        Assert.Equal(tokens[..6], split.Tokens);
        Assert.Equal(
            split.Total,
            split.Embed + (split.Positions ?? 0) + split.Bias + split.Attn.Sum() + split.Mlp.Sum(),
            2e-5);
        Assert.Equal(
            split.Bias, split.Biases.Attention + split.Biases.Norm + split.Biases.Output, 1e-12);
        Assert.Equal(positions == PositionKind.Sinusoidal, split.Positions is not null);
        for (int layer = 0; layer < 3; layer++)
        {
            Assert.Equal(split.Attn[layer], split.Heads[layer].Sum(), 1e-12);
            for (int head = 0; head < 2; head++)
            {
                double[] sources = split.Sources[$"{layer}.{head}"];
                Assert.Equal(6, sources.Length);
                Assert.Equal(split.Heads[layer][head], sources.Sum(), 1e-12);
                Assert.True(sources.Max(Math.Abs) > 1e-4);
            }
        }

        Assert.Equal(
            Logits(model, tokens[..6], 6) - Logits(model, tokens[..6], 2), split.Total, 1e-5);
        Assert.Equal(norm == NormKind.None ? "none" : "frozen", split.Norm);
        Assert.Contains("residual", split.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_answer_it_is_the_likeliest_token()
    {
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/F"));
        int[] tokens = [5, 9, 33, 12, 40, 5, 9, 33];
        var split = LogitAttribution.Of(model, tokens);
        Assert.Equal(12, split.Target);
        using var tape = Autograd.Tape.NoGrad();
        using Tensor<int> batch = Tensor.From<int>(tokens, [1, 8]);
        using Tensor<int> targets = Tensor.Full([1, 8], 12);
        Assert.Equal(
            model.Losses(tape, batch, targets).Value[7], -Math.Log(split.Probability), 1e-5);
        Assert.Null(split.VersusProbability);
        // What an induction head copies comes from the token itself.
        double[] sources =
            split.Sources[$"1.{Array.IndexOf(split.Heads[1], split.Heads[1].Max())}"];
        Assert.Equal(3, Array.IndexOf(sources, sources.Max()));
    }

    [Fact]
    public void A_model_without_layers_is_all_direct_path()
    {
        using var model = Transformer.Initial(TransformerConfig.ZeroLayer(8, 30), seed: 2, 0.5f);
        var split = LogitAttribution.Of(model, [4, 7], answer: 3);
        Assert.Empty(split.Heads);
        Assert.Equal(split.Total, split.Embed + split.Bias, 1e-5);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var model = Transformer.Initial(TransformerConfig.ZeroLayer(8, 30), seed: 2);
        Assert.Throws<ArgumentException>(() => LogitAttribution.Of(model, []));
        var position = Assert.Throws<ArgumentOutOfRangeException>(
            () => LogitAttribution.Of(model, [1, 2], position: 2));
        Assert.Contains("0 … 1; got 2", position.Message, StringComparison.Ordinal);
        var token = Assert.Throws<ArgumentOutOfRangeException>(
            () => LogitAttribution.Of(model, [1], answer: 30));
        Assert.Contains("0 … 29; got 30", token.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => LogitAttribution.Of(model, [1], 1, versus: -1));
    }

    private static double Logits(Transformer model, int[] tokens, int token)
    {
        using var tape = Autograd.Tape.NoGrad();
        using Tensor<int> batch = Tensor.From<int>(tokens, [1, tokens.Length]);
        return model.Forward(tape, batch).Value[0, tokens.Length - 1, token];
    }

    // In the order of the stored stack: heads, embedding, positions, output biases of the layers.
    private static double[] Parts(LogitAttribution split) =>
    [
        .. split.Heads.SelectMany(layer => layer), split.Embed,
        .. split.Positions is { } positions ? new[] { positions } : [], split.Biases.Attention,
    ];

    private static void Same(float[] stored, int place, int places, double[] parts)
    {
        Assert.Equal(stored.Length, parts.Length * places);
        double largest = stored.Max(Math.Abs);
        for (int part = 0; part < parts.Length; part++)
        {
            Assert.Equal(stored[(part * places) + place], parts[part], 1e-5 * largest);
        }
    }
}
