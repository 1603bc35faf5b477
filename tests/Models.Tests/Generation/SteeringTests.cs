using Vitrine.Autograd;
using Vitrine.Models.Generation;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Generation;

public class SteeringTests
{
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9];
    private static readonly int[] Plus = [2, 7];
    private static readonly int[] Minus = [6, 8];

    [Fact]
    public void A_factor_of_1_changes_no_bit()
    {
        using Transformer model = Random();
        Assert.Equal(
            Logits(model, null),
            Logits(model, new Steering(model).Scale(0, 1, 1).Scale(layer: 1, factor: 1).HooksAt()));
    }

    [Fact]
    public void A_factor_of_0_ablates_the_head_and_others_multiply_its_z()
    {
        using Transformer model = Random();
        float[] without = Logits(model, new Hooks().Replace(HookNames.Z(1), (_, z) =>
        {
            Tensor<float> other = z.Clone();
            other.Select(2, 0).Fill(0);
            return other;
        }));
        Assert.Equal(without, Logits(model, new Steering(model).Scale(1, 0, 0).HooksAt()));
        Assert.NotEqual(without, Logits(model, null));

        float[] whole = Z(model, null);
        float[] scaled = Z(model, new Steering(model).Scale(1, 1, -2).Scale(1, 1, 0.75f));
        Assert.Equal(
            whole.Select((z, i) => i / 4 % 2 == 1 ? -1.5f * z : z).ToArray(), scaled);
    }

    [Fact]
    public void A_layer_is_all_of_its_heads()
    {
        using Transformer model = Random();
        Assert.Equal(
            Logits(model, new Steering(model).Scale(1, 0, 0.5f).Scale(1, 1, 0.5f).HooksAt()),
            Logits(model, new Steering(model).Scale(layer: 1, factor: 0.5f).HooksAt()));
    }

    [Fact]
    public void Added_activations_are_the_difference_of_two_prompts_times_the_coefficient()
    {
        using Transformer model = Random();
        float[] before = Stream(model, Prompt, null);
        float[] after = Stream(
            model, Prompt, new Steering(model).Add(1, 2.5f, Plus, Minus).HooksAt());
        float[] plus = Stream(model, Plus, null);
        float[] minus = Stream(model, Minus, null);
        for (int i = 0; i < before.Length; i++)
        {
            double added = i < plus.Length ? 2.5 * ((double)plus[i] - minus[i]) : 0;
            Assert.Equal(before[i] + added, after[i], 1e-5);
        }

        float[] alone = Stream(model, Prompt, new Steering(model).Add(1, 1, Plus).HooksAt());
        Assert.Equal(before[5] + (double)plus[5], alone[5], 1e-5);
    }

    [Fact]
    public void Adding_and_then_subtracting_changes_no_bit()
    {
        using Transformer model = Random();
        Steering steering = new Steering(model)
            .Add(1, 3, [2, 7, 5], [6, 8, 9]).Add(1, 0.3f, Plus).Add(1, -3, [2, 7, 5], [6, 8, 9])
            .Add(1, -0.3f, Plus);
        Steering simple = new Steering(model).Add(0, 3, Plus).Add(0, -3, Plus);
        Assert.Equal(Logits(model, null), Logits(model, simple.HooksAt()));
        float[] left = Stream(model, Prompt, steering.HooksAt());
        Assert.All(
            left.Zip(Stream(model, Prompt, null)),
            pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        using Tensor<float> vectors = Tensor.Full([2, 12], 0.7f);
        Assert.NotEqual(
            Logits(model, null), Logits(model, new Steering(model).Add(0, vectors).HooksAt()));
    }

    /// <summary>The prompt is read at once or in pieces; what is added reaches the positions that
    /// it is for, whichever step computes them.</summary>
    [Theory]
    [InlineData(PositionKind.Learned)]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Relative)]
    [InlineData(PositionKind.Shortformer)]
    public void Kept_keys_give_the_tokens_and_logits_of_whole_passes(PositionKind positions)
    {
        using Transformer model = Random(positions);
        Steering steering =
            new Steering(model).Scale(0, 1, 0.5f).Add(1, 4, [2, 7, 5, 5], [6, 8, 9, 9]);
        using var generator = new TextGenerator(model, capacity: 12, steering);
        int[] read = Prompt;
        foreach (int token in generator.Continue(Prompt, 6, SamplingOptions.Greedy))
        {
            float[] whole = Logits(model, steering.HooksAt(), read);
            Assert.Equal(Array.IndexOf(whole, whole.Max()), token);
            Assert.All(
                whole.Zip(generator.Logits.ToArray()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            read = [.. read, token];
        }

        using var pieces = new TextGenerator(model, capacity: 12, steering);
        pieces.Read(Prompt.AsSpan(0, 3));
        Assert.All(
            pieces.Read(Prompt.AsSpan(3)).Zip(Logits(model, steering.HooksAt())),
            pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public void Gradients_pass_what_is_scaled_and_added()
    {
        using Transformer model = Random();
        Tensor<float>? gradient = null;
        Hooks hooks = new Steering(model).Scale(1, 0, 0).Add(1, 4, Plus, Minus).HooksAt()
            .OnGradient(HookNames.ResidPost(0), (_, dX) => gradient = dX.Clone());
        using Tape tape = Tape.ForActivations();
        using Tensor<int> tokens = model.Batch(Prompt);
        tape.Backward(tape.Sum(model.Forward(tape, tokens, hooks)));
        Assert.Contains(gradient!.ToArray(), value => value != 0);
        gradient.Dispose();
    }

    [Fact]
    public void What_cannot_be_steered_is_refused()
    {
        using Transformer model = Random();
        var steering = new Steering(model);
        Assert.Contains("heads 0 … 1; got 2", Refused(() => steering.Scale(0, 2, 1)));
        Assert.Contains("layers are 0 … 1; got 2", Refused(() => steering.Scale(layer: 2, 0f)));
        Assert.Contains("finite", Refused(() => steering.Scale(0, 0, float.NaN)));
        Assert.Contains("got -1", Refused(() => steering.Add(-1, 1, Plus)));
        Assert.Contains("got 2 and 1", Refused(() => steering.Add(0, 1, Plus, [1])));
        Assert.Contains("got 0 and 0", Refused(() => steering.Add(0, 1, [])));
        using Tensor<float> wrong = Tensor.Zeros<float>([2, 11]);
        Assert.Contains("[pos, 12]", Assert.Throws<ShapeException>(
            () => steering.Add(0, wrong)).Message, StringComparison.Ordinal);

        static string Refused(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;
    }

    private static Transformer Random(PositionKind positions = PositionKind.Learned)
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

    private static float[] Logits(Transformer model, Hooks? hooks, int[]? read = null)
    {
        using Tape tape = Tape.NoGrad();
        using Tensor<int> tokens = model.Batch(read ?? Prompt);
        return model.Forward(tape, tokens, hooks).Value.Slice(1, tokens.Shape[1] - 1, 1).ToArray();
    }

    private static float[] Stream(Transformer model, int[] read, Hooks? hooks)
    {
        using Tensor<int> tokens = model.Batch(read);
        using ActivationCache cache =
            model.RunWithCache(tokens, hooks ?? new Hooks(), HookNames.ResidPre(1));
        return cache[HookNames.ResidPre(1)].ToArray();
    }

    private static float[] Z(Transformer model, Steering? steering)
    {
        using Tensor<int> tokens = model.Batch(Prompt);
        using ActivationCache cache = model.RunWithCache(
            tokens, steering?.HooksAt() ?? new Hooks(), HookNames.Z(1));
        return cache[HookNames.Z(1)].ToArray();
    }
}
