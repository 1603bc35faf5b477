using Vitrine.Autograd;
using Vitrine.Models.Generation;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests;

/// <summary>What docs/architecture.md says that threads may share: they get the bits that one gets
/// alone.</summary>
public class SharedTests
{
    private const int Threads = 4;
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9];

    [Theory]
    [InlineData(PositionKind.Rotary)]
    [InlineData(PositionKind.Relative)]
    [InlineData(PositionKind.Alibi)]
    public void One_model_runs_passes_generates_and_is_differentiated_by_its_activations(
        PositionKind positions)
    {
        using Transformer model = Random(positions);
        Steering steering = new Steering(model).Scale(1, 0, 0.5f).Add(1, 2, [2, 7], [6, 8]);
        Hooks shared = steering.HooksAt();
        Alike(() =>
        {
            using Tape tape = Tape.NoGrad();
            using Tensor<int> tokens = model.Batch(Prompt);
            return model.Forward(tape, tokens, shared).Value.ToArray();
        });
        Alike(() =>
        {
            using Tensor<int> tokens = model.Batch(Prompt);
            using ActivationCache cache = model.RunWithCache(tokens, HookNames.Pattern(1));
            return cache[HookNames.Pattern(1)].ToArray();
        });
        Alike(() =>
        {
            using var generator = new TextGenerator(model, capacity: 12, steering);
            return
            [
                .. generator.Continue(Prompt, 6, SamplingOptions.Greedy).Select(id => (float)id),
                .. generator.Logits.ToArray(),
            ];
        });
        Alike(() =>
        {
            float[] gradient = [];
            using Tape tape = Tape.ForActivations();
            using Tensor<int> tokens = model.Batch(Prompt);
            Var loss = tape.Mean(tape.Square(model.Forward(tape, tokens, new Hooks().OnGradient(
                HookNames.ResidPost(0), (_, dX) => gradient = dX.ToArray()))));
            tape.Backward(loss);
            return gradient;
        });
        Assert.All(model.Parameters, parameter => Assert.Null(parameter.Grad));
    }

    [Fact]
    public void Views_of_one_tensor_are_taken_and_read()
    {
        using Tensor<float> tensor = Tensor.From<float>(
            [.. Enumerable.Range(0, 600).Select(i => (float)i)], [20, 30]);
        Parallel.For(0, 4000, i =>
        {
            (int row, int start) = (i % 20, i % 7);
            Tensor<float> view = tensor.Slice(1, start, 5).Select(0, row);
            Assert.Equal((row * 30) + start, view[0]);
            Assert.Equal((start * 30) + row, tensor.Transpose()[row, start]);
        });
    }

    [Fact]
    public void A_second_backward_pass_into_a_parameter_is_refused_and_adds_nothing()
    {
        using Transformer model = Random(PositionKind.Learned);
        using Tape outer = new();
        using Tensor<int> tokens = model.Batch(Prompt);
        Exception? refused = null;
        Var loss = outer.Mean(model.Forward(outer, tokens, new Hooks().OnGradient(
            HookNames.ResidPost(0), (_, _) =>
            {
                var other = new Thread(() =>
                {
                    using Tape inner = new();
                    using Tensor<int> same = model.Batch(Prompt);
                    Var mine = inner.Mean(model.Forward(inner, same));
                    refused = Record.Exception(() => inner.Backward(mine));
                });
                other.Start();
                other.Join();
            })));
        outer.Backward(loss);
        Assert.Contains("another backward pass", Assert.IsType<InvalidOperationException>(
            refused).Message);
    }

    /// <summary>Several threads at once get what one gets alone.</summary>
    private static void Alike(Func<float[]> compute)
    {
        float[] alone = compute();
        var failures = new List<Exception>();
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                try
                {
                    for (int i = 0; i < 20; i++)
                    {
                        Assert.Equal(alone, compute());
                    }
                }
                catch (Exception failure)
                {
                    lock (failures)
                    {
                        failures.Add(failure);
                    }
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(failures);
    }

    private static Transformer Random(PositionKind positions)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: 12, dHead: 4, vocabulary: 20, context: 16, positions) with
        {
            Norm = NormKind.LayerNorm,
        };
        return Transformer.Initial(config, seed: 2, standardDeviation: 0.8f);
    }
}
