using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Cli.Commands;

namespace Vitrine.Cli.CommandLine;

/// <summary>The JSON that commands print; the shapes are documented in docs/cli.md.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<TokenizeCommand.Token>))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static CliJson? s_readable;

    /// <summary>Text stays readable: only what JSON itself demands is escaped.</summary>
    public static CliJson Readable => s_readable ??= new CliJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
