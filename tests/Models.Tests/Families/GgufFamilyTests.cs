using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;
using Vitrine.Tests;

namespace Vitrine.Models.Tests.Families;

/// <summary>Models in GGUF files, against float64 results of the same weights.</summary>
public class GgufFamilyTests
{
    public static TheoryData<string> Families =>
    [
        "bert", "bloom", "cohere", "distilbert", "falcon", "falcon_gqa", "gemma", "gemma2",
        "gemma3", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_neox_sequential", "gpt_oss", "llama",
        "llama_llama3", "llama_yarn", "mistral", "mixtral", "modernbert", "mpt", "olmo", "olmo2",
        "phi", "phi3", "phi3_longrope", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "roberta",
        "smollm3", "stablelm", "stablelm_parallel", "t5", "t5_v1_1",
    ];

    public static TheoryData<string> Quantised =>
    [
        .. Directory.Exists(Path.Combine(Repository.Root, "../shared/goldens/gguf/quantised"))
            ? Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "../shared/goldens/gguf/quantised"), "*.gguf")
                .Select(path => Path.GetFileNameWithoutExtension(path)).Order()
            : Enumerable.Repeat("llama32-Q8_0", 1),
    ];

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFamily(string name) => Check($"families/{name}", WeightStorage.Copied);

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFamilyFromItsStoredWeights(string name) =>
        Check($"families/{name}", WeightStorage.Stored);

    [Theory]
    [MemberData(nameof(Quantised))]
    public void EveryQuantisedForm(string name) =>
        Check($"quantised/{name}", WeightStorage.Copied);

    [Theory]
    [MemberData(nameof(Quantised))]
    public void EveryQuantisedFormFromItsBlocks(string name) =>
        Check($"quantised/{name}", WeightStorage.Stored);

    private static void Check(string name, WeightStorage storage)
    {
        string path = Repository.Shared($"goldens/gguf/{name}.gguf");
        using Transformer model = Transformer.Load(path, storage);
        using SafeTensors golden = SafeTensors.Open(Path.ChangeExtension(path, ".safetensors"));
        using Tensor<int> ids = Row(golden.ReadInt("input_ids"));
        if (model.Config.Embedding.NoLogits)
        {
            int last = model.Config.Layers - 1;
            string end = $"blocks.{last}."
                + (model.Config.Norm.IsAfter ? "hook_normalized_resid_post" : "hook_resid_post");
            using ActivationCache cache = model.RunWithCache(ids, end);
            using Tensor<float> stream = model.LnFinal?.Of(cache[end]) ?? cache[end].Clone();
            Near(golden.ReadFloat("hidden"), stream);
            return;
        }

        using Tape tape = Tape.NoGrad();
        ModelInput input = model.Config.Encoder is null ? ids
            : new ModelInput(Row(golden.ReadInt("decoder_input_ids"))) { Source = ids };
        Near(golden.ReadFloat("logits"), model.Forward(tape, input).Value);
    }

    private static void Near(Tensor<float> expected, Tensor<float> actual)
    {
        // Some files hold a window that their reader ignores: then only what lies within it.
        Tensor<float> flat = actual.Reshape(-1, actual.Shape[-1]);
        Tensor<float> wanted = expected.Reshape(-1, expected.Shape[-1]);
        FamilyGoldens.Near(wanted, flat.Slice(0, 0, wanted.Shape[0]).Clone(), "results");
    }

    private static Tensor<int> Row(Tensor<int> ids) => ids.Rank == 2 ? ids : ids.Unsqueeze(0);
}
