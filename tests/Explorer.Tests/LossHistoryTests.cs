using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Models.Training;

namespace Vitrine.Explorer.Tests;

public class LossHistoryTests
{
    [Fact]
    public void TheLastHeldOutPointIsOverAllTokens()
    {
        TrainingMetrics[] metrics =
        [
            new(0, null, 10.8, null, null, 0, 0),
            new(1, 10.7, null, 0.1, 1, 2048, 0.1),
            new(2, 9.0, 9.1, 0.1, 1, 4096, 0.2),
            new(3, 8.0, 8.1, 0.1, 1, 6144, 0.3),
        ];
        LossHistory history =
            LossHistory.Of(metrics, Experiment.Losses(5.12, 6.71, 5.04), [3, 0, 2]);
        Assert.Equal([1, 2, 3], history.Steps);
        Assert.Equal([10.7, 9.0, 8.0], history.Train);
        Assert.Equal(
            [new(0, 10.8), new(2, 9.1), new HeldOutPoint(3, 5.12, 5.07, 5.17)], history.HeldOut,
            (a, b) => a.Step == b.Step && a.Value == b.Value
                && Math.Abs((a.Low ?? 0) - (b.Low ?? 0)) < 1e-9);
        Assert.Equal([6.71, 5.04], history.References.Select(reference => reference.Value));
        Assert.Equal([0, 2, 3], history.Checkpoints);
    }
}
