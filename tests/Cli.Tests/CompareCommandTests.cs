using System.Text.Json;

namespace Vitrine.Cli.Tests;

public sealed class CompareCommandTests(TrainedRunFixture trained, AttentionModels models)
    : IClassFixture<TrainedRunFixture>, IClassFixture<AttentionModels>
{
    [Fact]
    public void Two_seeds_differ_in_the_seed_and_their_page_shows_the_printed_rows()
    {
        string other = Path.Combine(trained.Folder, "other");
        Done(
            "run", "0-layer", "--text", trained.Text, "--steps", "3", "--out", other, "--seed",
            "8");
        string path = Path.Combine(trained.Folder, "compare.html");
        JsonElement json = Done("compare", trained.Run, other, "--html", path, "--json").Json;
        JsonElement setting = Assert.Single(json.GetProperty("settings").EnumerateArray());
        Assert.Equal("recipe.seed", setting.GetProperty("setting").GetString());
        Assert.Equal("7", setting.GetProperty("first").GetString());
        Assert.Equal("8", setting.GetProperty("second").GetString());
        double loss = JsonDocument.Parse(File.ReadAllText(Path.Combine(other, "summary.json")))
            .RootElement.GetProperty("heldOutLoss").GetDouble();
        Assert.Equal(
            loss,
            json.GetProperty("second").GetProperty("heldOut").GetProperty("value").GetDouble(),
            1e-9);

        string text = Done("compare", trained.Run, other).Output;
        string html = File.ReadAllText(path);
        JsonElement[] rows =
        [
            .. CommandLineResult.DataOf(html, "vt-data-models").GetProperty("rows")
                .EnumerateArray(),
        ];
        Assert.All(rows, row =>
        {
            Assert.Contains(row.GetProperty("name").GetString()!.Split(' ')[0], text);
            Assert.Contains(
                row.TryGetProperty("second", out JsonElement value) ? value.GetString()! : "–",
                text);
        });
        Assert.Contains("<vt-token-losses", html);
        Assert.DoesNotContain("<vt-compared-heads", html);
        Assert.Matches("<h1>(run|other) predicts the text better, by|equally well", html);
    }

    [Fact]
    public void Heads_circuits_and_tokens_stand_side_by_side_as_documented()
    {
        string path = Path.Combine(models.Folder, "compare.html");
        JsonElement json = Done(
            "compare", models.Named, models.Named, "--text", trained.Text, "--html", path,
            "--json").Json;
        DocumentedShape.Check(
            "`compare --json`", json, "settings", "formed", "incomparable", "kinds", "second");
        string html = File.ReadAllText(path);
        Assert.Contains("<vt-compared-heads", html);
        string text = Done("compare", models.Named, models.Named, "--text", trained.Text).Output;
        Assert.Contains("Heads of named", text);
        Assert.Contains("Largest differences of loss", text);
        Assert.Contains("claim: ablation", text);
    }

    [Fact]
    public void Models_that_cannot_be_measured_alike_say_why()
    {
        CommandLineResult bare = Done("compare", models.Bare, models.Zero);
        Assert.Contains("neither folder names a text. Give one text with --text.", bare.Error);
        Assert.Contains("zero, –: it has no attention layers.", bare.Output);
        CommandLineResult mixed = Done("compare", models.Bare, models.Mixed);
        Assert.Contains("mixed, –: its layers have different heads.", mixed.Output);
        CommandLineResult missing = CommandLineResult.Of("compare", models.Bare, "nowhere");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("nowhere", missing.Error);
        CommandLineResult one = CommandLineResult.Of("compare", models.Bare);
        Assert.Equal(2, one.ExitCode);
        Assert.Contains("compare", one.Error);
    }

    private static CommandLineResult Done(params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
