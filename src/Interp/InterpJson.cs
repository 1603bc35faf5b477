using System.Text.Json.Serialization;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Interp.Studies;

namespace Vitrine.Interp;

/// <summary>How results become JSON: names in camel case, converters generated at build
/// time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BigramTable))]
[JsonSerializable(typeof(CircuitAnalysis), GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(Composition), GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(Copying), GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PositionShare))]
[JsonSerializable(typeof(SkipTrigramTable))]
[JsonSerializable(typeof(SkipTrigramCheck))]
[JsonSerializable(typeof(TokenCircuit))]
[JsonSerializable(typeof(FollowerScore))]
[JsonSerializable(typeof(EmbeddingMap))]
[JsonSerializable(typeof(NeighbourScore))]
[JsonSerializable(typeof(IReadOnlyList<Neighbour>))]
[JsonSerializable(typeof(LogitError))]
[JsonSerializable(typeof(LossComparison))]
[JsonSerializable(typeof(LossEstimate))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(HeadTable))]
[JsonSerializable(typeof(HeadScores))]
[JsonSerializable(typeof(LogitAttribution))]
[JsonSerializable(typeof(PathExpansion))]
[JsonSerializable(typeof(PatchingSweep))]
[JsonSerializable(typeof(PathPatchingResult))]
[JsonSerializable(typeof(EdgeAttribution))]
[JsonSerializable(typeof(AblationResult))]
[JsonSerializable(typeof(RepeatLossAblation))]
[JsonSerializable(
    typeof(ZeroLayerAnalysis), GenerationMode = JsonSourceGenerationMode.Serialization)]
internal sealed partial class InterpJson : JsonSerializerContext;
