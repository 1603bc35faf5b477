using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Cli.Bench;
using Vitrine.Cli.Commands;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Comparison;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>The JSON that commands print; the shapes are documented in docs/cli.md.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(TokenizeCommand.Token[]))]
[JsonSerializable(typeof(NamedBigramTable))]
[JsonSerializable(typeof(EmbeddingsCommand.NamedNeighbours))]
[JsonSerializable(typeof(EmbeddingsCommand.Map[]))]
[JsonSerializable(typeof(InfoCommand.Info))]
[JsonSerializable(typeof(SeedSpread))]
[JsonSerializable(typeof(IReadOnlyList<TrainingMetrics[]>))]
[JsonSerializable(
    typeof(CircuitsCommand.Result), TypeInfoPropertyName = "CircuitsResult",
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(
    typeof(CircuitsCommand.TokenResult), TypeInfoPropertyName = "CircuitsTokenResult")]
[JsonSerializable(typeof(Composition))]
[JsonSerializable(
    typeof(ModelComparison), GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CircuitTiming))]
[JsonSerializable(typeof(AttendCommand.Attended))]
[JsonSerializable(typeof(AttributeCommand.Attributed))]
[JsonSerializable(typeof(PathExpansion))]
[JsonSerializable(typeof(HeadTable))]
[JsonSerializable(typeof(CacheCommand.Cached))]
[JsonSerializable(typeof(List<GemmTiming>))]
[JsonSerializable(typeof(List<StepTiming>))]
[JsonSerializable(typeof(List<PatchingTiming>))]
[JsonSerializable(typeof(PatchingSweep))]
[JsonSerializable(typeof(PathPatchingResult))]
[JsonSerializable(typeof(EdgeAttribution))]
[JsonSerializable(typeof(AblationResult))]
[JsonSerializable(typeof(RepeatLossAblation))]
[JsonSerializable(typeof(GenerateCommand.Generated))]
[JsonSerializable(typeof(ModelsCommand.OpenFamilies))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static CliJson? s_readable;

    /// <summary>Text stays readable: only what JSON itself demands is escaped.</summary>
    public static CliJson Readable =>
        s_readable ??= new CliJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
