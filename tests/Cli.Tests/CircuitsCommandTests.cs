using System.Text.Json;

namespace Vitrine.Cli.Tests;

public sealed class CircuitsCommandTests(AttentionModels models) : IClassFixture<AttentionModels>
{
    [Fact]
    public void Circuits_begins_with_findings_and_says_what_it_could_not_know()
    {
        CommandLineResult result = Done("circuits", models.Bare, "--top", "3");
        Assert.Matches(@"^Head \d\.\d (copies|does)", result.Output);
        Assert.Contains("copying score", result.Output, StringComparison.Ordinal);
        Assert.Contains("All 61 tokens are included.", result.Output, StringComparison.Ordinal);
        Assert.Contains("skip-trigrams", result.Output, StringComparison.Ordinal);
        Assert.Contains("Composition", result.Output, StringComparison.Ordinal);
        Assert.Contains("#", result.Output, StringComparison.Ordinal);
        Assert.Contains("names no text", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vt-circuit-token", "vt-composition", "vt-position")]
    [InlineData("vt-composition", "vt-heads", "vt-heads", "--composition")]
    [InlineData("vt-circuit-token", "vt-heads", "vt-heads", "--ids", "5,17", "--head", "1.1")]
    public void Circuits_are_written_as_a_page(
        string first, string second, string third, params string[] more)
    {
        string path = Path.Combine(models.Folder, "pages", "circuits.html");
        Assert.Contains(
            $"Page: {path}",
            Done(["circuits", models.Bare, "--top", "3", "--html", path, .. more]).Output,
            StringComparison.Ordinal);
        string html = File.ReadAllText(path);
        Assert.Matches("<h1>(Head|No head|“#5” attends most to)", html);
        Assert.All(
            (string[])[first, second, third, "vt-heads"],
            component => Assert.Contains($"<{component}", html, StringComparison.Ordinal));
    }

    [Fact]
    public void Circuits_as_json_has_the_documented_shape()
    {
        JsonElement json = Done(
            "circuits", models.Bare, "--top", "3", "--head", "L1H0", "--json").Json;
        DocumentedShape.Check(
            "`circuits --json`", json, "check", "composition", "position", "count", "heldOut",
            "loss");
        JsonElement head = Assert.Single(
            json.GetProperty("circuits").GetProperty("heads").EnumerateArray());
        Assert.Equal("1.0", head.GetProperty("head").GetString());
        Assert.Equal(4, head.GetProperty("copying").GetProperty("eigenvalues").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, head.GetProperty("position").ValueKind);
        Assert.Equal(3, head.GetProperty("largestOV").GetArrayLength());
        Assert.Equal("#5", Named(5, Done("circuits", models.Bare, "--ids", "5", "--json").Json));
        DocumentedShape.Check(
            "`circuits --composition --json`",
            Done("circuits", models.Bare, "--composition", "--json").Json);
    }

    [Fact]
    public void A_token_is_shown_in_both_circuits_of_every_head()
    {
        JsonElement json = Done(
            "circuits", models.Named, "--token", " Congress", "--top", "4", "--json").Json;
        DocumentedShape.Check("`circuits --token TEXT --json`", json);
        Assert.Equal(4, json.GetProperty("heads").GetArrayLength());
        Assert.Equal(4, json.GetProperty("heads")[0].GetProperty("raises").GetArrayLength());
        Assert.Equal(" Congress", Named(3162, json));
        CommandLineResult table = Done(
            "circuits", models.Named, "--token", " Congress", "--head", "1.1", "--top", "4");
        Assert.Contains("·Congress in head 1.1", table.Output, StringComparison.Ordinal);
        Assert.Contains("attends to", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_tokens_shows_the_printed_numbers_and_opens_at_the_first()
    {
        string path = Path.Combine(models.Folder, "pages", "tokens.html");
        JsonElement json = Done(
            "circuits", models.Bare, "--ids", "5,17", "--top", "3", "--html", path, "--json").Json;
        string html = File.ReadAllText(path);
        JsonElement data = CommandLineResult.DataOf(html, "vt-data-tokens");
        Assert.Equal(3, data.GetProperty("rows").GetInt32());
        Assert.True(JsonElement.DeepEquals(
            json.GetProperty("heads")[0].GetProperty("writtenBy"),
            data.GetProperty("examples")[0].GetProperty("writtenBy")));
        Assert.Equal("5", CommandLineResult.DataOf(html, "vt-report")
            .GetProperty("opens").GetProperty("token").GetString());
    }

    [Fact]
    public void A_text_is_counted_in_and_its_skip_trigrams_are_tried()
    {
        string text = Path.Combine(models.Folder, "text.txt");
        string sentence = "The Congress shall have power. The President may have power. ";
        string document = string.Concat(Enumerable.Repeat(sentence, 9));
        File.WriteAllText(text, string.Join("<|endoftext|>", Enumerable.Repeat(document, 13)));
        JsonElement json = Done(
            "circuits", models.Named, "--text", text, "--top", "3", "--head", "0.0", "--min-count",
            "20", "--json").Json;
        DocumentedShape.Check(
            "`circuits --json`", json, "composition", "common", "loss", "because", "reason");
        JsonElement circuits = json.GetProperty("circuits");
        Assert.Equal(
            50_257,
            circuits.GetProperty("searched").GetInt32()
                + circuits.GetProperty("leftOut").GetInt32());
        Assert.InRange(circuits.GetProperty("searched").GetInt32(), 3, 20);
        Assert.True(circuits.GetProperty("check").GetProperty("trials").GetArrayLength() > 0);
        JsonElement table = circuits.GetProperty("heads")[0].GetProperty("skipTrigrams");
        JsonElement[] rows = [.. table.GetProperty("rows").EnumerateArray()];
        Assert.Contains(
            rows,
            row => row.GetProperty("count").GetInt32() > 0
                && row.GetProperty("loss").GetDouble() > 0);
    }

    [Theory]
    [InlineData("last head is 1.1", "--head", "0.7")]
    [InlineData("1.3 or L1H3", "--head", "first")]
    [InlineData("0 … 60", "--ids", "61")]
    [InlineData("has no tokenizer", "--token", "x")]
    [InlineData("--min-count", "--min-count", "-1")]
    [InlineData("--top", "--top", "0")]
    [InlineData("leave out --head, --ids", "--composition", "--head", "1.0", "--ids", "5")]
    public void Wrong_usage_is_one_readable_message(string said, params string[] options)
    {
        CommandLineResult result = CommandLineResult.Of(["circuits", models.Bare, .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_heads_has_no_circuits()
    {
        CommandLineResult result = CommandLineResult.Of("circuits", models.Zero);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("attention layers", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLineResult.Of("circuits", models.Zero, "--composition").ExitCode);
    }

    private static string? Named(int id, JsonElement json) =>
        json.GetProperty("tokens").GetProperty($"{id}").GetString();

    private static CommandLineResult Done(params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
