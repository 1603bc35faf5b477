using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vitrine.Cli.Tests;

/// <summary>A run that is copied elsewhere.</summary>
public sealed partial class AttentionRunTests
{
    [Fact]
    public void A_copied_run_has_the_same_report()
    {
        string runs = Path.Combine(trained.Folder, "beside");
        string config = Path.Combine(trained.Folder, "beside.json");
        File.WriteAllText(
            config,
            """
            { "model": { "vocabulary": 50257, "dModel": 4, "layers": 1, "heads": 1, "dHead": 4,
                         "context": 16, "positions": "Relative" },
              "recipe": { "steps": 1, "warmup": 0, "context": 16, "batchSize": 2 } }
            """);
        string run = Path.Combine(runs, "one");
        foreach (string[] command in new string[][]
        {
            ["run", "0-layer", "--steps", "1", "--text", trained.Text, "--out",
                Path.Combine(runs, "0-layer")],
            ["train", "--config", config, "--text", trained.Text, "--out", run],
            ["report", run],
        })
        {
            CommandLineResult result = CommandLineResult.Of(command);
            Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        }

        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("the 0-layer model’s", page, StringComparison.Ordinal);
        Assert.Contains("<dd>T5 relative bias</dd>", page, StringComparison.Ordinal);
        Assert.Contains(
            "<a href=\"../0-layer/report.html\">0-layer</a>", page, StringComparison.Ordinal);
        Assert.Contains(
            "href=\"../one/report.html\"",
            File.ReadAllText(Path.Combine(runs, "0-layer", "report.html")), StringComparison.Ordinal);
        TheCopyHasTheSameReport(run, Path.Combine(trained.Folder, "elsewhere", "one"));
    }

    [Fact]
    public void Curves_of_other_seeds_and_a_small_vocabulary_go_with_a_copied_run()
    {
        string runs = Path.Combine(trained.Folder, "curves");
        CommandLineResult result = CommandLineResult.Of(
            "run", "2-layer", "--merges", "300", "--text", trained.Text, "--steps", "2", "--out",
            runs, "--seeds", "2");
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        string run = Path.Combine(runs, "seed-1");
        JsonElement heldOut =
            DataOf(File.ReadAllText(Path.Combine(run, "report.html")), "formation")
                .GetProperty("series")[0];
        Assert.Single(heldOut.GetProperty("repeats").EnumerateArray());
        Assert.Contains(
            "vitrine run 0-layer --merges 300 makes one", result.Error, StringComparison.Ordinal);
        TheCopyHasTheSameReport(run, Path.Combine(trained.Folder, "curves-elsewhere", "seed-1"));
    }

    private static void TheCopyHasTheSameReport(string run, string copy)
    {
        foreach (string file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        CommandLineResult again = CommandLineResult.Of("report", copy);
        Assert.Equal("", again.ExitCode == 0 ? "" : again.Error);
        Assert.Equal(Page(run), Page(copy));

        // Links lead to the reports that lie beside this one.
        static string Page(string folder) => Regex.Replace(
            File.ReadAllText(Path.Combine(folder, "report.html")),
            "<!--reports-->.*<!--/reports-->", "");
    }
}
