using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Models.Families;
using Vitrine.Models.Families.Gguf;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>Models on disk.</content>
public sealed partial class Transformer
{
    /// <summary>Reads a model from a folder that holds <c>config.json</c> and
    /// <c>model.safetensors</c>, such as a run or a model as Hugging Face's transformers save it, or
    /// TransformerLens' <c>config.json</c> and <c>weights.safetensors</c>.</summary>
    /// <param name="path">The folder, or a GGUF file.</param>
    /// <param name="weights">How the weights are stored.</param>
    /// <param name="allowNan">Whether weights may be infinite or NaN.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no model, the config is not valid,
    /// or the weights are damaged, do not match the config or are not finite.</exception>
    public static Transformer Load(
        string path, WeightStorage weights = WeightStorage.Copied, bool allowNan = false)
    {
        if (GgufModel.IsOne(path))
        {
            using GgufFile gguf = GgufFile.Open(path);
            (TransformerConfig read, string table) = GgufModel.Read(gguf);
            using var stored = new GgufTensors(gguf);
            return Load(table, "", read, stored, weights, allowNan);
        }

        if (Directory.Exists(path) && HuggingFaceFolder.IsOne(path))
        {
            (Family family, TransformerConfig config) = HuggingFaceFolder.Config(path);
            using ITensorFile tensors = HuggingFaceFolder.Open(path);
            return Load(
                family.WeightsOf(config), family.Prefix, config, tensors, weights, allowNan);
        }

        using RunFolder run = RunFolder.Open(path);
        if (TransformerLensFolder.IsOne(run))
        {
            using SafeTensors theirs = SafeTensors.Open(run[TransformerLensFolder.WeightsFile]);
            return RequireAllRead(
                Load(TransformerLensFolder.Config(run), theirs, weights, allowNan), theirs,
                TransformerLensFolder.IsBuffer);
        }

        using SafeTensors file = run.OpenModel();
        return RequireAllRead(
            Load(run.ReadConfig(), file, weights, allowNan), file, isBuffer: _ => false);
    }

    /// <summary>The tokenizer of a model: of its folder, or in its GGUF file.</summary>
    /// <param name="path">As in <see cref="Load(string, WeightStorage, bool)"/>.</param>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of a kind that is not
    /// read.</exception>
    public static Tokenizer? LoadTokenizer(string path)
    {
        if (GgufModel.IsOne(path))
        {
            using GgufFile file = GgufFile.Open(path);
            return GgufModel.Tokenizer(file);
        }

        return Tokenizer.IsIn(path) ? Tokenizer.Load(path) : null;
    }

    /// <summary>A weight that nothing reads would make the model another than its file's.</summary>
    private static Transformer RequireAllRead(
        Transformer model, SafeTensors file, Func<string, bool> isBuffer)
    {
        var read = model.Parameters.Select(parameter => parameter.Name!).ToHashSet();
        StoredTensor? unread = file.Tensors.FirstOrDefault(
            tensor => !read.Contains(tensor.Name) && !isBuffer(tensor.Name));
        if (unread is null)
        {
            return model;
        }

        model.Dispose();
        throw SafeTensorsHeader.Wrong(
            file.Path, $"{unread} belongs to no part of the model that the config describes.");
    }

    /// <summary>Reads a published model's weights through its family's table.</summary>
    private static Transformer Load(
        string table, string prefix, TransformerConfig config, ITensorFile file,
        WeightStorage weights, bool allowNan)
    {
        var source = new FamilyParameters(
            WeightTable.Parse(table), config, file, prefix, weights == WeightStorage.Stored);
        try
        {
            var model = new Transformer(config, source);
            source.RequireAllRead();
            return RequireFinite(model, file.Path, allowNan);
        }
        catch
        {
            source.Discard();
            throw;
        }
    }

    /// <summary>Reads a model's weights from an open file, such as a checkpoint of a run.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="file">The file; it may be closed afterwards.</param>
    /// <param name="weights">How the weights are stored.</param>
    /// <param name="allowNan">Whether weights may be infinite or NaN.</param>
    /// <exception cref="InvalidDataException">A weight is missing, does not match the config or is
    /// not finite.</exception>
    public static Transformer Load(
        TransformerConfig config, SafeTensors file,
        WeightStorage weights = WeightStorage.Copied, bool allowNan = false)
    {
        ParameterSource source = weights == WeightStorage.Stored
            ? new MappedParameters(file) : new FileParameters(file, Device.Cpu);
        try
        {
            return RequireFinite(new Transformer(config.Validate(), source), file.Path, allowNan);
        }
        catch
        {
            source.Discard();
            throw;
        }
    }

    private static Transformer RequireFinite(Transformer model, string path, bool allowNan) =>
        allowNan || NonFinite.In(model) is not [var first, ..] bad ? model
        : throw SafeTensorsHeader.Wrong(
            path,
            $"weights must be finite; {first}, the first of {bad.Sum(one => one.Count)}; "
            + "restore the file, or study it unchanged with `allowNan`.");

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> into a folder, which is
    /// created if needed; each file in one step.</summary>
    /// <exception cref="IOException">The disk fails; the old content is kept.</exception>
    public void Save(string path)
    {
        Directory.CreateDirectory(path);
        Weights().Write(Path.Combine(path, RunFolder.ModelFile));
        AtomicFile.WriteAllText(Path.Combine(path, RunFolder.ConfigFile), Config.ToJson());
    }

    /// <summary>The weights by TransformerLens' names and in its shapes, to be written while this
    /// lives.</summary>
    /// <param name="type">F32, or F16 for half the size.</param>
    public SafeTensorsWriter Weights(ElementType type = ElementType.F32)
    {
        var writer = new SafeTensorsWriter();
        foreach (Parameter parameter in Parameters)
        {
            writer.Add(parameter.Name!, parameter.Value, type);
        }

        return writer;
    }
}
