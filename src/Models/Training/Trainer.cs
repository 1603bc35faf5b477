using System.Diagnostics;
using Vitrine.Autograd;
using Vitrine.Autograd.Optimizers;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>Trains a model in a run folder, so that it can be stopped or killed at any moment and
/// still reach the same bits.</summary>
/// <remarks> A step depends only on the weights, the optimizer's means and the step number: the
/// order of the text follows from the seed. The folder keeps the weights at the steps of a
/// <see cref="Timeline"/> in half precision, and everything needed to resume in one file, written
/// every <see cref="TrainerOptions.SaveEvery"/> steps. </remarks>
public sealed partial class Trainer : IDisposable
{
    private readonly RunFolder _run;
    private readonly Corpus _corpus;
    private readonly TrainerOptions _options;
    private readonly AdamW _optimizer;
    private readonly TrainingBatch _batch;
    private readonly HeldOutLoss _heldOut;
    private readonly Schedule _schedule;
    private readonly Stopwatch _clock = new();
    private TimeSpan _before;
    private double? _sample;
    private IReadOnlyDictionary<string, double>? _scores;

    private Trainer(
        RunFolder run, Transformer model, Corpus corpus, Recipe recipe, TrainerOptions options)
    {
        _run = run;
        Model = model;
        _corpus = corpus;
        Recipe = recipe;
        _options = options;
        _schedule = recipe.Schedule;
        _batch = new TrainingBatch(corpus, recipe, model.Device);
        _heldOut = new HeldOutLoss(corpus, recipe.Context, recipe.BatchSize);
        _optimizer = new AdamW(Groups(model, recipe), recipe.Beta1, recipe.Beta2, recipe.Epsilon);
    }

    /// <summary>The model; owned by this.</summary>
    public Transformer Model { get; }

    /// <summary>How it is trained.</summary>
    public Recipe Recipe { get; }

    /// <summary>Steps done.</summary>
    public int Step => _optimizer.Steps;

    /// <summary>Tokens read.</summary>
    public long Tokens => (long)Step * Recipe.TokensPerStep;

    /// <summary>Time spent training, over all processes.</summary>
    public TimeSpan Elapsed => _before + _clock.Elapsed;

    /// <summary>Trains to the end, or until cancelled.</summary>
    /// <param name="progress">Called after every step, on this thread.</param>
    /// <param name="cancellation">Saves after the current step and returns.</param>
    /// <returns>The figures of the finished run, which are also in <c>summary.json</c>; null if it
    /// was cancelled: <see cref="Resume"/> goes on at <see cref="Step"/>.</returns>
    /// <exception cref="NonFiniteException">A loss or a gradient became NaN or infinite; what was
    /// saved before is kept.</exception>
    /// <exception cref="IOException">The disk fails; what was saved before is kept.</exception>
    public TrainingSummary? Run(
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        _clock.Start();
        IReadOnlyList<int> timeline = Timeline.Of(Recipe.Steps);
        var speed = new Speed(Elapsed);
        while (Step < Recipe.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                SaveState();
                return null;
            }

            (double loss, double norm, float rate) = TakeStep();
            bool sampled = Step % _options.SampleEvery == 0 || Step == Recipe.Steps;
            if (sampled)
            {
                _sample = _heldOut.Sample(Model, _options.SampleTokens);
            }

            bool measured = _options.Measure is not null
                && (Step % _options.MeasureEvery == 0 || Step == Recipe.Steps);
            if (measured)
            {
                _scores = _options.Measure!(Model);
            }

            Record(new TrainingMetrics(
                Step, loss, sampled ? _sample : null, rate, norm, Tokens, Elapsed.TotalSeconds,
                measured ? _scores : null));
            if (timeline.Contains(Step))
            {
                _run.SaveCheckpoint(Step, Model.Weights(ElementType.F16));
            }

            if (Step % _options.SaveEvery == 0 || Step == Recipe.Steps)
            {
                SaveState();
            }

            double secondsPerStep = speed.After(Elapsed);
            progress?.Report(new TrainingProgress(
                Step, Recipe.Steps, loss, _sample, rate, norm, Tokens,
                Recipe.TokensPerStep / secondsPerStep, Elapsed,
                TimeSpan.FromSeconds((Recipe.Steps - Step) * secondsPerStep), _scores));
        }

