using System.CommandLine;
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
    /// <param name="parse">The command line.</param>
    /// <param name="options">The options of <c>run</c> and <c>train</c>.</param>
    /// <param name="command">The command as typed, to say how to go on: <c>run 0-layer</c>.</param>
    /// <param name="experiment">What is trained; null, when resuming, for what the run is.</param>
    /// <param name="terminal">Where progress goes.</param>
    /// <param name="path">The folder; null for a new one under <c>runs/</c>.</param>
    /// <param name="then">What to do with the trained run.</param>
    /// <returns>The exit code: what <paramref name="then"/> returns, or 1 if it was
    /// interrupted.</returns>
    public static int Train(
        ParseResult parse,
        TrainingOptions options,
        string command,
        Experiment? experiment,
        Terminal terminal,
        string? path,
        Func<TrainedRun, int> then)
    {
        bool resume = parse.GetValue(options.Resume);
        string? text = parse.GetValue(options.Text);
        if (resume || experiment is null)
        {
            using RunFolder folder = RunFolder.Resume(path ?? Newest(experiment?.Name ?? ""));
            RunNotes notes = RunNotes.Read(folder);
            using Corpus corpus = notes.OpenText(text);
            terminal.Tell(corpus);
            bool anew = folder.IsUntrained;
            TrainerOptions measured = Experiment.Options(notes.Config, notes.Recipe, corpus);
            using Trainer trainer = anew
                ? Trainer.Start(folder, notes.Config, corpus, notes.Recipe, measured)
                : Trainer.Resume(folder, corpus, measured);
            terminal.Error.WriteLine(anew
                ? $"Nothing was saved yet; training {notes.Experiment} anew in {folder.Path}"
                : $"Going on at step {trainer.Step:N0} of {trainer.Recipe.Steps:N0} in "
                    + $"{folder.Path}");
            return Finish(trainer, folder, notes, corpus, command, terminal, then);
        }
        else
        {
            Recipe recipe = experiment.Recipe with { Seed = terminal.Seed };
            if (parse.GetValue(options.Steps) is { } steps)
            {
                recipe = recipe with { Steps = steps, Warmup = Math.Min(recipe.Warmup, steps) };
            }

            if (parse.GetValue(options.Merges) is { } merges)
            {
                recipe = recipe with { Merges = merges };
            }

            using Corpus corpus = RunNotes.Open(text, recipe.Context, recipe.Merges);
            terminal.Tell(corpus);
            using RunFolder folder = path is null
                ? RunFolder.CreateNext(Path.Combine(RunsFolder, experiment.Name))
                : RunFolder.Create(path, parse.GetValue(options.Overwrite));
            TransformerConfig config = experiment.Config(corpus.Tokenizer.VocabularySize);
            var notes = new RunNotes(
                experiment.Name,
                text is null ? null : Path.GetFullPath(text),
                corpus.Digest,
                config,
                recipe,
                DateTimeOffset.Now,
                ProgramVersion);
            notes.Write(folder);
            using Trainer trainer = Trainer.Start(
                folder, config, corpus, recipe, Experiment.Options(config, recipe, corpus));
            terminal.Error.WriteLine(
                $"Training {experiment.Name} in {folder.Path}: {experiment.Cost(recipe.Steps)}");
            return Finish(trainer, folder, notes, corpus, command, terminal, then);
        }
    }

    /// <summary>Opens a finished run to look at it again.</summary>
    /// <exception cref="InvalidDataException">It was not trained to its end.</exception>
    public static int Reopen(
        string path, string? text, Terminal terminal, Func<TrainedRun, int> then)
    {
        using (RunFolder looked = RunFolder.Open(path))
        {
            RunNotes.Read(looked);
        }

        using RunFolder folder = RunFolder.Resume(path);
        if (!File.Exists(folder[RunFolder.SummaryFile]))
        {
            throw new InvalidDataException(
                $"Run: {path} was not trained to its end; go on with: vitrine train --resume "
                    + $"--out {path}");
        }

        RunNotes notes = RunNotes.Read(folder);
        using Transformer model = Transformer.Load(path);
        using Corpus corpus = notes.OpenText(text);
        terminal.Tell(corpus);
        if (notes.TextDigest is { } digest && digest != corpus.Digest)
        {
            throw new InvalidDataException(
                $"Run: {path} was trained on another text than '{corpus.Name}', which a report "
                + "would "
                + "compare it with; give the text it was trained on with --text.");
        }

        TrainingSummary summary = TrainingSummary.Of(folder);
        return then(new TrainedRun(folder, notes, model, corpus, summary));
    }

    private static string ProgramVersion { get; } =
        typeof(TrainedRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    private static int Finish(
        Trainer trainer,
        RunFolder folder,
        RunNotes notes,
        Corpus corpus,
        string command,
        Terminal terminal,
        Func<TrainedRun, int> then)
    {
        var display = new TrainingDisplay(terminal);
        string goOn = $"vitrine {command} --resume --out {folder.Path}";
        TrainingSummary? summary;
        try
        {
            summary = trainer.Run(display, Interruption.Token);
        }
        catch (IOException failure)
        {
            throw new IOException(
                $"{failure.Message} What was saved before stands; when there is room again, go on "
                + $"with: {goOn}",
                failure);
        }
        finally
        {
            display.EndLine();
        }

        if (summary is null)
        {
            terminal.Error.WriteLine(
                $"Saved after step {trainer.Step:N0} of {trainer.Recipe.Steps:N0}. Go on with: "
                    + $"{goOn}");
            return 1;
        }

        try
        {
            return then(new TrainedRun(folder, notes, trainer.Model, corpus, summary));
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine(
                $"Stopped; the model is trained. Explain it with: vitrine report {folder.Path}");
            return 1;
        }
    }

    /// <summary>The finished runs of an experiment beside a run, then under <c>runs/</c>, the
    /// newest of each first.</summary>
    public static IEnumerable<string> Finished(string name, string beside) =>
        Runs(name, Path.GetDirectoryName(beside)!).Concat(Runs(name, RunsFolder))
            .Where(run => File.Exists(Path.Combine(run, RunFolder.SummaryFile)));

    private static string Newest(string name) => Runs(name, RunsFolder).FirstOrDefault()
        ?? throw new RequestException(
            $"--resume: there is no run under {RunsFolder}/{name}; name one with --out.");

    private static IEnumerable<string> Runs(string name, string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, name + "*")
            .Where(run => File.Exists(Path.Combine(run, RunFolder.NotesFile)))
            .OrderByDescending(Directory.GetLastWriteTimeUtc)
        : [];
}
