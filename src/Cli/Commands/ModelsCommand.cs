using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Models.Families;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine models</c>: the published families that open.</summary>
internal static class ModelsCommand
{
    /// <summary>One family.</summary>
    /// <param name="Name">What config.json calls it, its <c>model_type</c>.</param>
    /// <param name="Models">Models of it.</param>
    internal sealed record OpenFamily(string Name, string Models);

    /// <summary>What opens.</summary>
    /// <param name="HuggingFace">Folders as Hugging Face's transformers save them.</param>
    /// <param name="Gguf">Architectures of GGUF files.</param>
    internal sealed record OpenFamilies(
        IReadOnlyList<OpenFamily> HuggingFace, IReadOnlyList<string> Gguf);

    public static Command Create() =>
        new Command("models", "List the published families of models that open").Runs(
            (_, terminal) =>
            {
                OpenFamilies families = Of();
                terminal.Show(
                    families, CliJson.Readable.OpenFamilies, () => Print(terminal, families));
                return 0;
            },
            "vitrine models",
            "vitrine models --json");

    /// <summary>The families, from their adapters.</summary>
    public static OpenFamilies Of() => new(
        [.. Family.All.Select(family => new OpenFamily(family.Name, family.Models))],
        Family.GgufArchitectures);

    private static void Print(Terminal terminal, OpenFamilies families)
    {
        Table table = NumberTable.Titled("Hugging Face folders", "model_type").AddColumn("models");
        foreach (OpenFamily family in families.HuggingFace)
        {
            table.AddRow(family.Name, Markup.Escape(family.Models));
        }

        terminal.Tables.Write(table);
        terminal.Say($"GGUF files: {string.Join(", ", families.Gguf)}.");
    }
}
