namespace Vitrine.Models.Checkpoints;

/// <content>The model that a run is compared with, kept so that its report is the same wherever the
/// folder goes.</content>
public sealed partial class RunFolder
{
    /// <summary>The 0-layer model that the report compares the run with.</summary>
    public const string ZeroLayerFile = "zero-layer.safetensors";

    private const string ConfigKey = "config";

    /// <summary>Keeps a model that the run is compared with, in one step.</summary>
    /// <inheritdoc cref="WriteText"/>
    public void SaveZeroLayer(Transformer model)
    {
        CheckWritable();
        SafeTensorsWriter weights = model.Weights();
        weights.Metadata[ConfigKey] = model.Config.ToJson();
        weights.Write(this[ZeroLayerFile]);
    }

    /// <summary>Reads what <see cref="SaveZeroLayer"/> kept; null if there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Transformer? OpenZeroLayer()
    {
        if (!File.Exists(this[ZeroLayerFile]))
        {
            return null;
        }

        using SafeTensors weights = SafeTensors.Open(this[ZeroLayerFile], requireChecksum: true);
        return weights.Metadata.TryGetValue(ConfigKey, out string? config)
            ? Transformer.Load(
                JsonFile.Parse(
                    $"Run: {weights.Path}: {ConfigKey}", config,
                    json => ConfigJson.Read(json).Validate()),
                weights)
            : throw new InvalidDataException(
                $"Run: {this[ZeroLayerFile]} does not say its config; remove the file.");
    }
}
