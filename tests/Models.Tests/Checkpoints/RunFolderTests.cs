using System.Diagnostics;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Checkpoints;

public class RunFolderTests
{
    private static readonly Tensor<float> Weights = Tensor.From(1f, 2f, 3f);

    [Fact]
    public void ARunKeepsItsFiles()
    {
        using var folder = new TemporaryFolder();
        using (RunFolder run = RunFolder.Create(folder["runs/0-layer"]))
        {
            Assert.True(run.IsWritable);
            run.WriteText(RunFolder.ConfigFile, "{}");
            run.SaveCheckpoint(0, Writer());
            run.SaveCheckpoint(300, Writer());
            run.SaveCheckpoint(1_000_000, Writer());
            run.AppendMetrics("""{"step":1}""");
            run.AppendMetrics("""{"step":2}""");
            run.SaveModel(Writer());
        }

        using RunFolder seen = RunFolder.Open(folder["runs/0-layer"]);
        Assert.Equal("{}", seen.ReadText(RunFolder.ConfigFile));
        Assert.Equal([0, 300, 1_000_000], seen.Checkpoints.Select(checkpoint => checkpoint.Step));
        Assert.Equal(seen["checkpoints/step-000300.safetensors"], seen.Checkpoints[1].Path);
        Assert.Equal(["""{"step":1}""", """{"step":2}"""], seen.ReadMetrics());
        using SafeTensors model = seen.OpenModel();
        Assert.Equal(["w"], model.Tensors.Select(tensor => tensor.Name));
        Assert.Contains(
            "open read-only",
            Assert.Throws<InvalidOperationException>(() => seen.AppendMetrics("{}")).Message);
    }

    [Fact]
    public void TheLastCheckpointStandsInForTheModel()
    {
        using var folder = new TemporaryFolder();
        using RunFolder run = Started(folder["run"]);
        Assert.Contains(
            "no weights yet", Assert.Throws<InvalidDataException>(() => run.OpenModel()).Message);
        run.SaveCheckpoint(20, Writer());
        run.SaveCheckpoint(100, Writer());
        using SafeTensors model = run.OpenModel();
        Assert.EndsWith("step-000100.safetensors", model.Path);
    }

    [Fact]
    public void ResumingTakesBackWhatCameAfterTheState()
    {
        using var folder = new TemporaryFolder();
        using (RunFolder run = Started(folder["run"]))
        {
            run.AppendMetrics("""{"step":1}""");
            run.SaveCheckpoint(1, Writer());
            SafeTensorsWriter state = Writer();
            state.Metadata["step"] = "1";
            run.SaveTrainingState(state);
            run.AppendMetrics("""{"step":2}""");
            run.SaveCheckpoint(2, Writer());
        }

        File.AppendAllText(folder["run/metrics.jsonl"], "{\"step\":3,\"lo");
        File.WriteAllText(folder["run/training.safetensors.2000000000-2.tmp"], "left");
        File.WriteAllText(folder["run/checkpoints/step-000003.safetensors.2000000000-3.tmp"], "left");
        using (RunFolder seen = RunFolder.Open(folder["run"]))
        {
            Assert.Equal(2, seen.ReadMetrics().Count);
            using SafeTensors state = seen.OpenTrainingState();
            Assert.Throws<InvalidOperationException>(() => seen.Rewind(state, 1));
            Assert.Equal(2, seen.Checkpoints.Count);
        }

        using (RunFolder run = RunFolder.Resume(folder["run"]))
        {
            Assert.True(run.HasTrainingState);
            using SafeTensors state = run.OpenTrainingState();
            run.Rewind(state, int.Parse(state.Metadata["step"]));
            Assert.Equal("1", state.Metadata["step"]);
            Assert.Equal(["""{"step":1}"""], run.ReadMetrics());
            Assert.Equal([1], run.Checkpoints.Select(checkpoint => checkpoint.Step));
            run.AppendMetrics("""{"step":2}""");
            run.SaveTrainingState(Writer());
            Assert.Equal(["""{"step":1}""", """{"step":2}"""], run.ReadMetrics());
        }

        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Nothing_is_written_after_the_lock_is_let_go()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        run.Dispose();
        Assert.False(run.IsWritable);
        Assert.Throws<ObjectDisposedException>(() => run.WriteText("config.json", "{}"));
        Assert.Throws<ObjectDisposedException>(() => run.AppendMetrics("{}"));
    }

    [Fact]
    public void AFailedSaveLeavesTheLastGoodState()
    {
        using var folder = new TemporaryFolder();
        using RunFolder run = Started(folder["run"]);
        SafeTensorsWriter state = Writer();
        state.Metadata["step"] = "1";
        run.SaveTrainingState(state);
        foreach (AtomicFile.Moment moment in
            new[] { AtomicFile.Moment.Written, AtomicFile.Moment.Flushed })
        {
            state.Metadata["step"] = "2";
            AtomicFile.Fault = (at, _) =>
            {
                if (at == moment)
                {
                    throw new IOException("No space left on device");
                }
            };
            try
            {
                Assert.Throws<IOException>(() => run.SaveTrainingState(state));
            }
            finally
            {
                AtomicFile.Fault = null;
            }

            using SafeTensors last = run.OpenTrainingState();
            Assert.Equal("1", last.Metadata["step"]);
        }
    }

    [Fact]
    public void ADamagedStateIsRefused()
    {
        using var folder = new TemporaryFolder();
        using RunFolder run = Started(folder["run"]);
        Assert.Contains(
            "has no training.safetensors, which is needed to continue",
            Assert.Throws<InvalidDataException>(() => run.OpenTrainingState()).Message);
        run.SaveTrainingState(Writer());
        byte[] bytes = File.ReadAllBytes(run[RunFolder.TrainingFile]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(run[RunFolder.TrainingFile], bytes);
        Assert.Contains(
            "restore it from a copy, or train the model again.",
            Assert.Throws<InvalidDataException>(() => run.OpenTrainingState()).Message);
        File.WriteAllBytes(run[RunFolder.TrainingFile], bytes[..^4]);
        Assert.Contains(
            "cut short",
            Assert.Throws<InvalidDataException>(() => run.OpenTrainingState()).Message);
    }

    private static RunFolder Started(string path)
    {
        RunFolder run = RunFolder.Create(path);
        run.WriteText(RunFolder.ConfigFile, "{}");
        return run;
    }

    private static SafeTensorsWriter Writer() => new SafeTensorsWriter().Add("w", Weights);
}
