using Vitrine.Interp.Heads;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Heads;

public class DetectionPatternTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void Matches_TransformerLens_head_detector(string model)
    {
        using Stored stored = Stored.Open($"analyses/{model}/heads.safetensors");
        using Stored activations = Stored.Open($"analyses/{model}/activations.safetensors");
        int[][] tokens = activations.Rows("tokens");
        foreach ((string name, Func<int[], DetectionPattern> make) in Kinds)
        {
            DetectionPattern[] patterns = [.. tokens.Select(make)];
            Stored.Near(stored.Values($"{name}.detection_pattern"),
                [.. patterns.SelectMany(Dense)]);
            Check("mul", (d, p) => d.Share(p));
            Check("mul.excluding", (d, p) => d.Share(p, excluding: true));
            Check("abs", (d, p) => d.Likeness(p));
            Check("abs.excluding", (d, p) => d.Likeness(p, excluding: true));

            void Check(string measure, Func<DetectionPattern, float[], double> score) =>
                Stored.Near(
                stored.Values($"{name}.{measure}"),
                from b in Enumerable.Range(0, tokens.Length)
                from matrix in Patterns(activations, b)
                select score(patterns[b], matrix));
        }

        // The mean of the diagonal below the main one, over the batch.
        double[][] means =
            [.. Enumerable.Range(0, tokens.Length).Select(b => Patterns(activations, b)
            .Select(matrix =>
            DetectionPattern.PreviousToken(tokens[b]).MeanAttention(matrix)).ToArray())];
        Stored.Near(
            stored.Values("previous_token.stripe"),
            Enumerable.Range(0, means[0].Length).Select(head => means.Average(row => row[head])));
    }

    [Fact]
    public void Keys_are_those_of_the_definition()
    {
        int[] tokens = [7, 3, 3, 7, 3, 9];
        Assert.Equal([[], [0], [1], [2], [3], [4]], Keys(DetectionPattern.PreviousToken(tokens)));
        Assert.Equal([[], [1], [2], [3], [4], [5]], Keys(DetectionPattern.CurrentToken(tokens)));
        Assert.Equal([[], [0], [0], [0], [0], [0]], Keys(DetectionPattern.FirstToken(tokens)));
        Assert.Equal([[], [], [1], [0], [1, 2], []], Keys(DetectionPattern.DuplicateToken(tokens)));
        Assert.Equal([[], [], [2], [1], [2, 3], []], Keys(DetectionPattern.Induction(tokens)));
        Assert.Equal([[], [], [2], [1], [3], []], Keys(DetectionPattern.LatestInduction(tokens)));
    }

    [Fact]
    public void Uniform_attention_scores_what_is_said()
    {
        int[] tokens = [7, 3, 3, 7, 3, 9];
        float[] uniform = new float[36];
        for (int i = 0; i < 6; i++)
        {
            uniform.AsSpan(i * 6, i + 1).Fill(1f / (i + 1));
        }

        foreach (DetectionPattern pattern in Kinds.Select(kind => kind.Make(tokens)))
        {
            Assert.Equal(pattern.UniformAttention, pattern.MeanAttention(uniform), 1e-7);
        }
    }

    [Fact]
    public void A_text_without_a_key_and_a_pattern_of_another_length_are_refused()
    {
        DetectionPattern none = DetectionPattern.DuplicateToken([1, 2, 3]);
        Assert.Equal(0, none.Queries);
        Assert.Throws<InvalidOperationException>(() => none.MeanAttention(new float[9]));
        var error = Assert.Throws<ShapeException>(() => none.Share(new float[4]));
        Assert.Contains("[3, 3]", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<(string Name, Func<int[], DetectionPattern> Make)> Kinds { get; } =
    [
        ("previous_token_head", tokens => DetectionPattern.PreviousToken(tokens)),
        ("duplicate_token_head", tokens => DetectionPattern.DuplicateToken(tokens)),
        ("induction_head", tokens => DetectionPattern.Induction(tokens)),
    ];

    private static int[][] Keys(DetectionPattern pattern) =>
        [.. Enumerable.Range(0, pattern.Positions).Select(i => pattern.Keys(i).ToArray())];

    private static float[] Dense(DetectionPattern pattern)
    {
        int n = pattern.Positions;
        float[] dense = new float[n * n];
        for (int i = 0; i < n; i++)
        {
            foreach (int j in pattern.Keys(i))
            {
                dense[(i * n) + j] = 1;
            }
        }

        return dense;
    }

    /// <summary>The patterns of a sequence, by layer and head.</summary>
    private static IEnumerable<float[]> Patterns(Stored activations, int sequence)
    {
        for (int layer = 0; activations.Has($"blocks.{layer}.attn.hook_pattern"); layer++)
        {
            using Tensor<float> all = activations.Tensor($"blocks.{layer}.attn.hook_pattern");
            for (int head = 0; head < all.Shape[1]; head++)
            {
                yield return all.Select(0, sequence).Select(0, head).ToArray();
            }
        }
    }
}
