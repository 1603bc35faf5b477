using Vitrine.Interp.Circuits;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Studies;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests.Induction;

public class PhaseChangeTests
{
    [Fact]
    public void ARiseIsFoundBetweenItsSteps()
    {
        PhaseChange change =
            PhaseChange.Of(Run(0.01, 0.02, 0.05, 0.4, 0.6, 0.62), checkpoints: [0, 50]);
        Assert.Equal("1.0", change.Head);
        Assert.Equal(new StepInterval(20, 30), change.Crossing);
        Assert.Equal(new StepInterval(20, 40), change.Change);
        Assert.Equal([0, 10, 20, 30, 40, 50], change.Steps);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(8, false)]
    public void ARiseIsAbruptInAnEighthOfTheRun(int measured, bool abrupt)
    {
        // From 0.05 to 0.4 in 10 of 80 steps, and of 70.
        double[] values = [.. Enumerable.Repeat(0.05, 4), .. Enumerable.Repeat(0.4, measured - 4)];
        PhaseChange change = PhaseChange.Of(Run(values), checkpoints: []);
        Assert.Equal(new StepInterval(30, 40), change.Crossing);
        Assert.Equal(abrupt, change.Abrupt);
        Finding finding = InductionFindings.Of(change);
        Assert.Equal(abrupt, finding.Holds);
        Assert.Equal(
            "Prefix matching of head 1.0 rises from below 0.1 to above 0.25 between step 30 and "
            + (abrupt ? "step 40 of 80, abruptly: within 12.5% of the run."
                : "step 40 of 70, not abruptly: over 14.3% of the run."),
            finding.Text.ToString());
    }

    [Fact]
    public void TheMethodSaysOnHowLittleItIsMeasured() => Assert.Contains(
        "the in-context score on 8 windows of held-out text",
        PhaseChange.Of(Run(0.01, 0.3), checkpoints: []).Method, StringComparison.Ordinal);

    [Fact]
    public void ASlowRiseIsAsLongAsItIsAndNotAbrupt()
    {
        PhaseChange change = PhaseChange.Of(Run(0.01, 0.15, 0.2, 0.24, 0.3, 0.3), checkpoints: []);
        Assert.Equal(new StepInterval(0, 40), change.Crossing);
        Assert.False(change.Abrupt);
        Assert.Contains(
            "not abruptly: over 80.0% of the run", InductionFindings.Of(change).Text.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhereNothingRisesNothingIsClaimed()
    {
        PhaseChange change = PhaseChange.Of(Run(0.01, 0.02, 0.1, 0.2, 0.2, 0.2), checkpoints: []);
        Assert.Null(change.Crossing);
        Assert.False(change.Abrupt);
        Finding finding = InductionFindings.Of(change);
        Assert.False(finding.Holds);
        Assert.StartsWith("No head's prefix matching", finding.Text.ToString(), StringComparison.Ordinal);
        Assert.Null(change.Change);
    }

    [Fact]
    public void PanelsHoldEveryHeadAndTheHeldOutLossItsOwnSteps()
    {
        PhaseChange change = PhaseChange.Of(Run(0, 0.5), checkpoints: []);
        Assert.Equal(
            ["loss held-out", "loss train", "repeats first copy", "repeats second copy",
                "in-context in-context score", "prefix matching 1.0", "prefix matching 0.0",
                "previous token 0.0"],
            change.Series.Select(one => $"{one.Panel} {one.Name}"));
        Assert.Equal([0, 10], change.Series[0].Steps);
        Assert.Equal([6, 6], change.Series[0].Values);
        Assert.Equal([10], change.Series[1].Steps);
        Assert.Equal([7], change.Series[1].Values);
        Assert.Equal([9, 9], change.Series[2].Values);
        Assert.Equal([8, 8], change.Series[3].Values);
    }

    [Fact]
    public void TrainingLossIsTheMeanSinceThePointBefore()
    {
        TrainingMetrics[] measured = Run(0, 0.5);
        TrainingMetrics[] between =
        [
            .. new[] { 2, 4, 9 }.Select(loss => new TrainingMetrics(loss, loss, null, 0.1, 1, 0, 0)),
        ];
        PhaseChange change = PhaseChange.Of([measured[0], .. between, measured[1]], []);
        Assert.Equal([(2 + 4 + 9 + 7) / 4.0], change.Series[1].Values);
    }

    [Fact]
    public void ScoresThatAnEarlierRunDidNotMeasureAreLeftOut()
    {
        TrainingMetrics[] run =
        [
            .. Run(0, 0.5).Select(line => line with
            {
                Scores = line.Scores!.Where(one => !one.Key.StartsWith("repeat", StringComparison.Ordinal))
                    .ToDictionary(),
            }),
        ];
        Assert.DoesNotContain(PhaseChange.Of(run, []).Series, one => one.Panel == "repeats");
    }

    [Fact]
    public void CompositionIntoTheHeadIsAPanelOfTheCheckpoints()
    {
        PhaseChange change = PhaseChange.Of(Run(0, 0.5), checkpoints: [0, 10])
            .With([Checkpoint(0, 0.1), Checkpoint(10, 0.3)]);
        PhaseSeries added = Assert.Single(change.Series, one => one.Panel == "composition");
        Assert.Equal("0.0", added.Head);
        Assert.Equal([0, 10], added.Steps);
        Assert.Equal([0.1, 0.3], added.Values);
    }

    [Fact]
    public void OtherSeedsStandBesideTheBestHeadAndTheWholeModel()
    {
        PhaseChange change = PhaseChange.Of(Run(0, 0.5), checkpoints: [])
            .Beside([PhaseChange.Of(Run(0, 0.6), []), PhaseChange.Of(Run(0, 0.1, 0.7), [])]);
        Assert.Equal(
            ["held-out 1", "train 1", "first copy 1", "second copy 1", "in-context score 1", "1.0 1",
                "0.0 -1", "0.0 1"],
            change.Series.Select(one => $"{one.Name} {one.Repeats?.Count ?? -1}"));
        Assert.Equal([0, 0.6], change.Series[5].Repeats![0]);
        Assert.Equal([7], change.Series[1].Repeats![0]);
        Assert.Equal([9, 9], change.Series[2].Repeats![0]);
    }

    [Fact]
    public void ARunWithoutScoresIsRefused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => PhaseChange.Of([new TrainingMetrics(0, 1, 1, 1, 1, 1, 1)], []));
        Assert.Contains("vitrine run 2-layer", error.Message);
    }

    private static CheckpointReading Checkpoint(int step, double value)
    {
        CompositionEdge Edge(string kind, string to) => new(kind, "0.0", to, value, 0, 1, value);
        var composition = new Composition(
            [], [Edge("Q", "1.0"), Edge("K", "1.0"), Edge("K", "1.1")],
            new CompositionBaseline(2, [4, 4], 0, 1));
        return new CheckpointReading(step, new HeadTable(2, 2, [], []), [], composition, []);
    }

    private static TrainingMetrics[] Run(params double[] matching) =>
    [
        .. matching.Select((value, i) => new TrainingMetrics(
            10 * i, 7, 6, 0.1, 1, 0, 0,
            new Dictionary<string, double>
            {
                [FormationScores.PrefixMatching + "1.0"] = value,
                [FormationScores.PrefixMatching + "0.0"] = 0.01,
                [FormationScores.PreviousToken + "0.0"] = 0.5,
                [FormationScores.RepeatFirst] = 9,
                [FormationScores.RepeatSecond] = 8,
                [FormationScores.InContext] = -0.1,
            })),
    ];
}
