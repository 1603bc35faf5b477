using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Families;

/// <summary>A published checkpoint: <c>config.json</c> with a <c>model_type</c>, and
/// <c>model.safetensors</c>, in one file or in several with an index.</summary>
internal static class HuggingFaceFolder
{
    /// <summary>Whether a folder holds such a model.</summary>
    /// <exception cref="InvalidDataException">Its config is no JSON.</exception>
    public static bool IsOne(string folder) => File.Exists(ConfigOf(folder))
        && JsonFile.Read(ConfigOf(folder), Family.IsPublished);

    /// <summary>The config in our terms, and the family that read it.</summary>
    /// <exception cref="InvalidDataException">No family reads it, or a field is wrong.</exception>
    public static (Family Family, TransformerConfig Config) Config(string folder) =>
        JsonFile.Read(ConfigOf(folder), json =>
        {
            var fields = new HfConfig(json);
            Family family = Family.Of(fields);
            return (family, family.Read(fields).Validate());
        });

    /// <summary>The tensors.</summary>
    /// <exception cref="InvalidDataException">There are none, or a file is damaged.</exception>
    public static ITensorFile Open(string folder)
    {
        string one = Path.Combine(folder, RunFolder.ModelFile);
        bool isOne = File.Exists(one);
        bool isSharded = File.Exists(Path.Combine(folder, ShardedTensors.IndexFile));
        if (isOne && isSharded)
        {
            throw new InvalidDataException(
                $"{folder}: it holds both {RunFolder.ModelFile} and {ShardedTensors.IndexFile}; "
                + "remove the one that is not the model.");
        }

        if (!isOne && !isSharded)
        {
            string? pickle = Directory.EnumerateFiles(folder).Select(Path.GetFileName)
                .FirstOrDefault(file => file is "pytorch_model.bin" or "pytorch_model.bin.index.json"
                    or "tf_model.h5" or "flax_model.msgpack");
            throw new InvalidDataException(
                $"{folder}: there is no {RunFolder.ModelFile}"
                + (pickle is null ? "." : $", only {pickle}, which is not read since it may hold "
                    + "programs; convert it with transformers: "
                    + "AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(OTHER)."));
        }

        return isOne ? SafeTensors.Open(one) : ShardedTensors.Open(folder);
    }

    private static string ConfigOf(string folder) => Path.Combine(folder, RunFolder.ConfigFile);
}
