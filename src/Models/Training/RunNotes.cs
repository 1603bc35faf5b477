using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Training;

/// <summary>How a run was started, as its folder records it: <c>run.json</c>.</summary>
/// <param name="Experiment">Its name, such as <c>0-layer</c>.</param>
/// <param name="Text">The file or folder it was trained on; null for the shipped corpus.</param>
/// <param name="TextDigest">The digest of its tokens.</param>
/// <param name="Config">The model's shape.</param>
/// <param name="Recipe">How it is trained.</param>
/// <param name="Started">When it was started.</param>
/// <param name="Version">The program that started it, with its commit if known.</param>
public sealed record RunNotes(
    string Experiment,
    string? Text,
    string? TextDigest,
    [property: JsonConverter(typeof(TransformerConfigConverter))] TransformerConfig Config,
    Recipe Recipe,
    DateTimeOffset Started,
    string Version)
{
    /// <summary>The commit of the program, if its version names one.</summary>
    [JsonIgnore]
    public string? Commit => CommitOf(Version);

    /// <summary>The commit that a program's version names; null for none.</summary>
    public static string? CommitOf(string version) =>
        version.Split('+') is [_, { Length: >= 7 } commit] ? commit[..7] : null;

    /// <summary>Reads the notes of a run.</summary>
    /// <exception cref="InvalidDataException">The folder has none, or a field is
    /// wrong.</exception>
    public static RunNotes Read(RunFolder run)
    {
        if (!File.Exists(run[RunFolder.NotesFile]))
        {
            throw new InvalidDataException(
                $"Run: {run.Path} does not record how it was started ({RunFolder.NotesFile}), as "
                + "runs of vitrine run or train do.");
        }

        return run.ReadJson(RunFolder.NotesFile, root =>
        {
            RunNotes notes = root.As(RunNotesJson.Readable.RunNotes);
            notes.Recipe.Validate();
            return notes;
        });
    }

    /// <summary>Opens the text that the run was trained on.</summary>
    /// <param name="moved">Its new location; null if unchanged.</param>
    /// <exception cref="FileNotFoundException">It no longer exists.</exception>
    public Corpus OpenText(string? moved = null) =>
        moved is null && Text is not null && !Path.Exists(Text)
            ? throw new FileNotFoundException(
                $"Run: the text it was trained on, {Text}, no longer exists; give its new "
                + "location, or restore it.")
            : Open(moved ?? Text, contextLength: 1, Recipe.Merges, Config.Vocabulary);

    /// <summary>Opens the text that a model was trained on; null for a folder that names
    /// none.</summary>
    /// <param name="path">The model's folder.</param>
    /// <param name="text">The text to use instead; null for that of the run.</param>
    /// <param name="vocabulary">The model's vocabulary, if it has more tokens than the text's
    /// tokenizer.</param>
    public static Corpus? TextOf(string path, string? text = null, int vocabulary = 0)
    {
        using RunFolder folder = RunFolder.Open(path);
        return File.Exists(folder[RunFolder.NotesFile]) ? Read(folder).OpenText(text)
            : text is null ? null : Open(text, contextLength: 1, merges: null, vocabulary);
    }

    /// <summary>Opens a text to train on.</summary>
    /// <param name="text">A file or a folder; null for the shipped corpus.</param>
    /// <param name="contextLength">The longest window that will be used.</param>
    /// <param name="merges">How many of GPT-2's merges make the tokens; null for all.</param>
    /// <param name="vocabulary">The model's vocabulary, if it has more tokens than that; see
    /// <see cref="Tokenizer.PaddedTo"/>.</param>
    public static Corpus Open(
        string? text, int contextLength, int? merges, int vocabulary = 0)
    {
        Tokenizer tokenizer = Tokenizer.Gpt2(merges).PaddedTo(vocabulary);
        return text is null ? Corpus.StateOfTheUnion(tokenizer)
            : Corpus.FromText(text, contextLength, tokenizer);
    }

    /// <summary>Writes them into the run's folder.</summary>
    public void Write(RunFolder run) => run.WriteText(
        RunFolder.NotesFile, JsonSerializer.Serialize(this, RunNotesJson.Readable.RunNotes));
}

/// <summary>The JSON of <c>run.json</c>, where absent values are written as null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(RunNotes))]
internal sealed partial class RunNotesJson : JsonSerializerContext
{
    private static RunNotesJson? s_readable;

    /// <summary>Text stays readable: only what JSON requires is escaped.</summary>
    public static RunNotesJson Readable =>
        s_readable ??= new RunNotesJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
