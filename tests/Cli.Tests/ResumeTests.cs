using Vitrine.Models.Checkpoints;

namespace Vitrine.Cli.Tests;

public sealed class ResumeTests(TrainedRunFixture trained) : IClassFixture<TrainedRunFixture>
{
    [Fact]
    public void A_run_stopped_before_its_first_save_is_trained_anew_to_the_same_weights()
    {
        string path = Path.Combine(trained.Folder, "stopped");
        using (RunFolder folder = RunFolder.Create(path))
        {
            File.Copy(Path.Combine(trained.Run, RunFolder.NotesFile), folder[RunFolder.NotesFile]);
        }

        CommandLineResult result = CommandLineResult.Of("train", "--resume", "--out", path);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            "Nothing was saved yet; training 0-layer again", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(trained.Run, RunFolder.ModelFile)),
            File.ReadAllBytes(Path.Combine(path, RunFolder.ModelFile)));
    }

    [Fact]
    public void A_trained_run_without_its_training_state_says_what_to_do()
    {
        string path = Path.Combine(trained.Folder, "lost");
        using (RunFolder folder = RunFolder.Create(path))
        {
            foreach (string file in (string[])[RunFolder.NotesFile, RunFolder.ConfigFile,
                RunFolder.ModelFile])
            {
                File.Copy(Path.Combine(trained.Run, file), folder[file]);
            }
        }

        CommandLineResult result = CommandLineResult.Of("train", "--resume", "--out", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "has no training.safetensors, which is needed to continue; train again with "
                + "--overwrite",
            result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_record_is_named()
    {
        string run = Path.Combine(trained.Folder, "damaged");
        CommandLineResult.Of("train", "--text", trained.Text, "--steps", "1", "--out", run);
        File.AppendAllText(Path.Combine(run, RunFolder.SummaryFile), "}");
        Says("summary.json:", "info", run);
        File.WriteAllText(Path.Combine(run, RunFolder.MetricsFile), "{\n");
        Says("metrics.jsonl: line 1", "train", "--resume", "--out", run);

        static void Says(string said, params string[] args)
        {
            CommandLineResult result = CommandLineResult.Of(args);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_report_of_what_is_no_run_leaves_nothing_behind()
    {
        string path = Path.Combine(trained.Folder, "model");
        Directory.CreateDirectory(path);
        File.Copy(Path.Combine(trained.Run, RunFolder.ConfigFile),
            Path.Combine(path, RunFolder.ConfigFile));
        CommandLineResult result = CommandLineResult.Of("report", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("(run.json)", result.Error, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(path));
    }

    [Fact]
    public void A_folder_that_no_command_began_says_so()
    {
        string path = Path.Combine(trained.Folder, "foreign");
        using (RunFolder folder = RunFolder.Create(path))
        {
            File.Copy(Path.Combine(trained.Run, RunFolder.ConfigFile),
                folder[RunFolder.ConfigFile]);
        }

        CommandLineResult result = CommandLineResult.Of("train", "--resume", "--out", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "does not record how it was started "
            + "(run.json)", result.Error, StringComparison.Ordinal);
    }
}
