using System.Diagnostics;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Models.Tests.Training;

public sealed class KillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Kills real processes without warning at random moments, three to a run, and lets
    /// the last one finish. <c>VITRINE_KILLS</c> sets the number of kills.</summary>
    [Fact]
    public async Task ARunKilledAtAnyMomentGoesOnToTheSameBits()
    {
        string? given = Environment.GetEnvironmentVariable("VITRINE_KILLS");
        int wanted = int.TryParse(given, out int kills) ? kills : 6;
        TinyCorpus.Write(_folder);
        string run = Path.Combine(_folder, "run");
        var clock = Stopwatch.StartNew();
        await Finish();
        double whole = clock.Elapsed.TotalMilliseconds;
        byte[] unbroken = File.ReadAllBytes(Path.Combine(run, RunFolder.ModelFile));

        var random = new Random(wanted);
        for (int killed = 0; killed < wanted;)
        {
            Directory.Delete(run, recursive: true);
            for (int attempt = 0; attempt < 3 && killed < wanted; attempt++)
            {
                killed += await Kill(TimeSpan.FromMilliseconds(random.NextDouble() * whole))
                    ? 1 : 0;
            }

            await Finish();
            Assert.Equal(unbroken, File.ReadAllBytes(Path.Combine(run, RunFolder.ModelFile)));
            Assert.Empty(Directory.EnumerateFiles(run, "*.tmp", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task ASecondProcessIsRefused()
    {
        TinyCorpus.Write(_folder);
        string run = Path.Combine(_folder, "run");
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Process process = KilledProcess.Start(_folder, waits: true);
        try
        {
            string? said = await process.StandardOutput.ReadLineAsync(stop);
            Assert.Equal(KilledProcess.Waiting, said);
            var refused = Assert.Throws<IOException>(() => RunFolder.Resume(run).Dispose());
            Assert.Contains("another is using", refused.Message);
            Assert.False(process.HasExited);

            process.StandardInput.Close();
            await process.WaitForExitAsync(stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }

        RunFolder.Resume(run).Dispose();
    }

    private async Task<bool> Kill(TimeSpan after)
    {
        using Process process = KilledProcess.Start(_folder);
        await Task.Delay(after, TestContext.Current.CancellationToken);
        bool running = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return running;
    }

    private async Task Finish()
    {
        using Process process = KilledProcess.Start(_folder);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
