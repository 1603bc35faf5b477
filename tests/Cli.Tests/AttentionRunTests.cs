using System.Text.Json;

namespace Vitrine.Cli.Tests;

public sealed partial class AttentionRunTests(TrainedRunFixture trained) : IClassFixture<TrainedRunFixture>
{
    [Fact]
    public void A_two_layer_run_measures_formation_and_explains_itself()
    {
        string run = Path.Combine(trained.Folder, "two");
        CommandLineResult result = CommandLineResult.Of(
            "run", "2-layer", "--text", trained.Text, "--steps", "2", "--out", run, "--seed", "7");
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        Assert.Matches("(?m)^Training 2-layer in .*: 2 steps of 2,048 tokens$", result.Error);
        Assert.Matches(@"step 1/2 .* \d+:\d\d left", result.Error);
        Assert.Matches("step 2/2 .* 0:00 left", result.Error);
        Assert.Contains("induction 0.", result.Error, StringComparison.Ordinal);
        Assert.Contains("in context ", result.Error, StringComparison.Ordinal);
        Assert.Contains("every window repeats a passage", result.Output, StringComparison.Ordinal);
        Assert.Contains("no induction head formed", result.Output, StringComparison.Ordinal);

        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
        JsonElement root = summary.RootElement;
        Assert.Equal("mixture", root.GetProperty("data").GetString());
        Assert.Equal(["common", "all"], Names(root.GetProperty("prefixMatching")));
        Assert.Equal(["first", "second", "ablated"], Names(root.GetProperty("repeatLoss")));
        Assert.Equal(
            ["value", "baselineMean", "baselineDeviation"],
            Names(root.GetProperty("kComposition")));
        Assert.InRange(root.GetProperty("previousToken").GetDouble(), 0, 1);
        Assert.InRange(root.GetProperty("inContextScore").GetDouble(), -5, 5);

        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("no induction circuit found", page, StringComparison.Ordinal);
        // Whole, W_E and W_U of 50,257 tokens alone would take 8.6 million.
        Assert.InRange(page.Length, 1, 5_000_000);
        Assert.DoesNotContain("<img onerror", page, StringComparison.Ordinal);
        SliderMovesEveryView(page);
        ExperimentsAndHeadsAreInThePage(page);
    }

