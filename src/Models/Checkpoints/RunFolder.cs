using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vitrine.Models.Checkpoints;

/// <summary>A run on disk: a folder that other tools can read, and that a crash cannot
/// corrupt.</summary>
/// <remarks>
/// <code>
/// config.json                          the architecture
/// model.safetensors                    the weights
/// vocab.json, merges.txt               the tokenizer
/// metrics.jsonl                        one JSON object per line
/// checkpoints/step-000300.safetensors  the timeline: weights as they were
/// training.safetensors                 the state needed to resume, in one file
/// run.json                             how it was started
/// zero-layer.safetensors               the 0-layer model that the report compares it with
/// other-seeds.json                     the curves of other seeds, for the report
/// README.md, summary.json, report.html
/// </code>
/// <para>Every file but the metrics is written under a temporary name and renamed. The state needed
/// to resume is one file, so it belongs to one step whenever the process dies. A folder opened for
/// writing is locked against a second process until it is disposed or the process ends.</para>
/// </remarks>
public sealed partial class RunFolder : IDisposable
{
    /// <summary>The architecture.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>The weights.</summary>
    public const string ModelFile = "model.safetensors";

    /// <summary>The state needed to resume: weights, optimizer, counters.</summary>
    public const string TrainingFile = "training.safetensors";

    /// <summary>The losses and the like, one JSON object per line.</summary>
    public const string MetricsFile = "metrics.jsonl";

    /// <summary>The model card.</summary>
    public const string CardFile = "README.md";

    /// <summary>How the run was started: the experiment, the text, the program.</summary>
    public const string NotesFile = "run.json";

    /// <summary>The finished run's figures.</summary>
    public const string SummaryFile = "summary.json";

    /// <summary>The finished run's report.</summary>
    public const string ReportFile = "report.html";

    /// <summary>The measurements of other seeds during training, for the report.</summary>
    public const string OtherSeedsFile = "other-seeds.json";

    private const string CheckpointsFolder = "checkpoints";
    private const string CheckpointPrefix = "step-";
    private const string CheckpointExtension = ".safetensors";
    private const string MetricsLengthKey = "metrics.length";

    private readonly FileStream? _lock;
    private FileStream? _metrics;
    private bool _disposed;

