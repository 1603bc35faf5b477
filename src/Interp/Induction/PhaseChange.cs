using Vitrine.Interp.Studies;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Induction;

/// <summary>A curve over training.</summary>
/// <param name="Name">Its name: <c>held-out</c>, <c>1.0</c>.</param>
/// <param name="Panel">The panel that holds it: <c>loss</c>, <c>repeats</c>, <c>in-context</c>,
/// <c>prefix matching</c>, <c>previous token</c> or <c>composition</c>.</param>
/// <param name="Values">The value at each step.</param>
internal sealed record PhaseSeries(string Name, string Panel, IReadOnlyList<double> Values)
{
    /// <summary>The head it belongs to, <c>1.0</c>; null for the whole model.</summary>
    public string? Head { get; init; }

    /// <summary>Its own steps; null for those of the record.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>The lower end of the spread at each step.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper end of the spread at each step.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>The same curve of other seeds.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Repeats { get; init; }
}

/// <summary>Steps between which something happened.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
internal sealed record StepInterval(int From, int To);

/// <summary>When the circuit formed: scores during training.</summary>
/// <remarks>Scores are those measured during training (<see cref="FormationScores"/>), unsmoothed.
/// Olsson et al. (2022), "Argument 1: macroscopic co-occurrence".</remarks>
/// <param name="Steps">The steps at which scores were measured.</param>
/// <param name="Series">The lines.</param>
/// <param name="Change">From 10 to 90% of the rise of the best head's prefix matching; null if it
/// never reached 0.25.</param>
/// <param name="Crossing">Between the last step with less than 0.1 and the first with more than
/// 0.25; null if it never did.</param>
/// <param name="Checkpoints">Steps whose weights were kept.</param>
/// <param name="Head">The head with the highest prefix matching at the end.</param>
internal sealed record PhaseChange(
    IReadOnlyList<int> Steps,
    IReadOnlyList<PhaseSeries> Series,
    StepInterval? Change,
    StepInterval? Crossing,
    IReadOnlyList<int> Checkpoints,
    string Head)
    : Analysis(
        "phase-change",
        "When did the circuit form?",
        "share of attention; nats per token",
        "Measured during training, unsmoothed, on a sample small enough to measure often: prefix "
        + $"matching on {FormationScores.Sequences} sequences of repeated random tokens, attention "
        + $"to the previous token and the in-context score on {FormationScores.Sequences} windows "
        + "of held-out text. Training loss: the mean over the steps since the previous point, on "
        + "the data of those steps. Band: 10 to 90% of the rise in prefix matching.")
{
    /// <summary>The change is abrupt if the crossing takes at most this fraction of the run (one in
    /// N).</summary>
    public const int AbruptPart = 8;

    private const double Absent = 0.1;
    private const double Present = 0.25;

    /// <summary>Whether prefix matching goes from below 0.1 to above 0.25 within an eighth of the
    /// run's steps.</summary>
    public bool Abrupt => Crossing is { } crossing
        && AbruptPart * (crossing.To - crossing.From) <= Steps[^1];

    /// <summary>Reads the lines of a run.</summary>
    /// <param name="metrics">The run's metrics, some with scores of
    /// <see cref="FormationScores"/>.</param>
    /// <param name="checkpoints">Steps whose weights were kept.</param>
    /// <exception cref="ArgumentException">No line has scores.</exception>
    public static PhaseChange Of(
        IReadOnlyList<TrainingMetrics> metrics, IReadOnlyList<int> checkpoints)
    {
        TrainingMetrics[] measured = [.. metrics.Where(line => line.Scores is not null)];
        if (measured.Length == 0)
        {
            throw new ArgumentException(
                "PhaseChange: the run measured no scores during training; train it with vitrine "
                    + "run 2-layer.",
                nameof(metrics));
        }

        int[] steps = [.. measured.Select(line => line.Step)];
        TrainingMetrics[] sampled = [.. metrics.Where(line => line.HeldOutLoss is not null)];
        string[] names = [.. measured[^1].Scores!.Keys];
        var series = new List<PhaseSeries>
        {
            new("held-out", "loss", [.. sampled.Select(line => line.HeldOutLoss!.Value)])
            {
                Steps = [.. sampled.Select(line => line.Step)],
            },
            new("train", "loss", Trained(metrics, steps)) { Steps = steps[1..] },
        };
        AddWhole(FormationScores.RepeatFirst, "first copy", "repeats");
        AddWhole(FormationScores.RepeatSecond, "second copy", "repeats");
        AddWhole(FormationScores.InContext, "in-context score", "in-context");
        AddHeads(FormationScores.PrefixMatching, "prefix matching");
        AddHeads(FormationScores.PreviousToken, "previous token");
        PhaseSeries best = series.Where(line => line.Panel == "prefix matching")
            .MaxBy(line => line.Values[^1])!;
        return new PhaseChange(
            steps, series, Rise(steps, best.Values), Crossed(steps, best.Values), checkpoints,
            best.Head!);

        void AddWhole(string name, string called, string panel) => series.AddRange(
            from one in names where one == name
            select new PhaseSeries(called, panel, Values(name)));

        void AddHeads(string prefix, string panel) => series.AddRange(
            from name in names
            where name.StartsWith(prefix, StringComparison.Ordinal)
            let head = name[prefix.Length..]
            select new PhaseSeries(head, panel, Values(name)) { Head = head });

        double[] Values(string name) => [.. measured.Select(line => line.Scores![name])];
    }

    /// <summary>The mean training loss between each step and the one before it.</summary>
    private static double[] Trained(IReadOnlyList<TrainingMetrics> metrics, int[] steps) =>
    [
        .. steps.Zip(steps.Skip(1), (from, to) => metrics
            .Where(line => line.Step > from && line.Step <= to && line.Loss is not null)
            .Select(line => line.Loss!.Value).DefaultIfEmpty(double.NaN).Average()),
    ];

    /// <summary>Adds the curves of other seeds to those of the whole model and of the best head of
    /// each panel; curves measured at other steps are left out.</summary>
    /// <param name="others">The same for models that differ only in the seed.</param>
    public PhaseChange Beside(IReadOnlyList<PhaseChange> others) => this with
    {
        Series =
        [
            .. Series.Select(one => one.Head is not null && one != Best(one.Panel) ? one : one with
            {
                Repeats =
                [
                    .. from other in others
                       let same = one.Head is not null ? other.Best(one.Panel)
                           : other.Series.FirstOrDefault(
                               own => own.Name == one.Name && own.Panel == one.Panel)
                       where same is not null
                           && (same.Steps ?? other.Steps).SequenceEqual(one.Steps ?? Steps)
                       select same.Values,
                ],
            }),
        ],
    };

    private PhaseSeries? Best(string panel) =>
        Series.Where(one => one.Panel == panel).MaxBy(one => one.Values[^1]);

    /// <summary>Adds K-composition into the head as a separate panel.</summary>
    /// <param name="timeline">The checkpoints; those of models with one layer add nothing.</param>
    public PhaseChange With(IReadOnlyList<CheckpointReading> timeline)
    {
        CheckpointReading[] read = [.. timeline.Where(one => one.Composition is not null)];
        int[] steps = [.. read.Select(one => one.Step)];
        IEnumerable<PhaseSeries> curves =
            from one in read
            from edge in one.Composition!.Edges
            where edge.Kind == "K" && edge.To == Head
            group edge.Value by edge.From into writer
            select new PhaseSeries(writer.Key, "composition", [.. writer])
            {
                Head = writer.Key,
                Steps = steps,
            };
        return this with { Series = [.. Series, .. curves] };
    }

    /// <summary>From the last step with at most 10% of the rise, before 90% are first
    /// reached.</summary>
    private static StepInterval? Rise(int[] steps, IReadOnlyList<double> values)
    {
        double low = values[0];
        double high = values.Max();
        return high < Present
            ? null
            : Between(steps, values, low + (0.1 * (high - low)), low + (0.9 * (high - low)));
    }

    private static StepInterval? Crossed(int[] steps, IReadOnlyList<double> values) =>
        values.Max() <= Present || values[0] >= Absent ? null
            : Between(steps, values, Absent, Present);

    private static StepInterval Between(
        int[] steps, IReadOnlyList<double> values, double low, double high)
    {
        int end = Enumerable.Range(0, values.Count).First(i => values[i] >= high);
        int start = Enumerable.Range(0, end + 1).LastOrDefault(i => values[i] <= low);
        return new StepInterval(steps[start], steps[end]);
    }
}
