using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Families;
using Vitrine.Tensors;
using Vitrine.Tests;

namespace Vitrine.Models.Tests.Families;

/// <summary>The forms in which checkpoints are published, and those that are refused.</summary>
public class CheckpointFormTests
{
    [Theory]
    [InlineData("gpt2/published", "gpt2")]
    [InlineData("bert/published", "bert")]
    [InlineData("gpt_neox/published", "gpt_neox")]
    [InlineData("llama/sharded", "llama")]
    public void TheSameModelInAnotherForm(string form, string family)
    {
        using var goldens = FamilyGoldens.Open(family);
        using Transformer model = Transformer.Load(FamilyGoldens.FolderOf(form));
        using Tape tape = Tape.NoGrad();
        FamilyGoldens.Near(
            goldens.Float("logits"), model.Forward(tape, goldens.Input).Value, form);
    }

    [Theory]
    [InlineData("gpt2/float16", WeightStorage.Copied)]
    [InlineData("gpt2/float16", WeightStorage.Stored)]
    [InlineData("llama/bfloat16", WeightStorage.Copied)]
    [InlineData("llama/bfloat16", WeightStorage.Stored)]
    [InlineData("gpt_neox", WeightStorage.Stored)]
    [InlineData("falcon_gqa", WeightStorage.Stored)]
    [InlineData("mixtral", WeightStorage.Stored)]
    [InlineData("bart", WeightStorage.Stored)]
    public void WeightsOfAnyElementType(string form, WeightStorage storage)
    {
        string folder = FamilyGoldens.FolderOf(form);
        using Transformer model = Transformer.Load(folder, storage);
        using SafeTensors golden = SafeTensors.Open(Path.Combine(folder, "golden.safetensors"));
        using Tensor<int> ids = golden.ReadInt("input_ids");
        ModelInput input = model.Encoder is null ? ids
            : new ModelInput(golden.ReadInt("decoder_input_ids")) { Source = ids };
        using Tape tape = Tape.NoGrad();
        FamilyGoldens.Near(
            golden.ReadFloat("logits"), model.Forward(tape, input).Value, form);
    }

    [Theory]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"",
        "its model_type is 'mamba', and no adapter reads that family; there are adapters for albert")]
    [InlineData("\"silu\"", "\"xielu\"", "hidden_act is 'xielu', an activation that is not supported")]
    [InlineData("\"rope_type\": \"default\"", "\"rope_type\": \"dynamic\"",
        "its rotary scaling is 'dynamic', which is not supported")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": \"wide\"",
        "hidden_size must be a whole number; got \"wide\"")]
    [InlineData("\"hidden_size\": 32,", "", "it has no 'hidden_size'")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 5",
        "attention.heads must be a multiple of attention.kvHeads; got 5 and 2")]
    [InlineData("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4",
        "there is no tensor \"model.layers.3.input_layernorm.weight\"")]
    [InlineData("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2",
        "belongs to no part of the model that the config describes")]
    [InlineData("\"intermediate_size\": 64", "\"intermediate_size\": 65",
        "\"model.layers.0.mlp.up_proj.weight\" must be [65, 32]; the file has [64, 32]")]
    [InlineData("\"attention_bias\": false", "\"attention_bias\": true",
        "there is no tensor \"model.layers.0.self_attn.q_proj.bias\"")]
    public void AContradictionIsNamed(string field, string other, string message)
    {
        string source = FamilyGoldens.FolderOf("llama");
        using var folder = new TemporaryFolder();
        string config = File.ReadAllText(Path.Combine(source, "config.json"));
        Assert.Contains(field, config);
        File.WriteAllText(
            Path.Combine(folder.Path, "config.json"),
            config.Replace(field, other, StringComparison.Ordinal));
        File.Copy(
            Path.Combine(source, "model.safetensors"),
            Path.Combine(folder.Path, "model.safetensors"));
        string said = Assert.Throws<InvalidDataException>(
            () => Transformer.Load(folder.Path)).Message;
        Assert.Contains(message, said);
        Assert.Contains(folder.Path, said);
    }

    [Fact]
    public void APickleIsRefusedWithHowToConvertIt()
    {
        using var folder = new TemporaryFolder();
        File.Copy(
            Path.Combine(FamilyGoldens.FolderOf("llama"), "config.json"),
            Path.Combine(folder.Path, "config.json"));
        File.WriteAllText(Path.Combine(folder.Path, "pytorch_model.bin"), "");
        Assert.Contains(
            "only pytorch_model.bin, which is not read since it may hold programs; convert it",
            Assert.Throws<InvalidDataException>(() => Transformer.Load(folder.Path)).Message);
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", "absent.safetensors", "which is missing")]
    [InlineData("model.embed_tokens.weight", "../x.safetensors", "must be the name of a file")]
    [InlineData("model.norm.weights", "model-00003-of-00003.safetensors", "there is no tensor")]
    public void AnIndexThatLiesIsRefused(string tensor, string file, string message)
    {
        using var folder = new TemporaryFolder();
        foreach (string path in Directory.EnumerateFiles(FamilyGoldens.FolderOf("llama/sharded")))
        {
            File.Copy(path, Path.Combine(folder.Path, Path.GetFileName(path)));
        }

        string index = Path.Combine(folder.Path, "model.safetensors.index.json");
        File.SetAttributes(index, FileAttributes.Normal);
        string text = File.ReadAllText(index);
        File.WriteAllText(
            index, System.Text.RegularExpressions.Regex.Replace(
                text, "\"weight_map\": \\{", $"$0 \"{tensor}\": \"{file}\", ")
            .Replace(
                $"\"{tensor}\": \"model-0000", $"\"{tensor}x\": \"model-0000",
                StringComparison.Ordinal));
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => Transformer.Load(folder.Path))
                .Message);
    }

    [Fact]
    public void EveryFamilyHasStoredResults()
    {
        string[] read = [.. FamilyGoldens.Names.Select(name => HuggingFaceFolder.Config(
            FamilyGoldens.FolderOf(name)).Family.Name).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(Family.All.Select(family => family.Name), read);
    }
}
