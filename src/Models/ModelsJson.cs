using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Models;

/// <summary>The JSON of this assembly, generated at build time so that startup costs
/// nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters =
        [typeof(PerLayerConverter<AttentionConfig>), typeof(PerLayerConverter<MlpConfig>)],
    WriteIndented = true)]
[JsonSerializable(typeof(TransformerConfig))]
[JsonSerializable(typeof(AttentionConfig))]
[JsonSerializable(typeof(MlpConfig))]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(TrainingSummary))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(GgufTokenizer))]
internal sealed partial class ModelsJson : JsonSerializerContext;

/// <summary>The JSON of files with one object a line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainingMetrics))]
internal sealed partial class ModelsJsonLines : JsonSerializerContext;