    [Fact]
    public void A_text_with_one_held_out_document_is_explained_without_its_reward()
    {
        string text = Path.Combine(trained.Folder, "one.txt");
        File.WriteAllText(
            text, File.ReadAllText(trained.Text).Replace(
                "<|endoftext|>", " ", StringComparison.Ordinal));
        string run = Trained("one", text);
        CommandLineResult result = CommandLineResult.Of("report", run);
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        Assert.DoesNotContain("saves a bigram model", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void Means_are_taken_over_the_text_that_is_asked_for()
    {
        string run = Trained("means", trained.Text);
        string[] ablate = ["ablate", run, "--heads", "0.0", "The Congress shall", "--json"];
        using Vitrine.Interp.Subject subject = Vitrine.Interp.Subject.Open(run);
        var text = subject.Corpus!;
        Check("heldOut", "the held-out text", text.HeldOut.Length);
        Check("training", "the training text", text.Train.Length);
        Check(trained.Text, "the text ", text.HeldOut.Length + text.Train.Length);
        string page = Path.Combine(trained.Folder, "means.html");
        string said = CommandLineResult.Of([.. ablate[..^1], "--means", "heldOut", "--html", page])
            .Output;
        Assert.Contains($"Means are over the held-out text, {text.HeldOut.Length:N0} tokens", said);
        Assert.Contains("mean over the held-out text (", File.ReadAllText(page));

        void Check(string means, string over, int tokens)
        {
            CommandLineResult result = CommandLineResult.Of([.. ablate, "--means", means]);
            Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
            Assert.StartsWith(over, result.Json.GetProperty("meansOver").GetString());
            Assert.Equal(tokens, result.Json.GetProperty("meanTokens").GetInt32());
        }
    }

    [Fact]
    public void The_text_is_named_once_and_a_missing_tokenizer_file_by_name()
    {
        string run = Trained("named", trained.Text);
        foreach (string[] command in (string[][])
            [["ablate", run, "--heads", "0.0", "--repeats", "--length", "5", "--sequences", "2"],
                ["circuits", run, "--composition"], ["heads", run]])
        {
            CommandLineResult result = CommandLineResult.Of(
                [.. command, "--html", Path.Combine(trained.Folder, "page.html")]);
            Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
            Assert.Single(result.Error.Split('\n'), line => line.StartsWith("Text: "));
        }

        foreach (string file in (string[])["merges.txt", "vocab.json"])
        {
            File.Move(Path.Combine(run, file), Path.Combine(trained.Folder, file));
            CommandLineResult result = CommandLineResult.Of("attend", run, "The Congress");
            Assert.Equal(1, result.ExitCode);
            Assert.StartsWith(
                $"Tokenizer: {Path.Combine(run, file)} is missing; ", result.Error,
                StringComparison.Ordinal);
            File.Move(Path.Combine(trained.Folder, file), Path.Combine(run, file));
        }
    }

    /// <summary>A run of one step with two layers of one head.</summary>
    private string Trained(string name, string text)
    {
        string config = Path.Combine(trained.Folder, $"{name}.json");
        File.WriteAllText(
            config,
            """
            { "model": { "vocabulary": 50257, "dModel": 4, "layers": 2, "heads": 1, "dHead": 4,
                         "context": 128, "positions": "Relative" },
              "recipe": { "steps": 1, "warmup": 0, "context": 128, "batchSize": 2 } }
            """);
        string run = Path.Combine(trained.Folder, name);
        CommandLineResult result =
            CommandLineResult.Of("train", "--config", config, "--text", text, "--out", run);
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        return run;
    }

    /// <summary>Patching, paths, ablations and positions; of every head examples, partners,
    /// ablations and chance.</summary>
    private static void ExperimentsAndHeadsAreInThePage(string page)
    {
        Assert.Equal(7, DataOf(page, "patching").GetProperty("sites").GetArrayLength());
        Assert.Equal(4, DataOf(page, "path-patching").GetProperty("panels").GetArrayLength());
        JsonElement[] ablated =
            [.. DataOf(page, "ablation").GetProperty("groups").EnumerateArray()];
        Assert.Equal(
            ["random repeats, second copy", "ordinary text"],
            ablated.Select(group => group.GetProperty("name").GetString()));
        Assert.Equal(4, DataOf(page, "position").GetProperty("heads").GetArrayLength());
        JsonElement heads = DataOf(page, "heads");
        Assert.Contains("prefixMatching", Names(heads.GetProperty("baselines")));
        JsonElement head = heads.GetProperty("details").GetProperty("1.0");
        Assert.Equal(6, head.GetProperty("ablations").GetArrayLength());
        Assert.InRange(head.GetProperty("examples").GetArrayLength(), 1, 10);
        Assert.Equal(5, head.GetProperty("writes").GetArrayLength());
        JsonElement passages = DataOf(page, "skip-trigrams").GetProperty("passages");
        Assert.All(passages.EnumerateObject().SelectMany(row => row.Value.EnumerateArray()),
            place =>
            Assert.Equal(
                place.GetProperty("tokens").GetArrayLength() - 1,
                place.GetProperty("losses").GetArrayLength()));
    }

    /// <summary>Every view of heads has each checkpoint; the last is what is shown without the
    /// slider.</summary>
    private static void SliderMovesEveryView(string page)
    {
        foreach ((string section, string field) in new[]
        {
            ("heads", "rows"), ("attention", "passages"), ("composition", "edges"),
                ("copying", "heads"),
        })
        {
            JsonElement data = DataOf(page, section);
            JsonElement[] timeline = [.. data.GetProperty("timeline").EnumerateArray()];
            Assert.Equal([0, 1, 2], timeline.Select(one => one.GetProperty("step").GetInt32()));
            string[] shown = [.. timeline.Select(one => one.GetProperty(field).GetRawText())];
            Assert.Equal(data.GetProperty(field).GetRawText(), shown[^1]);
            Assert.NotEqual(shown[0], shown[1]);
        }

        Assert.All(
            DataOf(page, "composition").GetProperty("timeline").EnumerateArray(),
            step => Assert.Equal(
                4, step.GetProperty("patterns")[0].GetProperty("heads").GetArrayLength()));
        JsonElement losses = DataOf(page, "token-losses");
        Assert.Equal(0, losses.GetProperty("before").GetInt32());
        Assert.Equal(2, losses.GetProperty("after").GetInt32());
        JsonElement passage = losses.GetProperty("passages")[0];
        Assert.Equal(
            passage.GetProperty("tokens").GetArrayLength() - 1,
            passage.GetProperty("before").GetArrayLength());
    }

    private static JsonElement DataOf(string page, string section) =>
        CommandLineResult.DataOf(page, $"vt-data-{section}");

    [Fact]
    public void Several_seeds_are_several_runs_and_their_figures_spread()
    {
        string folder = Path.Combine(trained.Folder, "seeds");
        CommandLineResult result = CommandLineResult.Of(
            "run", "0-layer", "--text", trained.Text, "--steps", "2", "--out", folder, "--seed",
            "4",
            "--seeds", "2", "--json");
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        using var spread = JsonDocument.Parse(result.Output);
        JsonElement[] runs = [.. spread.RootElement.GetProperty("seeds").EnumerateArray()];
        Assert.Equal([4, 5], runs.Select(run => run.GetProperty("seed").GetInt32()));
        JsonElement loss = spread.RootElement.GetProperty("spread")[0];
        Assert.Equal("heldOutLoss", loss.GetProperty("name").GetString());
        double[] values =
            [.. loss.GetProperty("values").EnumerateArray().Select(one => one.GetDouble())];
        Assert.Equal(
            values,
            runs.Select(run => run.GetProperty("summary").GetProperty("heldOutLoss").GetDouble()));
        Assert.NotEqual(values[0], values[1]);
        Assert.Equal(
            Math.Abs(values[0] - values[1]) / Math.Sqrt(2),
            loss.GetProperty("deviation").GetDouble(), 1e-9);
        Assert.True(File.Exists(Path.Combine(folder, "seed-5", "report.html")));
    }

    [Fact]
    public void The_spread_over_seeds_is_a_table_in_words_and_the_text_is_named_once()
    {
        CommandLineResult result = CommandLineResult.Of(
            "run", "0-layer", "--text", trained.Text, "--steps", "1", "--seed", "4", "--seeds",
            "2", "--out", Path.Combine(trained.Folder, "table"));
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        Assert.Contains("Seed 5 (2 of 2):", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"over 2 seeds +mean ± sd +seed 4 +seed 5", result.Output);
        Assert.Matches(
            @"held-out loss \(nats\) +\d+\.\d{3} ± \d\.\d{3} +\d+\.\d{3} +\d+\.\d{3}",
            result.Output);
        Assert.Single(result.Error.Split('\n'), line => line.StartsWith("Text: "));
    }

    [Theory]
    [InlineData("run", "0-layer", "--seeds", "0")]
    [InlineData("run", "0-layer", "--resume", "--seeds", "2")]
    public void Seeds_that_cannot_be_are_a_usage_error(params string[] arguments)
    {
        CommandLineResult result = CommandLineResult.Of(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--seeds", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "1-layer", "--data", "repeats")]
    [InlineData("run", "2-layer", "--data", "poems")]
    [InlineData("run", "3-layer")]
    public void What_cannot_be_trained_is_a_usage_error(params string[] arguments)
    {
        CommandLineResult result = CommandLineResult.Of(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("2-layer", result.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(field => field.Name);
}
