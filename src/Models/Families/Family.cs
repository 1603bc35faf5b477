using System.Text.Json;

namespace Vitrine.Models.Families;

/// <summary>A published architecture: how its <c>config.json</c> is read, and which of its tensors
/// is which weight. Each family is one file; a class that derives from this is found by
/// itself.</summary>
public abstract class Family
{
    private static readonly Lazy<Family[]> Found = new(Find);

    private protected Family()
    {
    }

    /// <summary>Every family, by name.</summary>
    public static IReadOnlyList<Family> All => Found.Value;

    /// <summary>The architectures of GGUF files that open, by name.</summary>
    public static IReadOnlyList<string> GgufArchitectures =>
        [.. Gguf.GgufArchitectures.All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What <c>model_type</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Models of this family, for people to recognise it by.</summary>
    public abstract string Models { get; }

    /// <summary>What tensor names begin with in some files and not in others.</summary>
    internal virtual string Prefix => "";

    /// <summary>The table of <see cref="WeightTable"/>.</summary>
    internal abstract string Weights { get; }

    /// <summary>The table of a model, where it depends on the config.</summary>
    internal virtual string WeightsOf(TransformerConfig config) => Weights;

    /// <summary>The config in our terms.</summary>
    /// <exception cref="InvalidDataException">A field is missing or wrong, or asks for a computation
    /// that does not exist here.</exception>
    internal abstract TransformerConfig Read(HfConfig json);

    /// <summary>Whether a config is a published one rather than this library's.</summary>
    internal static bool IsPublished(JsonElement config) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty("model_type", out _);

    /// <summary>The family of a config.</summary>
    /// <exception cref="InvalidDataException">None of those there are.</exception>
    internal static Family Of(HfConfig json)
    {
        string type = json.ModelType;
        return All.FirstOrDefault(family => family.Name == type)
            ?? throw new InvalidDataException(
                $"its model_type is '{PrintableText.Value(type)}', and no adapter reads that "
                + "family; there are adapters for "
                + $"{string.Join(", ", All.Select(family => family.Name))}. An adapter is one class "
                + "that reads the config and names the tensors: see docs/models.md.");
    }

    private static Family[] Find() =>
    [
        .. typeof(Family).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Family)) && !type.IsAbstract)
            .Select(type => (Family)Activator.CreateInstance(type, nonPublic: true)!)
            .OrderBy(family => family.Name, StringComparer.Ordinal),
    ];
}
