using System.Diagnostics.CodeAnalysis;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Families;
using Vitrine.Tensors;
using Vitrine.Tests;

namespace Vitrine.Models.Tests.Families;

/// <summary>The stored results of one published architecture.</summary>
internal sealed class FamilyGoldens : IDisposable
{
    private readonly SafeTensors _golden;

    private FamilyGoldens(string folder)
    {
        Folder = folder;
        Model = Transformer.Load(folder);
        _golden = SafeTensors.Open(Path.Combine(folder, "golden.safetensors"));
    }

    /// <summary>Every folder of stored results.</summary>
    public static IEnumerable<string> Names =>
    [
        "albert", "bart", "bert", "bloom", "cohere", "cohere_qk_norm", "distilbert", "electra",
        "falcon", "falcon_alibi", "falcon_gqa", "gemma", "gemma2", "gemma3", "gpt2",
        "gpt2_inverse_layer", "gpt_bigcode", "gpt_neo", "gpt_neox", "gpt_neox_sequential",
        "gpt_oss", "gptj", "granite", "llama", "llama_linear", "llama_llama3", "llama_yarn",
        "marian", "mistral", "mixtral", "modernbert", "mpt", "olmo", "olmo2", "openai_gpt", "opt",
        "opt_post_norm", "phi", "phi3", "phi3_longrope", "qwen2", "qwen2_moe", "qwen3",
        "qwen3_moe", "roberta", "smollm3", "stablelm", "stablelm_parallel", "starcoder2", "t5",
        "t5_v1_1",
    ];

    public string Folder { get; }

    public Transformer Model { get; }

    public static string FolderOf(string name) => Repository.Shared($"goldens/families/{name}");

    public static FamilyGoldens Open(string name) => new(FolderOf(name));

    public bool Has(string key) => _golden.TryGet(key, out _);

    public Tensor<float> Float(string key) => _golden.ReadFloat(key);

    public Tensor<int> Int(string key) => _golden.ReadInt(key);

    public Tensor<int>? IntIfThere(string key) => Has(key) ? Int(key) : null;

    /// <summary>What the stored logits are of.</summary>
    public ModelInput Input => Model.Config.Encoder is null
        ? new ModelInput(Int("input_ids")) { Segments = IntIfThere("token_type_ids") }
        : new ModelInput(Int("decoder_input_ids")) { Source = Int("input_ids") };

    /// <summary>The stored gradients through the family's table, in the model's axes.</summary>
    public FamilyParameters Gradients(out ITensorFile file)
    {
        file = new Part(_golden, "grad.");
        (Family family, TransformerConfig config) = HuggingFaceFolder.Config(Folder);
        return new FamilyParameters(
            WeightTable.Parse(family.WeightsOf(config)), config, file, "", stored: false);
    }

    /// <summary>Within 1e-5 of the largest value, as the stored results' notes say.</summary>
    public static void Near(
        Tensor<float> expected, Tensor<float> actual, string what, double share = 1e-5,
        double least = 1)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        float[] e = expected.ToArray();
        float[] a = actual.ToArray();
        double largest = Math.Max(
            least, e.Where(float.IsFinite).Select(x => (double)Math.Abs(x)).DefaultIfEmpty(0).Max());
        for (int i = 0; i < e.Length; i++)
        {
            if (!float.IsFinite(e[i]) ? !e[i].Equals(a[i])
                : !(Math.Abs(e[i] - a[i]) <= share * largest))
            {
                Assert.Fail(
                    $"{what} {expected.Shape}: element {i} is {a[i]}, expected {e[i]}; the largest "
                    + $"is {largest}.");
            }
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        _golden.Dispose();
    }

    /// <summary>The tensors of a file whose names begin alike, without that beginning.</summary>
    private sealed class Part(SafeTensors file, string prefix) : ITensorFile
    {
        public string Path => file.Path;

        public IReadOnlyList<StoredTensor> Tensors =>
        [
            .. file.Tensors
                .Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] }),
        ];

        public bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor) =>
            file.TryGet(prefix + name, out tensor);

        public void Require(string name, Shape shape) => file.Require(prefix + name, shape);

        public Tensor<float> ReadFloat(string name) => file.ReadFloat(prefix + name);

        public Weight Map(string name, Shape shape) => file.Map(prefix + name, shape);

        public void Dispose()
        {
        }
    }
}
