using System.Text.Json;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Cli.Tests;

public sealed class RunTests(TrainedRunFixture trained) : IClassFixture<TrainedRunFixture>
{
    [Fact]
    public void The_page_of_a_token_shows_the_printed_numbers()
    {
        string path = Path.Combine(trained.Folder, "new", "token.html");
        JsonElement json = CommandLineResult.Of(
            "bigrams", trained.Run, " President", "--top", "4", "--by", "logit", "--html", path,
            "--json").Json;
        string html = File.ReadAllText(path);
        JsonElement table = CommandLineResult.DataOf(html, "vt-data-tokens")
            .GetProperty("examples")[0];
        foreach ((string side, string value) in new[]
            { ("next", "probability"), ("previous", "logit") })
        {
            JsonElement[] printed = [.. json.GetProperty(side).EnumerateArray()];
            JsonElement[] shown = [.. table.GetProperty(side).EnumerateArray()];
            Assert.Equal(4, printed.Length);
            Assert.All(printed.Zip(shown), row =>
            {
                Assert.Equal(Id(row.First), Id(row.Second));
                Assert.Equal(
                    row.First.GetProperty(value).GetDouble(),
                    row.Second.GetProperty(value).GetDouble());
            });
        }

        JsonElement opens = CommandLineResult.DataOf(html, "vt-report").GetProperty("opens");
        Assert.Equal($"{Id(json)}", opens.GetProperty("token").GetString());
        Assert.Equal("logit", opens.GetProperty("measure").GetString());

        static int Id(JsonElement row) => row.GetProperty("id").GetInt32();
    }

    [Fact]
    public void A_run_of_fewer_merges_keeps_its_vocabulary()
    {
        string run = Path.Combine(trained.Folder, "merges");
        foreach (string[] command in new string[][]
        {
            ["run", "0-layer", "--merges", "300", "--text", trained.Text, "--steps", "1", "--out",
                run],
            ["report", run],
            ["bigrams", run, " the"],
        })
        {
            CommandLineResult result = CommandLineResult.Of(command);
            Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        }

        using RunFolder folder = RunFolder.Open(run);
        Assert.Equal(300 + 257, folder.ReadConfig().Vocabulary);
    }

    [Fact]
    public void A_run_trains_prints_tables_and_findings_and_names_its_report()
    {
        Assert.Equal(0, trained.Result.ExitCode);
        Assert.Contains("What follows", trained.Result.Output, StringComparison.Ordinal);
        Assert.Contains("Kneser–Ney", trained.Result.Output, StringComparison.Ordinal);
        Assert.Contains(
            Path.Combine(trained.Run, "report.html"), trained.Result.Output,
            StringComparison.Ordinal);
        Assert.Contains("step 3/3", trained.Result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("step ", trained.Result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("metrics.jsonl")]
    [InlineData("training.safetensors")]
    [InlineData("README.md")]
    [InlineData("run.json")]
    [InlineData("summary.json")]
    [InlineData("report.html")]
    public void A_finished_run_holds(string file) =>
        Assert.True(new FileInfo(Path.Combine(trained.Run, file)) is { Exists: true, Length: > 0 });

    [Fact]
    public void The_summary_has_the_documented_fields()
    {
        using var summary =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Run, "summary.json")));
        Assert.Equal(
            [
                "steps", "tokens", "seconds", "tokensPerSecond", "peakMemoryBytes", "trainLoss",
                "heldOutLoss",
                "unigramHeldOutLoss", "bigramHeldOutLoss",
            ],
            summary.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(3, summary.RootElement.GetProperty("steps").GetInt32());
        Assert.Equal(3 * 2048, summary.RootElement.GetProperty("tokens").GetInt64());
        Assert.True(summary.RootElement.GetProperty("bigramHeldOutLoss").GetDouble() > 0);
    }

