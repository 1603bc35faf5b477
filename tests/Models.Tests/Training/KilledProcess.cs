using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

/// <summary>This assembly as a process that trains, so that a test can kill it.</summary>
internal static class KilledProcess
{
    /// <summary>What a process that waits says once the run is its own.</summary>
    public const string Waiting = "waiting";

    private const string Variable = "VITRINE_TEST_TRAIN_IN";
    private const string WaitVariable = "VITRINE_TEST_TRAIN_WAITS";

    /// <summary>Starts a process that trains in <c>folder/run</c> on the text in the folder, from
    /// the beginning or from where an earlier one was killed.</summary>
    /// <param name="folder">Where the text is.</param>
    /// <param name="waits">Whether it says <see cref="Waiting"/> before the first step, and goes on
    /// when its input ends.</param>
    public static Process Start(string folder, bool waits = false)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Vitrine.Models.Tests");
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? path + ".exe" : path)
        {
            UseShellExecute = false,
            RedirectStandardInput = waits,
            RedirectStandardOutput = waits,
        };
        start.Environment[Variable] = folder;
        start.Environment[WaitVariable] = waits ? "1" : "0";
        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // the test runner owns Main; this comes before it
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void TrainIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
        {
            Environment.Exit(Train(folder));
        }
    }

    private static int Train(string folder)
    {
        string path = Path.Combine(folder, "run");
        using Corpus corpus = Corpus.FromText(
            Path.Combine(folder, "text.txt"), 16, null, cacheFolder: null);
        bool begun = File.Exists(Path.Combine(path, RunFolder.TrainingFile));
        using Trainer trainer = begun
            ? Trainer.Resume(RunFolder.Resume(path), corpus, TinyCorpus.Options)
            : Trainer.Start(
                RunFolder.Create(path, overwrite: true), TinyCorpus.Config, corpus,
                TinyCorpus.Recipe,
                TinyCorpus.Options);
        if (Environment.GetEnvironmentVariable(WaitVariable) == "1")
        {
            Console.WriteLine(Waiting);
            Console.In.ReadToEnd();
        }

        return trainer.Run() is null ? 1 : 0;
    }
}
