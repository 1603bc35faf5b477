using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

[Collection(nameof(Alone))]
public sealed class TrainerTests : TrainingRuns
{
    [Fact]
    public void ARunLearnsAndLeavesAFolderThatSaysSo()
    {
        string path = Path.Combine(_folder, "run");
        TrainingSummary summary = Train(path)!;
        Assert.Equal(24, summary.Steps);
        Assert.Equal(24 * 64, summary.Tokens);
        Assert.True(summary.Seconds > 0 && summary.PeakMemoryBytes > 0);
        Assert.InRange(
            summary.HeldOutLoss, summary.HeldOutInterval![0], summary.HeldOutInterval[1]);

        using RunFolder run = RunFolder.Open(path);
        TrainingMetrics[] lines = [.. run.ReadMetrics().Select(TrainingMetrics.Parse)];
        Assert.Equal(Enumerable.Range(0, 25), lines.Select(line => line.Step));
        Assert.Equal(
            [0, 8, 16, 24],
            lines.Where(line => line.HeldOutLoss is not null).Select(line => line.Step));
        Assert.Equal(lines[22..].Average(line => line.Loss!.Value), summary.TrainLoss, 1e-9);
        Assert.True(summary.HeldOutLoss < lines[0].HeldOutLoss - 0.5);
        Assert.Equal(Timeline.Of(24), run.Checkpoints.Select(checkpoint => checkpoint.Step));
        Assert.Equal(
            summary.ToJson(), TrainingSummary.Parse(run.ReadText(RunFolder.SummaryFile)).ToJson());
        Assert.Contains("\"heldOutLoss\":", run.ReadText(RunFolder.SummaryFile));
        Assert.Contains("# A 0-layer transformer", run.ReadText(RunFolder.CardFile));
        using Transformer model = Transformer.Load(path);
        Assert.Equal(summary.HeldOutLoss, new HeldOutLoss(_corpus, 16, 4).All(model).Loss);
    }

    [Fact]
    public void ACancelledRunGoesOnToTheSameBits()
    {
        Train(Path.Combine(_folder, "unbroken"));
        string path = Path.Combine(_folder, "stopped");
        using var cancel = new CancellationTokenSource();
        var stop = new Watcher(progress =>
        {
            if (progress.Step == 10)
            {
                cancel.Cancel();
            }
        });
        Assert.Null(Train(path, stop, cancel));
        using (Trainer resumed = Resume(path))
        {
            Assert.Equal(10, resumed.Step);
            Assert.True(resumed.Elapsed > TimeSpan.Zero);
            var seen = new List<TrainingProgress>();
            Assert.NotNull(Run(resumed, new Watcher(seen.Add)));
            Assert.Equal(11, seen[0].Step);
            Assert.NotNull(seen[0].HeldOutLoss);
        }

        AssertSameModel("unbroken", "stopped");
        using RunFolder run = RunFolder.Open(path);
        Assert.Equal(
            Enumerable.Range(0, 25),
            run.ReadMetrics().Select(line => TrainingMetrics.Parse(line).Step));
    }

    [Fact]
    public void ScoresAreMeasuredBeforeTheFirstStepAndOnResumeAreThoseOfBefore()
    {
        string path = Path.Combine(_folder, "scored");
        int asked = 0;
        TrainerOptions options = TinyCorpus.Options with
        {
            MeasureEvery = 10,
            Measure = _ => new Dictionary<string, double> { ["asked"] = asked++ },
        };
        using var cancel = new CancellationTokenSource();
        using (Trainer trainer = Trainer.Start(
            RunFolder.Create(path), TinyCorpus.Config, _corpus, TinyCorpus.Recipe, options))
        {
            trainer.Run(new Watcher(progress => Cancel(progress.Step == 12)), cancel.Token);
        }

        var seen = new List<TrainingProgress>();
        using (Trainer resumed = Trainer.Resume(RunFolder.Resume(path), _corpus, options))
        {
            Run(resumed, new Watcher(seen.Add));
        }

        Assert.Equal(13, seen[0].Step);
        Assert.Equal(1, seen[0].Scores!["asked"]);
        using RunFolder run = RunFolder.Open(path);
        Assert.Equal(
            [(0, 0.0), (10, 1), (20, 2), (24, 3)],
            run.ReadMetrics().Select(TrainingMetrics.Parse).Where(line => line.Scores is not null)
                .Select(line => (line.Step, line.Scores!["asked"])));

        void Cancel(bool now)
        {
            if (now)
            {
                cancel.Cancel();
            }
        }
    }

    [Fact]
    public void AFinishedRunResumesToTheSameSummary()
    {
        string path = Path.Combine(_folder, "run");
        TrainingSummary summary = Train(path)!;
        using Trainer resumed = Resume(path);
        Assert.Equal(summary.HeldOutLoss, Run(resumed)!.HeldOutLoss);
    }

    [Fact]
    public void TheSameBitsForAnyNumberOfThreads()
    {
        int threads = Tensors.WorkerPool.Threads;
        try
        {
            foreach (int count in new[] { 1, 2, 3, 8 })
            {
                Tensors.WorkerPool.Threads = count;
                Train(Path.Combine(_folder, $"{count}"));
                AssertSameModel("1", $"{count}");
            }
        }
        finally
        {
            Tensors.WorkerPool.Threads = threads;
        }
    }

    [Fact]
    public void EveryStepIsReported()
    {
        var seen = new List<TrainingProgress>();
        Train(Path.Combine(_folder, "run"), new Watcher(seen.Add));
        Assert.Equal(Enumerable.Range(1, 24), seen.Select(progress => progress.Step));
        Assert.All(seen, progress => Assert.True(
            progress.TokensPerSecond > 0 && progress.HeldOutLoss > 0 && double.IsFinite(
                progress.Loss)));
        Assert.Equal(TimeSpan.Zero, seen[^1].TimeLeft);
        Assert.Equal(24 * 64, seen[^1].Tokens);
    }

    [Fact]
    public void AWarmStepAllocatesLittleManagedMemoryAndNoTensorMemory()
    {
        // From step 17 to 19 nothing is sampled, saved or kept.
        long managed = 0;
        long native = 0;
        var watcher = new Watcher(progress =>
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (progress.Step == 18)
            {
                (managed, native) = (now, Tensors.Device.Cpu.NativeAllocations);
            }
            else if (progress.Step == 19)
            {
                managed = now - managed;
                native -= Tensors.Device.Cpu.NativeAllocations;
            }
        });
        Train(
            Path.Combine(_folder, "run"), watcher, recipe: TinyCorpus.Recipe with { Steps = 100 });
        Assert.InRange(managed, 1, 10 * 1024);
        Assert.Equal(0, native);
    }
}
