using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Vitrine.Tensors;

namespace Vitrine.Models.Checkpoints;

/// <summary>Tensors that an index, <c>model.safetensors.index.json</c>, finds in several
/// files.</summary>
internal sealed class ShardedTensors : ITensorFile
{
    /// <summary>The file of the index.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafeTensors> _files = [];
    private readonly Dictionary<string, SafeTensors> _of = [];

    private ShardedTensors(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyList<StoredTensor> Tensors { get; private set; } = [];

    /// <summary>Opens every file of an index.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <exception cref="InvalidDataException">The index is damaged, a file is missing, or a file
    /// does not hold what the index says.</exception>
    public static ShardedTensors Open(string folder)
    {
        var sharded = new ShardedTensors(System.IO.Path.Combine(folder, IndexFile));
        try
        {
            Dictionary<string, string> map = JsonFile.Read(sharded.Path, Map);
            foreach (string file in map.Values.Distinct().Order(StringComparer.Ordinal))
            {
                string path = System.IO.Path.Combine(folder, file);
                if (!File.Exists(path))
                {
                    throw SafeTensorsHeader.Wrong(
                        sharded.Path, $"it names {PrintableText.Value(file)}, which is missing.");
                }

                SafeTensors part = SafeTensors.Open(path);
                sharded._files.Add(part);
                foreach (StoredTensor tensor in part.Tensors)
                {
                    if (!map.TryGetValue(tensor.Name, out string? said) || said != file
                        || !sharded._of.TryAdd(tensor.Name, part))
                    {
                        throw SafeTensorsHeader.Wrong(
                            path, $"{tensor} is not where {IndexFile} says.");
                    }
                }
            }

            string? absent = map.Keys.FirstOrDefault(name => !sharded._of.ContainsKey(name));
            sharded.Tensors = [.. sharded._files.SelectMany(file => file.Tensors)];
            return absent is null ? sharded : throw SafeTensorsHeader.Wrong(
                sharded.Path,
                $"there is no tensor \"{PrintableText.Value(absent)}\" in {map[absent]}.");
        }
        catch
        {
            sharded.Dispose();
            throw;
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out StoredTensor? tensor)
    {
        tensor = null;
        return _of.TryGetValue(name, out SafeTensors? file) && file.TryGet(name, out tensor);
    }

    public void Require(string name, Shape shape) => FileOf(name).Require(name, shape);

    public Tensor<float> ReadFloat(string name) => FileOf(name).ReadFloat(name);

    Weight ITensorFile.Map(string name, Shape shape) => FileOf(name).Map(name, shape);

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private SafeTensors FileOf(string name) => _of.TryGetValue(name, out SafeTensors? file) ? file
        : throw SafeTensorsHeader.Wrong(
            Path, $"there is no tensor \"{PrintableText.Value(name)}\".");

    private static Dictionary<string, string> Map(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException("it has no weight_map.");
        }

        var files = new Dictionary<string, string>();
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? file = entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString() : null;
            if (file is null || System.IO.Path.GetFileName(file) != file || file.Length == 0)
            {
                throw new InvalidDataException(
                    $"weight_map.{PrintableText.Value(entry.Name)} must be the name of a file in "
                    + $"the folder; got {entry.Value.Quoted()}.");
            }

            files[entry.Name] = file;
        }

        return files;
    }
}
