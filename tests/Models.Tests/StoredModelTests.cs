using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests;

/// <summary>Attention-only models that TransformerLens wrote: every activation it stored.</summary>
public class StoredModelTests
{
    /// <summary>The stored results' tolerance for float32, as a share of the largest
    /// value.</summary>
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void EveryStoredActivation(string name)
    {
        using Transformer model = Open(name);
        using SafeTensors stored = SafeTensors.Open(File(name, "activations"));
        using Tensor<int> tokens = Tokens(stored);
        using ActivationCache cache = model.RunWithCache(tokens);
        string[] names = [.. stored.Tensors.Select(tensor => tensor.Name)
            .Where(key => key.Contains("hook_", StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        Assert.Equal(names.Order(), cache.Names.Order());
        foreach (string key in names)
        {
            using Tensor<float> expected = stored.ReadFloat(key);
            Same(expected, cache[key], key);
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void LogitsAndLossWithFusedAttention(string name)
    {
        using Transformer model = Open(name);
        using SafeTensors stored = SafeTensors.Open(File(name, "activations"));
        using Tensor<int> tokens = Tokens(stored);
        using Tape tape = Tape.NoGrad();
        using Tensor<float> logits = stored.ReadFloat("logits");
        Same(logits, model.Forward(tape, tokens).Value, "logits");

        int pos = tokens.Shape[1] - 1;
        using Tensor<int> inputs = tokens.Slice(1, 0, pos).Clone();
        using Tensor<int> targets = tokens.Slice(1, 1, pos).Clone();
        using Tensor<float> losses = stored.ReadFloat("loss_per_token");
        Same(losses, model.Losses(tape, inputs, targets).Value.Reshape(2, pos), "losses");
        using Tensor<float> loss = stored.ReadFloat("loss");
        Assert.Equal(loss.Span[0], model.Loss(tape, inputs, targets).Value.Span[0], 1e-5f);
    }

    [Theory]
    [InlineData("B", "*,*_input")]
    [InlineData("C", "*")]
    public void TheShapesOfHookNamesAreThoseOfTheRun(string name, string globs)
    {
        using Transformer model = Open(name);
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3, 4, 5, 6], [2, 3]);
        using ActivationCache cache = model.RunWithCache(tokens, globs.Split(','));
        CachePlan plan = CachePlan.Of(model.Config, 2, 3, globs.Split(','));
        Assert.Equal(
            plan.Activations.Select(entry => $"{entry.Name} {entry.Shape}").Order(),
            cache.Names.Select(key => $"{key} {cache[key].Shape}").Order());
        Assert.Equal(plan.Bytes, cache.Bytes);
    }

    [Fact]
    public void OneNormCannotBeTakenApartForEachHead()
    {
        using Transformer model = Open("C");
        using Tensor<int> tokens = Tensor.From<int>([1, 2, 3], [1, 3]);
        var error = Assert.Throws<ArgumentException>(
            () => model.RunWithCache(tokens, "*", "blocks.1.hook_q_input"));
        Assert.Contains("use two runs", error.Message);
    }

    private static Transformer Open(string name) =>
        Transformer.Load(Path.GetDirectoryName(File(name, "weights"))!);

    private static string File(string name, string file) =>
        Repository.Shared($"goldens/analyses/{name}/{file}.safetensors");

    private static Tensor<int> Tokens(SafeTensors stored) => stored.ReadInt("tokens");

    private static void Same(Tensor<float> expected, Tensor<float> actual, string name)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        float[] wanted = expected.ToArray();
        float[] got = actual.ToArray();
        float most = wanted.Where(float.IsFinite).Max(MathF.Abs);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.True(
                wanted[i] == got[i] || MathF.Abs(wanted[i] - got[i]) <= Tolerance * most,
                $"{name}[{i}]: stored {wanted[i]}, computed {got[i]}, largest {most}");
        }
    }
}