    [Fact]
    public void The_notes_remember_text_and_seed()
    {
        using var notes =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Run, "run.json")));
        Assert.Equal(trained.Text, notes.RootElement.GetProperty("text").GetString());
        Assert.Equal(7, notes.RootElement.GetProperty("recipe").GetProperty("seed").GetInt32());
    }

    [Fact]
    public void Bigrams_prints_the_documented_shape()
    {
        CommandLineResult result =
            CommandLineResult.Of("bigrams", trained.Run, " President", "--json", "--top", "4");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["token", "id", "next", "previous"], Fields(result.Json));
        Assert.Equal(" President", result.Json.GetProperty("token").GetString());
        JsonElement next = result.Json.GetProperty("next");
        Assert.Equal(4, next.GetArrayLength());
        Assert.Equal(["token", "id", "probability", "count", "frequency"], Fields(next[0]));
        Assert.Equal(
            ["token", "id", "logit", "probability", "lift", "corpusLift", "count"],
            Fields(result.Json.GetProperty("previous")[0]));
    }

    [Fact]
    public void Bigrams_explains_a_word_that_is_not_one_token()
    {
        CommandLineResult result = CommandLineResult.Of("bigrams", trained.Run, " enfranchisement");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("·en  f  ranch  is  ement", result.Error, StringComparison.Ordinal);
        Assert.Contains("Nearest single tokens", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Embeddings_prints_the_neighbours_in_both_matrices()
    {
        CommandLineResult result =
            CommandLineResult.Of("embeddings", trained.Run, " nation", "--json", "--top", "3");
        Assert.Equal(0, result.ExitCode);
        JsonElement neighbours = result.Json.GetProperty("neighbours");
        Assert.Equal(
            ["W_E", "W_U"],
            neighbours.EnumerateArray().Select(m => m.GetProperty("matrix").GetString()));
        Assert.Equal(3, neighbours[0].GetProperty("nearest").GetArrayLength());
    }

    [Fact]
    public void Embeddings_writes_maps_to_a_file()
    {
        string file = Path.Combine(trained.Folder, "maps.json");
        CommandLineResult result =
            CommandLineResult.Of("embeddings", trained.Run, "--points", "40", "--out", file);
        Assert.Equal(0, result.ExitCode);
        using var maps = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal(
            ["PCA W_E", "t-SNE W_E", "PCA W_U", "t-SNE W_U"],
            maps.RootElement.EnumerateArray().Select(
                map => $"{map.GetProperty("method").GetString()} "
                    + $"{map.GetProperty("matrix").GetString()}"));
    }

    [Fact]
    public void Info_describes_the_folder()
    {
        CommandLineResult result = CommandLineResult.Of("info", trained.Run, "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((2 * 50257 * 64) + 50257, result.Json.GetProperty("parameters").GetInt64());
        Assert.Equal(
            ["embed.W_E", "unembed.W_U", "unembed.b_U"],
            result.Json.GetProperty("weights").EnumerateArray().Select(
                w => w.GetProperty("name").GetString()));
        Assert.Contains(
            3, result.Json.GetProperty("checkpoints").EnumerateArray().Select(
                step => step.GetInt32()));
    }

    [Fact]
    public void A_report_of_another_text_is_refused_and_of_a_moved_one_it_is_not()
    {
        string path = Path.Combine(trained.Folder, "moved");
        string text = Path.Combine(trained.Folder, "moving.txt");
        File.Copy(trained.Text, text);
        Assert.Equal(
            0, CommandLineResult.Of(
                "train", "--text", text, "--steps", "1", "--out", path).ExitCode);
        string moved = Path.Combine(trained.Folder, "moved.txt");
        File.Move(text, moved);

        CommandLineResult lost = CommandLineResult.Of("report", path);
        Assert.Equal(1, lost.ExitCode);
        Assert.Contains(
            $"{text}, no longer exists; give its new", lost.Error, StringComparison.Ordinal);

        string other = Path.Combine(trained.Folder, "other.txt");
        File.WriteAllText(other, File.ReadAllText(moved) + "<|endoftext|>More.");
        CommandLineResult wrong = CommandLineResult.Of("report", path, "--text", other);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains(
            "was trained on a text other than 'other.txt'", wrong.Error, StringComparison.Ordinal);

        Assert.Equal(0, CommandLineResult.Of("report", path, "--text", moved).ExitCode);
    }

    [Fact]
    public void Report_writes_the_page_again()
    {
        string page = Path.Combine(trained.Folder, "new", "page.html");
        CommandLineResult result = CommandLineResult.Of("report", trained.Run, "--out", page);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(
            "<!doctype html>", File.ReadAllText(page), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\"><img onerror", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_overwritten_silently()
    {
        DateTime before = File.GetLastWriteTimeUtc(Path.Combine(trained.Run, "model.safetensors"));
        CommandLineResult result =
            CommandLineResult.Of("train", "--text", trained.Text, "--out", trained.Run);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--resume", result.Error, StringComparison.Ordinal);
        Assert.Contains("--overwrite", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            before, File.GetLastWriteTimeUtc(Path.Combine(trained.Run, "model.safetensors")));
    }

    private static IEnumerable<string> Fields(JsonElement element) =>
        element.EnumerateObject().Select(field => field.Name);
}
