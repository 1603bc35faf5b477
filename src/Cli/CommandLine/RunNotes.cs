using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>What a run folder remembers of the command that began it: <c>run.json</c>.</summary>
/// <param name="Experiment">Its name, such as <c>0-layer</c>.</param>
/// <param name="Text">The file or folder it was trained on; null for the shipped corpus.</param>
/// <param name="TextDigest">The digest of its tokens.</param>
/// <param name="Config">The model's shape.</param>
/// <param name="Recipe">How it is trained.</param>
/// <param name="Started">When it began.</param>
/// <param name="Version">The program that began it, with its commit where known.</param>
internal sealed record RunNotes(
    string Experiment,
    string? Text,
    string? TextDigest,
    [property: JsonConverter(typeof(TransformerConfigConverter))] TransformerConfig Config,
    Recipe Recipe,
    DateTimeOffset Started,
    string Version)
{
    /// <summary>The commit of the program, where its version names one.</summary>
    [JsonIgnore]
    public string? Commit => Version.Split('+') is [_, { Length: >= 7 } commit] ? commit[..7]
        : null;

    public static RunNotes Read(RunFolder run)
    {
        try
        {
            return JsonSerializer.Deserialize(
                run.ReadText(RunFolder.NotesFile), CliJson.Readable.RunNotes)
                ?? throw new InvalidDataException($"Run: {run[RunFolder.NotesFile]} is empty.");
        }
        catch (Exception problem) when (problem is FileNotFoundException or JsonException)
        {
            throw new InvalidDataException(
                $"Run: {run.Path} does not say what began it ({RunFolder.NotesFile}), as a run of "
                + "vitrine run or train does.",
                problem);
        }
    }

    /// <summary>Opens the text that the run was trained on.</summary>
    /// <param name="moved">Where it is now; null for where it was.</param>
    /// <param name="terminal">Where it is said what text that is.</param>
    public Corpus OpenText(string? moved, Terminal terminal) =>
        moved is null && Text is not null && !Path.Exists(Text)
            ? throw new FileNotFoundException(
                $"Run: the text it was trained on, {Text}, is not there any more; say where it is "
                + "with --text.")
            : TrainedRun.Open(moved ?? Text, contextLength: 1, Recipe.Merges, terminal);

    /// <summary>Opens the text that a model was trained on; null for a folder that names
    /// none.</summary>
    /// <param name="path">The model's folder.</param>
    /// <param name="text">The text to use instead; null for that of the run.</param>
    /// <param name="terminal">Where it is said what text that is.</param>
    public static Corpus? TextOf(string path, string? text, Terminal terminal)
    {
        using RunFolder folder = RunFolder.Open(path);
        return File.Exists(folder[RunFolder.NotesFile]) ? Read(folder).OpenText(text, terminal)
            : text is null ? null
                : TrainedRun.Open(text, contextLength: 1, merges: null, terminal);
    }

    public void Write(RunFolder run) =>
        run.WriteText(
            RunFolder.NotesFile, JsonSerializer.Serialize(this, CliJson.Readable.RunNotes));
}
