using Vitrine.Autograd;
using Vitrine.Models.Generation;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Generation;

public class TextGeneratorTests
{
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9];

    [Theory]
    [InlineData(PositionKind.None)]
    [InlineData(PositionKind.Learned)]
    [InlineData(PositionKind.Sinusoidal)]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Alibi)]
    [InlineData(PositionKind.Relative)]
    [InlineData(PositionKind.Shortformer)]
    public void Logits_with_kept_keys_are_those_of_a_whole_pass(PositionKind positions)
    {
        using Transformer model = Random(positions);
        using var generator = new TextGenerator(model, capacity: 12);
        float[] logits = generator.Read(Prompt);
        int[] read = Prompt;
        for (int i = 0; i < 5; i++)
        {
            float[] whole = Whole(model, read);
            for (int v = 0; v < whole.Length; v++)
            {
                Assert.Equal(whole[v], logits[v], 1e-4f);
            }

            int next = TextGenerator.Choose(logits, SamplingOptions.Greedy, u: 0);
            read = [.. read, next];
            logits = generator.Read(next);
            Assert.Equal(read.Length, generator.Length);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void No_token_is_chosen_where_a_logit_is_no_number(float logit)
    {
        foreach (float temperature in (float[])[0, 1])
        {
            Assert.Contains("no token can be chosen", Assert.Throws<ArgumentException>(
                () => TextGenerator.Choose(
                    [1, logit, 2], new SamplingOptions { Temperature = temperature }, 0.5)).Message);
        }
    }

    [Fact]
    public void Greedy_takes_the_likeliest_token_of_whole_passes()
    {
        using Transformer model = Random(PositionKind.Relative);
        using var generator = new TextGenerator(model, capacity: 12);
        int[] chosen = [.. generator.Continue(Prompt, 7, SamplingOptions.Greedy)];
        int[] read = Prompt;
        foreach (int token in chosen)
        {
            float[] logits = Whole(model, read);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), token);
            read = [.. read, token];
        }

        Assert.Equal(12, generator.Length);
    }

    [Fact]
    public void A_model_without_layers_continues_a_token()
    {
        using Transformer model = Transformer.Initial(TransformerConfig.ZeroLayer(4, 20), 1, 1);
        using var generator = new TextGenerator(model, capacity: 3);
        int next = generator.Continue([7], 1, SamplingOptions.Greedy).Single();
        float[] logits = Whole(model, [7]);
        Assert.Equal(Array.IndexOf(logits, logits.Max()), next);
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens_and_another_does_not()
    {
        var options = new SamplingOptions { Temperature = 3, Seed = 1 };
        Assert.Equal(Drawn(options), Drawn(options));
        Assert.NotEqual(Drawn(options), Drawn(options with { Seed = 2 }));
        Assert.Equal(Drawn(options with { TopK = 1 }), Drawn(SamplingOptions.Greedy));

        static int[] Drawn(SamplingOptions options)
        {
            using Transformer model = Random(PositionKind.Learned);
            using var generator = new TextGenerator(model, capacity: 16);
            return [.. generator.Continue(Prompt, 10, options)];
        }
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_their_probability_says()
    {
        float[] logits = [0, MathF.Log(3), -50, MathF.Log(4)];
        Assert.Equal([0.125, 0.375, 0, 0.5], Shares(new SamplingOptions { Temperature = 1 }), Near);
        Assert.Equal(
            [0, 3 / 7.0, 0, 4 / 7.0], Shares(new SamplingOptions { Temperature = 1, TopK = 2 }),
            Near);
        Assert.Equal(
            [1 / 26.0, 9 / 26.0, 0, 16 / 26.0], Shares(new SamplingOptions { Temperature = 0.5f }),
            Near);

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-3;

        double[] Shares(SamplingOptions options)
        {
            const int Draws = 10_000;
            var counts = new double[4];
            for (int i = 0; i < Draws; i++)
            {
                counts[TextGenerator.Choose(logits, options, (i + 0.5) / Draws)] += 1.0 / Draws;
            }

            return counts;
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_read()
    {
        using Transformer model = Random(PositionKind.Learned);
        Assert.Contains("context is 16", Assert.Throws<ArgumentOutOfRangeException>(
            () => new TextGenerator(model, 17)).Message, StringComparison.Ordinal);
        using var generator = new TextGenerator(model, capacity: 8);
        Assert.Throws<ArgumentException>(
            () => generator.Continue(Prompt, 4, SamplingOptions.Greedy));
        Assert.Throws<ArgumentException>(() => generator.Continue([], 1, SamplingOptions.Greedy));
        Assert.Throws<ArgumentException>(() => generator.Read(20));
        Assert.Equal(0, generator.Length);
        Assert.Equal(3, generator.Continue(Prompt, 3, SamplingOptions.Greedy).Count());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new SamplingOptions { Temperature = -1 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new SamplingOptions { TopK = -1 }.Validate());
    }

    [Fact]
    public void Kept_keys_and_values_refuse_what_they_cannot_hold()
    {
        using Transformer model = Random(PositionKind.Rotary);
        using var kept = new KeyValueCache(model.Config, capacity: 4);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4, 5], [1, 5]);
        using (var tape = new Tape())
        {
            Var some = model.Embedded(tape, tokens.Slice(1, 0, 3));
            Assert.Contains("get no gradient", Assert.Throws<InvalidOperationException>(
                () => model.Through(tape, some, 0, 2, at: new(0, kept))).Message);
        }

        using Tape noGrad = Tape.NoGrad();
        Var all = model.Embedded(noGrad, tokens);
        Assert.Contains("room for 4 more", Assert.Throws<ArgumentOutOfRangeException>(
            () => model.Through(noGrad, all, 0, 2, at: new(0, kept))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => kept.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => kept.Advance(5));
        Assert.Equal(0, kept.Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(12)]
    [InlineData(int.MaxValue)]
    public void Positions_outside_the_context_are_refused(int first)
    {
        using Transformer model = Random(PositionKind.Rotary);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4, 5], [1, 5]);
        using Tape tape = Tape.NoGrad();
        Assert.Contains("context of 16", Assert.Throws<ArgumentException>(
            () => model.Embedded(tape, tokens, first: first)).Message);
    }

    private static Transformer Random(PositionKind positions)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 12, dHead: 4, vocabulary: 20, context: 16, positions) with
        {
            Norm = NormKind.LayerNorm,
        };
        return Transformer.Initial(
            config, seed: 2, standardDeviation: 0.8f,
            name => name.Contains("rel_pos", StringComparison.Ordinal) ? 1 : null);
    }

    private static float[] Whole(Transformer model, int[] tokens)
    {
        using var tape = Tape.NoGrad();
        using Tensor<int> ids = Tensor.From<int>(tokens, [1, tokens.Length]);
        return model.Forward(tape, ids).Value.Slice(1, tokens.Length - 1, 1).ToArray();
    }
}
