using System.Diagnostics;
using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <content>The contents of the run folder.</content>
public sealed partial class Trainer
{
    private const string StepKey = "training.step";
    private const string SecondsKey = "training.seconds";
    private const string RecipeKey = "training.recipe";
    private const string CorpusKey = "training.corpus";

    /// <summary>Starts a run: fresh weights, and an output bias that predicts the unigram
    /// distribution.</summary>
    /// <param name="run">A new folder, open for writing; from now on owned by the trainer.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="corpus">The text; must stay alive.</param>
    /// <param name="recipe">How to train.</param>
    /// <param name="options">What to measure and keep.</param>
    /// <exception cref="InvalidDataException">Config, recipe and corpus do not fit.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static Trainer Start(
        RunFolder run, TransformerConfig config, Corpus corpus, Recipe recipe,
        TrainerOptions? options = null) =>
        DisposingOnFailure(run, () =>
        {
            recipe.Validate(config);
            options?.Validate();
            RequireVocabulary(config, corpus);
            Transformer model = Transformer.Initial(
                config, recipe.Seed, recipe.InitialStandardDeviation,
                name => recipe.SettingsOf(name).InitialStandardDeviation);
            model.PreferRecent(recipe.Recency);
            if (config.Embedding.OutputBias)
            {
                model.PredictUnigram(TargetCounts(corpus, config.Vocabulary));
            }

            var trainer = new Trainer(run, model, corpus, recipe, options ?? new TrainerOptions());
            trainer.Begin();
            return trainer;
        });

    /// <summary>Continues a run from its last saved state.</summary>
    /// <param name="run">The run, open for writing; from now on owned by the trainer.</param>
    /// <param name="corpus">The text of the run; must stay alive.</param>
    /// <param name="options">What to measure and keep.</param>
    /// <exception cref="InvalidDataException">The state is missing or damaged, or the run was
    /// started on another text.</exception>
    public static Trainer Resume(RunFolder run, Corpus corpus, TrainerOptions? options = null) =>
        DisposingOnFailure(run, () =>
        {
            options?.Validate();
            using SafeTensors state = run.OpenTrainingState();
            TransformerConfig config = run.ReadConfig();
            Recipe recipe = JsonFile.Parse(
                $"Training: {state.Path}: {RecipeKey}", Note(state, RecipeKey),
                json => json.As(ModelsJson.Default.Recipe).Validate(config));
            int step = (int)Number(state, StepKey, recipe.Steps);
            RequireVocabulary(config, corpus);
            if (Note(state, CorpusKey) != corpus.Digest)
            {
                throw new InvalidDataException(
                    $"Training: {run.Path} was started on a text other than '{corpus.Name}', so it "
                    + "cannot continue to the same weights; give the original text.");
            }

            Transformer model = Transformer.Load(config, state);
            var trainer = new Trainer(run, model, corpus, recipe, options ?? new TrainerOptions())
            {
                _before = TimeSpan.FromSeconds(
                    Number(state, SecondsKey, TimeSpan.MaxValue.TotalSeconds / 2)),
            };
            trainer._optimizer.Restore(step, state.ReadInto);
            run.Rewind(state, step);
            IReadOnlyList<TrainingMetrics> metrics = TrainingMetrics.Of(run);
            trainer._sample = metrics
                .LastOrDefault(static line => line.HeldOutLoss is not null)?.HeldOutLoss;
            trainer._scores = metrics
                .LastOrDefault(static line => line.Scores is not null)?.Scores;
            return trainer;
        });

    /// <summary>Measures the finished model and writes it.</summary>
    private TrainingSummary Finish()
    {
        HeldOutResult heldOut = _heldOut.All(Model);
        TrainingSummary summary = new()
        {
            Steps = Step,
            Tokens = Tokens,
            Seconds = Elapsed.TotalSeconds,
            TokensPerSecond = Tokens / Elapsed.TotalSeconds,
            PeakMemoryBytes = PeakMemory(),
            TrainLoss = TrainingMetrics.Of(_run)
                .Where(line => line.Loss is not null && line.Step > Recipe.Steps * 9 / 10)
                .Average(line => line.Loss!.Value),
            HeldOutLoss = heldOut.Loss,
            HeldOutInterval = heldOut.Interval is var (low, high) ? [low, high] : null,
        };
        _run.SaveModel(Model.Weights());
        _run.WriteText(RunFolder.CardFile, ModelCard.Of(Model, Recipe, _corpus, summary));
        _run.WriteText(RunFolder.SummaryFile, summary.ToJson());
        return summary;
    }

    /// <summary>The largest resident set; where the system does not keep it, the set of
    /// now.</summary>
    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Max(process.PeakWorkingSet64, process.WorkingSet64);
    }

    /// <summary>Writes what a new run consists of: the config first, which makes the folder a run,
    /// and the state last, from which it can be resumed.</summary>
    private void Begin()
    {
        _run.WriteText(RunFolder.ConfigFile, Model.Config.ToJson());
        _sample = _heldOut.Sample(Model, _options.SampleTokens);
        _scores = _options.Measure?.Invoke(Model);
        Record(new TrainingMetrics(0, null, _sample, null, null, 0, 0, _scores));
        _run.SaveCheckpoint(0, Model.Weights(ElementType.F16));
        _corpus.Tokenizer.Save(_run.Path);
        SaveState();
    }

    private void SaveState()
    {
        SafeTensorsWriter state = Model.Weights();
        foreach ((string name, Tensor<float> tensor) in _optimizer.State)
        {
            state.Add(name, tensor);
        }

        state.Metadata[StepKey] = Step.ToString(CultureInfo.InvariantCulture);
        state.Metadata[SecondsKey] = Elapsed.TotalSeconds.ToString(
            "R", CultureInfo.InvariantCulture);
        state.Metadata[RecipeKey] = Recipe.ToJson();
        state.Metadata[CorpusKey] = _corpus.Digest;
        _run.SaveTrainingState(state);
    }

    private void Record(TrainingMetrics metrics) => _run.AppendMetrics(metrics.ToJson());

    private static double Number(SafeTensors state, string key, double most)
    {
        string note = Note(state, key);
        return double.TryParse(
                note, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number >= 0 && number <= most ? number
            : throw new InvalidDataException(
                $"Training: {state.Path}: '{key}' must be 0 … {most}; got "
                + $"'{PrintableText.Value(note)}'.");
    }

    private static string Note(SafeTensors state, string key) =>
        state.Metadata.TryGetValue(key, out string? note)
        ? note
        : throw new InvalidDataException(
            $"Training: {state.Path} must record '{key}' to be resumed; it is not a training "
            + "state.");

    private static long[] TargetCounts(Corpus corpus, int vocabulary)
    {
        var counts = new long[vocabulary];
        foreach ((_, int next) in corpus.TrainPairs)
        {
            counts[next]++;
        }

        return counts;
    }

    /// <summary>A run that cannot be worked on is let go.</summary>
    private static Trainer DisposingOnFailure(RunFolder run, Func<Trainer> make)
    {
        try
        {
            return make();
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private static void RequireVocabulary(TransformerConfig config, Corpus corpus)
    {
        if (config.Vocabulary != corpus.Tokenizer.VocabularySize)
        {
            throw new InvalidDataException(
                "Training: the config's vocabulary must be the tokenizer's "
                + $"{corpus.Tokenizer.VocabularySize}; got {config.Vocabulary}.");
        }
    }
}