        _clock.Stop();
        return Finish();
    }

    /// <summary>Releases the model, the optimizer and the run's lock.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _batch.Dispose();
        Model.Dispose();
        _run.Dispose();
    }

    /// <summary>Forward, backward and update.</summary>
    private (double Loss, double GradientNorm, float LearningRate) TakeStep()
    {
        _batch.Fill(Step);
        double loss;
        using (var tape = new Tape())
        {
            Var mean = Model.Loss(tape, _batch.Tokens, _batch.Targets, _batch.Weights);  // []
            loss = mean.Value.Scalar();
            if (!double.IsFinite(loss))
            {
                throw NotFinite(
                    FirstNotFinite() ?? "the loss",
                    static parameter => (parameter.Name!, parameter.Storage));
            }

            tape.Backward(mean);
        }

        (double norm, float scale) = GradientClipping.GlobalNorm(
            Model.Parameters, Recipe.GradientClip);
        if (!double.IsFinite(norm))
        {
            throw NotFinite(
                "the gradient",
                static parameter => ($"the gradient of {parameter.Name}", parameter.GradStorage));
        }

        float rate = _schedule.At(Step);
        _optimizer.Step(rate, scale, zeroGradients: true);
        return (loss, norm, rate);
    }

    /// <summary>The first activation of the step's tokens that is not finite; null if all
    /// are.</summary>
    private string? FirstNotFinite()
    {
        string? first = null;
        var hooks = new Hooks();
        hooks.Observe("*", (point, x) =>
        {
            // Scores are −∞ where attention hides; what else is wrong with them is in the pattern.
            if (!point.Name.EndsWith("hook_attn_scores", StringComparison.Ordinal)
                && !double.IsFinite(Ops.SumOfSquares(x)))
            {
                first ??= point.Name;
            }
        });
        using Tape tape = Tape.NoGrad();
        Model.Loss(tape, _batch.Tokens, _batch.Targets, _batch.Weights, hooks);
        return first;
    }

    /// <summary>Names the first parameter whose tensor is not finite.</summary>
    private NonFiniteException NotFinite(
        string otherwise, Func<Parameter, (string Name, Tensor<float>? Tensor)> choose)
    {
        foreach (Parameter parameter in Model.Parameters)
        {
            (string name, Tensor<float>? tensor) = choose(parameter);
            if (tensor is not null && !double.IsFinite(Ops.SumOfSquares(tensor)))
            {
                return new NonFiniteException(Step + 1, name);
            }
        }

        return new NonFiniteException(Step + 1, otherwise);
    }

    private static IEnumerable<ParameterGroup> Groups(Transformer model, Recipe recipe)
    {
        string? unknown = recipe.Weights?
            .FirstOrDefault(
                weight => !model.Parameters.Any(parameter => weight.Means(parameter.Name!)))
            ?.Name;
        if (unknown is not null)
        {
            throw new InvalidDataException(
                $"Recipe: the model has no weight '{unknown}'; its weights are "
                + $"{string.Join(", ", model.Parameters.Select(parameter => parameter.Name))}.");
        }

        return model.Parameters.Select(parameter =>
        {
            WeightSettings settings = recipe.SettingsOf(parameter.Name!);
            return new ParameterGroup(
                [parameter], settings.LearningRateFactor, settings.WeightDecay);
        });
    }

    /// <summary>The time of a step, as a mean in which older steps count less; the first, which
    /// also compiles what it runs, counts only until there is another.</summary>
    private sealed class Speed(TimeSpan start)
    {
        private const double Memory = 0.9;
        private TimeSpan _last = start;
        private double _mean;
        private int _steps;

        public double After(TimeSpan now)
        {
            double seconds = (now - _last).TotalSeconds;
            _last = now;
            _steps++;
            _mean = _steps <= 2 ? seconds : (Memory * _mean) + ((1 - Memory) * seconds);
            return _mean;
        }
    }
}