    private RunFolder(string path, FileStream? @lock)
    {
        Path = System.IO.Path.GetFullPath(path);
        _lock = @lock;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Path { get; }

    /// <summary>Whether this holds the folder's lock and may write.</summary>
    public bool IsWritable => _lock is not null && !_disposed;

    /// <summary>Whether there is something to resume from.</summary>
    public bool HasTrainingState => File.Exists(this[TrainingFile]);

    /// <summary>The checkpoints of the timeline by step.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => Directory.Exists(this[CheckpointsFolder])
        ? [.. Directory.EnumerateFiles(
            this[CheckpointsFolder], CheckpointPrefix + "*" + CheckpointExtension)
            .Select(file => new Checkpoint(StepOf(file), file))
            .Where(checkpoint => checkpoint.Step >= 0)
            .OrderBy(checkpoint => checkpoint.Step)]
        : [];

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Reads a text file of the run, such as <see cref="ConfigFile"/>.</summary>
    /// <exception cref="FileNotFoundException">The run has no such file.</exception>
    public string ReadText(string name) =>
        Encoding.UTF8.GetString(InputFile.ReadAllBytes(this[name]));

    /// <summary>Reads the architecture.</summary>
    /// <exception cref="InvalidDataException">The file is not a config.</exception>
    public TransformerConfig ReadConfig() =>
        ReadJson(ConfigFile, json => ConfigJson.Read(json).Validate());

    /// <summary>Writes a text file of the run in one step.</summary>
    /// <exception cref="InvalidOperationException">The folder is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed and holds no lock.</exception>
    /// <exception cref="IOException">The disk fails; the old content is kept.</exception>
    public void WriteText(string name, string text)
    {
        CheckWritable();
        AtomicFile.WriteAllText(this[name], text);
    }

    /// <summary>Opens the weights; without <see cref="ModelFile"/>, those of the last
    /// checkpoint.</summary>
    /// <exception cref="InvalidDataException">There are none, or the file is damaged.</exception>
    public SafeTensors OpenModel()
    {
        // A run's own files have a checksum; a folder from elsewhere need not.
        bool isRun = HasTrainingState || File.Exists(this[NotesFile])
            || File.Exists(this[MetricsFile]);
        if (File.Exists(this[ModelFile]))
        {
            return SafeTensors.Open(this[ModelFile], requireChecksum: isRun);
        }

        return Checkpoints is [.., Checkpoint last]
            ? OpenCheckpoint(last)
            : throw new InvalidDataException(
                $"Run: {Path} has no weights yet ({ModelFile}); resume it, or choose another.");
    }

    /// <summary>Opens a checkpoint of the timeline.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static SafeTensors OpenCheckpoint(Checkpoint checkpoint) =>
        SafeTensors.Open(checkpoint.Path, requireChecksum: true);

    /// <summary>Writes the weights in one step.</summary>
    /// <inheritdoc cref="WriteText"/>
    public void SaveModel(SafeTensorsWriter weights)
    {
        CheckWritable();
        weights.Write(this[ModelFile]);
    }

    /// <summary>Adds a checkpoint to the timeline, in one step.</summary>
    /// <inheritdoc cref="WriteText"/>
    public void SaveCheckpoint(int step, SafeTensorsWriter weights)
    {
        CheckWritable();
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Directory.CreateDirectory(this[CheckpointsFolder]);
        string number = step.ToString("D6", CultureInfo.InvariantCulture);
        weights.Write(System.IO.Path.Combine(
            this[CheckpointsFolder], CheckpointPrefix + number + CheckpointExtension));
    }

    /// <summary>Writes, in one step, all that resuming needs; the metrics so far belong to
    /// it.</summary>
    /// <param name="state">Weights, the optimizer's tensors, and counters as metadata.</param>
    /// <inheritdoc cref="WriteText"/>
    public void SaveTrainingState(SafeTensorsWriter state)
    {
        CheckWritable();
        long length = 0;
        if (_metrics is not null)
        {
            _metrics.Flush(flushToDisk: true);
            length = _metrics.Length;
        }
        else if (File.Exists(this[MetricsFile]))
        {
            length = new FileInfo(this[MetricsFile]).Length;
        }

        state.Metadata[MetricsLengthKey] = length.ToString(CultureInfo.InvariantCulture);
        state.Write(this[TrainingFile]);
    }

    /// <summary>Opens what <see cref="SaveTrainingState"/> wrote.</summary>
    /// <returns>The open file, its checksum verified; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">There is none, or it is damaged.</exception>
    public SafeTensors OpenTrainingState()
    {
        if (!HasTrainingState)
        {
            throw new InvalidDataException(
                $"Run: {Path} has no {TrainingFile}, which is needed to continue; train again with "
                + "`overwrite`, or into another `out`.");
        }

        return SafeTensors.Open(this[TrainingFile], requireChecksum: true);
    }

    /// <summary>Removes everything after a training state: later lines of the metrics and later
    /// checkpoints. Call it when nothing else can prevent the run from continuing.</summary>
    /// <param name="state">The file that <see cref="OpenTrainingState"/> opened.</param>
    /// <param name="step">The step of the state.</param>
    /// <inheritdoc cref="WriteText"/>
    public void Rewind(SafeTensors state, int step)
    {
        CheckWritable();
        CutMetrics(state);
        RemoveCheckpointsAfter(step);
    }

    /// <summary>Appends a line to the metrics and flushes it to the operating system.</summary>
    /// <param name="json">One JSON object without line breaks.</param>
    /// <inheritdoc cref="WriteText"/>
    public void AppendMetrics(string json)
    {
        CheckWritable();
        _metrics ??= new FileStream(
            this[MetricsFile],
            FileMode.Append,
            FileAccess.Write,
            FileShare.Read | FileShare.Delete);
        Span<byte> line = stackalloc byte[512];
        line = Encoding.UTF8.TryGetBytes(json, line, out int length)
            ? line[..length] : Encoding.UTF8.GetBytes(json);
        _metrics.Write(line);
        _metrics.WriteByte((byte)'\n');
        _metrics.Flush();
    }

    /// <summary>The complete lines of the metrics; none if there is no such file.</summary>
    public IReadOnlyList<string> ReadMetrics()
    {
        if (!File.Exists(this[MetricsFile]))
        {
            return [];
        }

        string text = Encoding.UTF8.GetString(InputFile.ReadAllBytes(this[MetricsFile]));
        return text.Split('\n')[..^1];
    }

    /// <summary>Reads a JSON file of the run.</summary>
    /// <exception cref="InvalidDataException">It is damaged or not of the expected
    /// form.</exception>
    internal T ReadJson<T>(string name, Func<JsonElement, T> read) =>
        JsonFile.Parse($"Run: {this[name]}", InputFile.ReadAllBytes(this[name]), read);

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        _metrics?.Dispose();
        _metrics = null;
        _lock?.Dispose();
        _disposed = true;
    }

    private static int StepOf(string file) =>
        int.TryParse(
            System.IO.Path.GetFileNameWithoutExtension(file)[CheckpointPrefix.Length..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int step) ? step : -1;

    private void CutMetrics(SafeTensors state)
    {
        if (state.Metadata.TryGetValue(MetricsLengthKey, out string? text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            && File.Exists(this[MetricsFile]))
        {
            _metrics?.Dispose();
            _metrics = null;
            using var metrics = new FileStream(this[MetricsFile], FileMode.Open, FileAccess.Write);
            if (metrics.Length > length)
            {
                metrics.SetLength(length);
                metrics.Flush(flushToDisk: true);
            }
        }
    }

    private void RemoveCheckpointsAfter(int step)
    {
        foreach (Checkpoint checkpoint in Checkpoints.Where(checkpoint => checkpoint.Step > step))
        {
            File.Delete(checkpoint.Path);
        }
    }

    private void CheckWritable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsWritable)
        {
            throw new InvalidOperationException(
                $"Run: {Path} is open read-only; open it with Create or Resume.");
        }
    }
}

/// <summary>The weights at one step of a run.</summary>
/// <param name="Step">The number of steps done.</param>
/// <param name="Path">The safetensors file.</param>
public sealed record Checkpoint(int Step, string Path);
