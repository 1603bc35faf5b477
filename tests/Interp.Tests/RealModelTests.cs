using Vitrine.Interp.Attribution;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;
using Vitrine.Tests;

namespace Vitrine.Interp.Tests;

/// <summary>Analyses of SmolLM2-135M, against float64 results of its weights.</summary>
public class RealModelTests
{
    private static string SmolLm2 => Path.Combine(
        Repository.Shared("data/models/smollm2-135m-instruct-q4_1"),
        "SmolLM2-135M-Instruct.Q4_1.gguf");

    [Fact]
    public void AttributionOfTheIndirectObject()
    {
        using Transformer model = Transformer.Load(SmolLm2);
        Tokenizer tokenizer = Transformer.LoadTokenizer(SmolLm2)!;
        using SafeTensors stored = Goldens();
        int[] ids = stored.ReadInt("ioi.ids").ToArray();
        LogitAttribution split = LogitAttribution.Of(
            model, ids, tokenizer.Encode(" Mary")[0], tokenizer.Encode(" John")[0]);
        Assert.InRange(split.Residual!.Value, 0, 1e-4);
        Assert.Equal(stored.ReadFloat("ioi.dla.total").ToArray()[0], split.Total, 1e-4);
        Assert.Equal(stored.ReadFloat("ioi.dla.embed").ToArray()[0], split.Embed, 1e-4);
        Near(stored.ReadFloat("ioi.dla.attn"), split.Attn);
        Near(stored.ReadFloat("ioi.dla.mlp"), split.Mlp);
        Near(stored.ReadFloat("ioi.dla.head"), [.. split.Heads.SelectMany(layer => layer)]);
    }

    [Fact]
    public void AttentionOnRepeatedTokens()
    {
        using Transformer model = Transformer.Load(SmolLm2);
        using SafeTensors stored = Goldens();
        using Tensor<int> all = stored.ReadInt("repeats.ids");
        using Tensor<int> ids = all.Slice(0, 0, 1).Clone();
        int n = ids.Shape[1] / 2;
        var previous = new List<double>();
        var induction = new List<double>();
        using ActivationCache cache = model.RunWithCache(ids, "blocks.*.attn.hook_pattern");
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            Tensor<float> pattern = cache[HookNames.Pattern(layer)].Select(0, 0);
            for (int head = 0; head < pattern.Shape[0]; head++)
            {
                Tensor<float> one = pattern.Select(0, head);
                previous.Add(Enumerable.Range(1, 2 * n).Average(q => one[q, q - 1]));
                induction.Add(Enumerable.Range(n + 1, n).Average(q => one[q, q - n + 1]));
            }
        }

        Near(stored.ReadFloat("repeats.previous_token.each").Select(0, 0), previous, 1e-5);
        Near(stored.ReadFloat("repeats.induction.each").Select(0, 0), induction, 1e-5);
    }

    private static SafeTensors Goldens() =>
        SafeTensors.Open(Repository.Shared("goldens/real/smollm2.safetensors"));

    private static void Near(
        Tensor<float> expected, IReadOnlyList<double> actual, double within = 1e-4)
    {
        float[] wanted = expected.ToArray();
        Assert.Equal(wanted.Length, actual.Count);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], actual[i], within);
        }
    }
}
