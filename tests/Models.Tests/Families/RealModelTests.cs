using System.Text.Json;
using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Generation;
using Vitrine.Tensors;
using Vitrine.Tests;

namespace Vitrine.Models.Tests.Families;

/// <summary>SmolLM2-135M and all-MiniLM-L6-v2, against float64 results of their weights.</summary>
[Collection(nameof(Alone))]
public class RealModelTests
{
    private static string SmolLm2 => Path.Combine(
        Repository.Shared("data/models/smollm2-135m-instruct-q4_1"),
        "SmolLM2-135M-Instruct.Q4_1.gguf");

    [Theory]
    [InlineData(WeightStorage.Copied)]
    [InlineData(WeightStorage.Stored)]
    public void LogitsAndLossesOfEveryPrompt(WeightStorage storage)
    {
        using Transformer model = Transformer.Load(SmolLm2, storage);
        using SafeTensors stored = SafeTensors.Open(
            Repository.Shared("goldens/real/smollm2.safetensors"));
        using Tensor<int> fixedIds = stored.ReadInt("fixed_ids");
        string[] prompts = [.. stored.Tensors.Select(tensor => tensor.Name)
            .Where(name => name.EndsWith(".logits_fixed", StringComparison.Ordinal))
            .Select(name => name[..^".logits_fixed".Length])];
        Assert.NotEmpty(prompts);
        foreach (string prompt in prompts)
        {
            using Tensor<int> ids = stored.ReadInt($"{prompt}.ids");
            using Tape tape = Tape.NoGrad();
            Tensor<float> logits = model.Forward(tape, ids.Unsqueeze(0)).Value.Select(0, 0);
            using Tensor<float> expected = stored.ReadFloat($"{prompt}.logits_fixed");
            float within = prompt.Contains("repeat", StringComparison.Ordinal)
                || prompt.Contains("random", StringComparison.Ordinal) ? 2e-3f : 2e-4f;
            for (int pos = 0; pos < ids.Shape[0]; pos++)
            {
                for (int i = 0; i < fixedIds.Shape[0]; i++)
                {
                    Assert.Equal(expected[pos, i], logits[pos, fixedIds[i]], within);
                }
            }
        }
    }

    [Fact]
    public void GreedyGeneration()
    {
        using Transformer model = Transformer.Load(SmolLm2);
        using SafeTensors stored = SafeTensors.Open(
            Repository.Shared("goldens/real/smollm2.safetensors"));
        using var json = JsonDocument.Parse(File.ReadAllText(
            Repository.Shared("goldens/real/smollm2-generation.json")));
        foreach (JsonElement one in json.RootElement.EnumerateArray())
        {
            int[] prompt = stored.ReadInt($"{one.GetProperty("name").GetString()}.ids").ToArray();
            int[] expected = Numbers(one.GetProperty("new_ids"));
            using var generator = new TextGenerator(model, prompt.Length + expected.Length);
            Assert.Equal(
                expected,
                generator.Continue(prompt, expected.Length, SamplingOptions.Greedy).ToArray());
        }
    }

    [Fact]
    public void SentenceVectors()
    {
        string folder = Repository.Shared("data/models/all-minilm-l6-v2");
        using Transformer model = Transformer.Load(folder);
        using SafeTensors stored = SafeTensors.Open(
            Repository.Shared("goldens/real/minilm.safetensors"));
        using Tensor<int> ids = stored.ReadInt("ids");
        using Tensor<int> mask = stored.ReadInt("mask");
        using ActivationCache cache = model.RunWithCache(
            new ModelInput(ids) { Mask = mask },
            "hook_full_embed", "blocks.*.attn.hook_pattern",
            "blocks.*.hook_normalized_resid_post");
        Tensor<float> last = cache["blocks.5.hook_normalized_resid_post"];
        using Tensor<float> expected = stored.ReadFloat("last_hidden_state");
        for (int row = 0; row < ids.Shape[0]; row++)
        {
            for (int pos = 0; pos < ids.Shape[1]; pos++)
            {
                for (int d = 0; d < last.Shape[2] && mask[row, pos] == 1; d++)
                {
                    Assert.Equal(expected[row, pos, d], last[row, pos, d], 1e-5f);
                }
            }
        }

        int length = 9;
        using Tensor<float> embed = stored.ReadFloat("sentence0.hook_full_embed");
        FamilyGoldens.Near(
            embed.Reshape(length, -1),
            cache["hook_full_embed"].Select(0, 0).Slice(0, 0, length).Clone(), "embedding");
    }

    private static int[] Numbers(JsonElement list) =>
        [.. list.EnumerateArray().Select(one => one.GetInt32())];
}
