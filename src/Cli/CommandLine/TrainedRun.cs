using System.Reflection;
using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>A run trained to its end, still open: what analyses and reports start from.</summary>
internal sealed record TrainedRun(
    RunFolder Folder, RunNotes Notes, Transformer Model, Corpus Corpus, TrainingSummary Summary)
{
    private const string RunsFolder = "runs";

    /// <summary>Begins or resumes a run, trains it, and hands it on while its folder is
    /// locked.</summary>
    /// <param name="request">What is trained.</param>
    /// <param name="watch">Is told how it goes.</param>
    /// <param name="then">What to do with the trained run.</param>
    /// <param name="stop">Ends training after a step, or what comes then.</param>
    /// <returns>What <paramref name="then"/> returns.</returns>
    /// <exception cref="StoppedException">It was stopped.</exception>
    public static T Train<T>(
        TrainingRequest request, RunObserver watch, Func<TrainedRun, T> then,
        CancellationToken stop = default)
    {
        if (request.Resume || request.Experiment is not { } experiment)
        {
            using RunFolder begun = RunFolder.Resume(
                request.Out ?? Newest(request.Experiment?.Name ?? ""));
            RunNotes kept = RunNotes.Read(begun);
            using Corpus same = Open(kept.OpenText(request.Text), watch);
            return Finish(
                begun, kept, same, request.Command, watch, then,
                $"Nothing was saved yet; training {kept.Experiment} again in {begun.Path}", stop);
        }

        Recipe recipe = experiment.Recipe with
        {
            Seed = request.Seed,
            Merges = request.Merges ?? experiment.Recipe.Merges,
            Steps = request.Steps ?? experiment.Recipe.Steps,
        };
        recipe = recipe with { Warmup = Math.Min(recipe.Warmup, request.Steps ?? recipe.Warmup) };
        TransformerConfig config =
            experiment.Config(Tokenizer.Gpt2(recipe.Merges).VocabularySize);
        recipe.Validate(config);
        using Corpus corpus = Open(
            RunNotes.Open(request.Text, recipe.Context, recipe.Merges, config.Vocabulary),
            watch);
        using RunFolder folder = request.Out is null
            ? RunFolder.CreateNext(Path.Combine(RunsFolder, experiment.Name))
            : RunFolder.Create(request.Out, request.Overwrite);
        var notes = new RunNotes(
            experiment.Name, request.Text is { } text ? Path.GetFullPath(text) : null,
            corpus.Digest, config, recipe, DateTimeOffset.Now, ProgramVersion);
        notes.Write(folder);
        return Finish(
            folder, notes, corpus, request.Command, watch, then,
            $"Training {experiment.Name} in {folder.Path}: {experiment.Work(recipe.Steps)}", stop);
    }

    /// <summary>Opens a finished run to look at it again.</summary>
    /// <exception cref="InvalidDataException">It was not trained to its end.</exception>
    public static T Reopen<T>(
        string path, string? text, bool allowNan, RunObserver watch, Func<TrainedRun, T> then)
    {
        using (RunFolder looked = RunFolder.Open(path))
        {
            RunNotes.Read(looked);
        }

        using RunFolder folder = RunFolder.Resume(path);
        if (!File.Exists(folder[RunFolder.SummaryFile]))
        {
            throw new InvalidDataException(
                $"Run: {path} was not trained to the end; continue with: vitrine train --resume "
                    + $"--out {path}");
        }

        RunNotes notes = RunNotes.Read(folder);
        using Transformer model = Transformer.Load(path, allowNan: allowNan);
        using Corpus corpus = Open(notes.OpenText(text), watch);
        if (notes.TextDigest is { } digest && digest != corpus.Digest)
        {
            throw new InvalidDataException(
                $"Run: {path} was trained on a text other than '{corpus.Name}', with which a "
                + "report would compare it; give its training text with `text`.");
        }

        return then(new TrainedRun(folder, notes, model, corpus, TrainingSummary.Of(folder)));
    }

    internal static string ProgramVersion { get; } =
        typeof(TrainedRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    private static Corpus Open(Corpus corpus, RunObserver watch)
    {
        watch.Opened?.Invoke(corpus);
        return corpus;
    }

    private static T Finish<T>(
        RunFolder folder, RunNotes notes, Corpus corpus, string command, RunObserver watch,
        Func<TrainedRun, T> then, string fromTheStart, CancellationToken stop)
    {
        TrainerOptions measured = Experiment.Options(notes.Config, notes.Recipe, corpus);
        bool anew = folder.IsUntrained;
        using Trainer trainer = anew
            ? Trainer.Start(folder, notes.Config, corpus, notes.Recipe, measured)
            : Trainer.Resume(folder, corpus, measured);
        watch.Tell?.Invoke(anew ? fromTheStart
            : $"Continuing at step {trainer.Step:N0} of {trainer.Recipe.Steps:N0} in "
                + $"{folder.Path}");
        string goOn = $"vitrine {command} --resume --out {folder.Path}";
        TrainingSummary summary;
        try
        {
            summary = trainer.Run(watch.Training, stop) ?? throw new StoppedException(
                $"Saved after step {trainer.Step:N0} of {trainer.Recipe.Steps:N0}. Continue with: "
                + goOn);
        }
        catch (IOException failure)
        {
            throw new IOException(
                $"{failure.Message} The last save is intact; when there is room again, continue "
                + $"with: {goOn}",
                failure);
        }

        try
        {
            return then(new TrainedRun(folder, notes, trainer.Model, corpus, summary));
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException(
                $"Stopped; the model is trained. Explain it with: vitrine report {folder.Path}");
        }
    }

    /// <summary>The finished runs of an experiment beside a run, then under <c>runs/</c>, the
    /// newest of each first.</summary>
    public static IEnumerable<string> Finished(string name, string beside) =>
        Runs(name, Path.GetDirectoryName(beside)!).Concat(Runs(name, RunsFolder))
            .Where(run => File.Exists(Path.Combine(run, RunFolder.SummaryFile)));

    private static string Newest(string name) => Runs(name, RunsFolder).FirstOrDefault()
        ?? throw new RequestException(
            $"`resume`: there is no run under {RunsFolder}/{name}; name one with `out`.");

    /// <summary>Runs of an experiment in a folder, the newest first.</summary>
    public static IEnumerable<string> Runs(string name, string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, name + "*")
            .Where(run => File.Exists(Path.Combine(run, RunFolder.NotesFile)))
            .OrderByDescending(Directory.GetLastWriteTimeUtc)
        : [];
}
