using Vitrine.Autograd;
using Vitrine.Interp.Attribution;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Attribution;

public class PathExpansionTests
{
    [Fact]
    public void Matches_the_stored_terms()
    {
        using Stored stored = Stored.Open("analyses/B/paths.safetensors");
        using Stored activations = Stored.Open("analyses/B/activations.safetensors");
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/B"));
        using Tensor<int> tokens = activations.Integers("tokens");
        using var terms = PathTerms.Of(model, tokens);
        Stored.Near(stored.Values("direct"), Logits(terms, terms.Direct));
        Stored.Near(stored.Values("heads_layer0"), Logits(terms, terms.Heads(0).Transpose(0, 1)));
        Stored.Near(stored.Values("heads_layer1"), Logits(terms, terms.Heads(1).Transpose(0, 1)));
        var virtualHeads = new List<float>();
        for (int h = 0; h < 4; h++)
        {
            using Tensor<float> pairs = terms.Pairs(new Head(0, h), 1);
            virtualHeads.AddRange(Logits(terms, pairs.Transpose(0, 1)));
        }

        Stored.Near(stored.Values("virtual_heads"), virtualHeads.ToArray());
        float[] bias = Logits(terms, terms.Bias.Reshape(1, -1));
        float[] outputBias = model.Unembed.B_U.Value.ToArray();
        Stored.Near(stored.Values("bias"), [.. bias.Zip(outputBias, (a, b) => a + b)]);
        using Tensor<float> patterns = stored.Tensor("virtual_patterns");
        for (int h = 0; h < 4; h++)
        {
            for (int g = 0; g < 4; g++)
            {
                using Tensor<float> composed = terms.VirtualPattern(new Head(0, h), new Head(1, g));
                Stored.Near(patterns.Select(1, h).Select(1, g).ToArray(), composed.ToArray());
            }
        }
    }

    [Fact]
    public void Orders_add_up_to_the_model_and_their_losses_to_its_loss()
    {
        using Transformer model = ThreeLayers();
        int[][] rows = [[3, 9, 14, 3, 9, 2], [7, 7, 1, 0, 5, 11]];
        var paths = PathExpansion.Of(model, rows);
        Assert.InRange(paths.Residual!.Value, 0, 1e-5);
        Assert.Equal(
            ["uniform", "biases", "direct path", "heads", "pairs of heads", "chains of 3 heads"],
            paths.Orders.Select(row => row.Name));
        Assert.Equal([0, 0, 1, 6, 12, 8], paths.Orders.Select(row => row.Terms));
        Assert.Equal(1, paths.Orders[^1].Loss / Loss(model, rows), 1e-6);
        Assert.Equal(Math.Log(15), paths.Orders[0].Loss, 1e-12);
        Assert.Equal(
            paths.Orders[0].Loss - paths.Orders[^1].Loss, paths.Orders.Sum(row => row.Gain), 1e-12);
        Assert.Equal(10, paths.Tokens);
        // 1 direct, 6 heads, and 2 · 2 pairs for each of three pairs of layers.
        Assert.Equal(1 + 6 + 12, paths.Terms.Count);
        Assert.True(paths.Orders[^1].Gain != 0);
    }

    [Fact]
    public void Effects_of_all_terms_and_the_longer_chains_are_the_lift_of_the_right_token()
    {
        // Two layers have no longer chains: the effects and the biases' are the whole lift.
        using Transformer model = Transformer.Load(Stored.PathOf("analyses/B"));
        int[][] rows = [[3, 9, 14, 3, 9, 2]];
        var paths = PathExpansion.Of(model, rows);
        using Tensor<int> tokens = Tensor.From<int>(rows[0].AsSpan(0, 5), [1, 5]);
        using Tape tape = Tape.NoGrad();
        float[] logits = model.Forward(tape, tokens).Value.ToArray();
        using var terms = PathTerms.Of(model, tokens);
        float[] outputBias = model.Unembed.B_U.Value.ToArray();
        float[] bias =
            [.. Logits(terms, terms.Bias.Reshape(1, -1)).Zip(outputBias, (a, b) => a + b)];
        double lift = 0;
        for (int i = 0; i < 5; i++)
        {
            Span<float> row = logits.AsSpan(i * 61, 61);
            lift += (row[rows[0][i + 1]] - Mean(row) - bias[rows[0][i + 1]] + Mean(bias)) / 5;
        }

        Assert.Equal(lift, paths.Terms.Sum(term => term.Effect), 1e-5);

        static double Mean(ReadOnlySpan<float> values)
        {
            double sum = 0;
            foreach (float value in values)
            {
                sum += value;
            }

            return sum / values.Length;
        }
    }

    [Fact]
    public void Batches_do_not_show()
    {
        using Transformer model = ThreeLayers();
        int[][] rows =
            [.. Enumerable.Range(0, 700).Select(r => new[] { r % 15, r * 7 % 15, 3, r / 15 % 15 })];
        var paths = PathExpansion.Of(model, rows);
        Assert.Equal(2100, paths.Tokens);
        Assert.Equal(Loss(model, rows), paths.Orders[^1].Loss, 1e-5);
    }

    [Fact]
    public void A_model_with_norms_is_refused_and_so_are_heads_out_of_order()
    {
        using Transformer normed = Transformer.Load(Stored.PathOf("analyses/C"));
        var error = Assert.Throws<InvalidOperationException>(
            () => PathExpansion.Of(normed, [[1, 2, 3]]));
        Assert.Contains("LayerNorm", error.Message, StringComparison.Ordinal);
        using var zero = Transformer.Initial(TransformerConfig.ZeroLayer(4, 9), seed: 1);
        Assert.Throws<InvalidOperationException>(() => PathExpansion.Of(zero, [[1, 2, 3]]));
        using Transformer model = ThreeLayers();
        Assert.Throws<ArgumentException>(() => PathExpansion.Of(model, [[1, 2], [1, 2, 3]]));
        Assert.Throws<ArgumentException>(() => PathExpansion.Of(model, [[1]]));
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3], [1, 3]);
        using var terms = PathTerms.Of(model, tokens);
        Assert.Throws<ArgumentException>(() => terms.Pairs(new Head(1, 0), 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => terms.VirtualPattern(new Head(0, 5), new Head(1, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => terms.Heads(3));
    }

    private static Transformer ThreeLayers()
    {
        TransformerConfig config =
            TransformerConfig.AttentionOnly(3, 2, 12, 4, 15, 8, PositionKind.Learned)
                .WithAttention(heads => heads with { Biases = true });
        var model = Transformer.Initial(config, seed: 5, standardDeviation: 0.4f);
        foreach (Parameter weight in model.Parameters)
        {
            Ops.RandomNormal(
                weight.Value.IsContiguous ? weight.Value : weight.Value.Transpose(), 7, 1, 0, 0.4f);
        }

        return model;
    }

    private static float[] Logits(PathTerms terms, Tensor<float> term)
    {
        using Tensor<float> logits = terms.Logits(term);
        return logits.ToArray();
    }

    private static double Loss(Transformer model, int[][] rows)
    {
        using Tape tape = Tape.NoGrad();
        int n = rows[0].Length - 1;
        using Tensor<int> tokens =
            Tensor.From<int>([.. rows.SelectMany(row => row[..^1])], [rows.Length, n]);
        using Tensor<int> targets =
            Tensor.From<int>([.. rows.SelectMany(row => row[1..])], [rows.Length, n]);
        return model.Losses(tape, tokens, targets).Value.ToArray().Average();
    }
}
