using System.Text.Json;

namespace Vitrine.Cli.Tests;

public class PatchingCommandTests(AttentionModelsFixture models)
    : IClassFixture<AttentionModelsFixture>
{
    private string[] Prompts =>
        [models.Ids, "--clean-ids", "5,17,3,8", "--corrupt-ids", "5,9,3,8", "--answer", "#4",
            "--versus", "#7"];

    [Fact]
    public void Patch_is_written_as_a_page_of_every_site_or_of_one()
    {
        string html = Page(["patch", .. Prompts]);
        Assert.Matches("<h1>(Head .* alone restores|No head alone restores)", html);
        Assert.Contains("<vt-approximation", html, StringComparison.Ordinal);
        Assert.Contains("#4", html, StringComparison.Ordinal);
        JsonElement[] sites = Sites(html);
        Assert.Equal(
            ["resid_pre", "attn_out", "z", "q", "k", "v", "pattern"],
            sites.Select(site => site.GetProperty("site").GetString()));
        Assert.All(sites, site =>
            Assert.True(site.GetProperty("approx").TryGetProperty("meanError", out _)));
        Assert.Equal(
            "k", Assert.Single(Sites(Page(["patch", .. Prompts, "--site", "k"]))).GetProperty(
                "site").GetString());

        static JsonElement[] Sites(string page)
        {
            string start = "id=\"vt-data-patching\">";
            string json = page[(page.IndexOf(start, StringComparison.Ordinal) + start.Length)..];
            return [.. JsonDocument.Parse(
                json[..json.IndexOf("</script>", StringComparison.Ordinal)]).RootElement
                .GetProperty("sites").EnumerateArray()];
        }
    }

    [Theory]
    [InlineData("→")]
    [InlineData("by gradient", "--eap")]
    [InlineData("by gradient", "--ig", "2")]
    public void Paths_are_written_as_a_page(string title, params string[] more)
    {
        string html = Page(["paths", .. Prompts, .. more]);
        Assert.Matches($"<h1>[^<]*{title}", html);
        Assert.DoesNotMatch("(<h1>|finding\">)[^<]*a[01]\\.h[01]", html);
        Assert.Contains("<vt-path-patching", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random repeats, second copy", "--repeats")]
    [InlineData("this text", "--ids", "5,17,3,8")]
    public void Ablations_are_written_as_a_page(string text, params string[] of)
    {
        string html = Page(["ablate", models.Ids, "--heads", "1.0", .. of]);
        Assert.Matches("<h1>Without head 1.0 the loss (rises|falls) by", html);
        Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.Equal(of.Length == 1, html.Contains("head 1.0, resample", StringComparison.Ordinal));
        Assert.Contains("head 0.1 alone, mean", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resid", 2, 4)]
    [InlineData("z", 2, 2)]
    public void Patch_prints_a_sweep(string site, int rows, int columns)
    {
        JsonElement json = Json(["patch", .. Prompts, "--site", site, "--attribution", "--json"]);
        DocumentedShape.Check(
            "`patch --json`", json, site == "z" ? "position" : "head", "approx",
            "approximation", "approxCorrelation", "residual", "topCorrupt", "topPatched");
        Assert.Equal(rows, json.GetProperty("values").GetArrayLength());
        Assert.Equal(columns, json.GetProperty("values")[0].GetArrayLength());
        Assert.Equal(rows, json.GetProperty("approx").GetArrayLength());
        Assert.Equal(site == "resid" ? "resid_pre" : "z", json.GetProperty("site").GetString());
        Assert.Equal("logitDifference", json.GetProperty("metric").GetString());
        Assert.Equal(17, json.GetProperty("clean")[0][1].GetInt32());
    }

    [Fact]
    public void Patching_the_stream_where_the_prompts_differ_restores_everything()
    {
        JsonElement json = Json(["patch", .. Prompts, "--json"]);
        Assert.Equal(1, json.GetProperty("values")[0][1].GetDouble(), 1e-4);
        Assert.True(json.GetProperty("skipped")[0][0].GetBoolean());
    }

    [Fact]
    public void Tables_fit_into_80_columns()
    {
        string[][] lines =
        [
            ["patch", .. Prompts, "--attribution"],
            ["patch", .. Prompts, "--site", "q", "--metric", "kl"],
            ["patch", .. Prompts, "--site", "pattern", "--by", "positions", "--metric",
                "probability"],
            ["paths", .. Prompts],
            ["paths", .. Prompts, "--ig", "2"],
            ["ablate", models.Ids, "--heads", "1.0,L0H1", "--ids", "5,17,3,8"],
            ["ablate", models.Ids, "--heads", "1.0", "--repeats", "--length", "5", "--sequences",
                "4"],
        ];
        foreach (string[] line in lines)
        {
            CommandLineResult result = CommandLineResult.Of(line);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            IEnumerable<string> rows =
                result.Output.Split('\n').Where(row => row.Contains('│', StringComparison.Ordinal));
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.True(row.TrimEnd().Length <= 80, row));
        }
    }

    [Fact]
    public void Prompts_come_from_texts_and_from_files()
    {
        JsonElement texts = Json(
            "patch", models.Texts, "--clean", "The Congress shall", "--corrupt",
            "The President shall",
            "--answer", " have", "--versus", " be", "--json");
        string file = models.Written(
            """
            { "template": { "clean": "The{X} shall", "corrupt": "The{Y} shall",
                            "answer": " have", "versus": " be" },
              "slots": { "X": [" Congress"], "Y": [" President"] } }
            """);
        JsonElement template = Json("patch", models.Texts, "--prompts", file, "--json");
        Assert.Equal(
            texts.GetProperty("values").GetRawText(), template.GetProperty("values").GetRawText());
    }

    [Fact]
    public void Paths_are_listed_and_chosen()
    {
        JsonElement all = Json(["paths", .. Prompts, "--json"]);
        DocumentedShape.Check("`paths --json`", all, "receiver");
        Assert.Equal((3 * 2 * 2) + 4, all.GetProperty("paths").GetArrayLength());
        JsonElement some = Json(["paths", .. Prompts, "--from", "0.1", "--to", "L1H0", "--json"]);
        Assert.Equal(3, some.GetProperty("paths").GetArrayLength());
        Assert.Equal("0.1", some.GetProperty("paths")[0].GetProperty("sender").GetString());
        Assert.Equal(
            4, Json(["paths", .. Prompts, "--to", "logits", "--json"]).GetProperty(
                "paths").GetArrayLength());
        DocumentedShape.Check(
            "`paths --eap --json`", Json(["paths", .. Prompts, "--eap", "--json"]));
    }

    [Fact]
    public void Ablation_prints_losses_with_their_spread()
    {
        DocumentedShape.Check("`ablate --json`", Json(
            "ablate", models.Ids, "--heads", "1.0", "--ids", "5,17,3,8", "--kind", "zero",
            "--json"), "after", "increase", "meansOver", "meanTokens");
        JsonElement repeats = Json(
            "ablate", models.Ids, "--heads", "1.0", "--repeats", "--length", "5", "--sequences",
            "4", "--json");
        DocumentedShape.Check(
            "`ablate --repeats --json`", repeats, "second", "firstAblated", "secondAblated");
        Assert.Contains("its loss ", CommandLineResult.Of(
            "ablate", models.Ids, "--heads", "1.0,1.0", "--repeats", "--length", "5").Output,
            StringComparison.Ordinal);
        Assert.Equal("these sequences", repeats.GetProperty("meansOver").GetString());
        Assert.Equal(16, repeats.GetProperty("second").GetProperty("tokens").GetInt32());
        Assert.Equal("mean", repeats.GetProperty("ablation").GetString());
    }

    [Fact]
    public void Generation_continues_texts_and_ids()
    {
        JsonElement json = Json("generate", models.Ids, "--ids", "5,17", "--tokens", "4", "--json");
        DocumentedShape.Check("`generate --json`", json, "text", "scaled", "added", "unsteered");
        Assert.Equal(4, json.GetProperty("ids").GetArrayLength());
        string shown =
            CommandLineResult.Of("generate", models.Ids, "--ids", "5,17", "--tokens", "4").Output;
        Assert.StartsWith("#5 #17 #", shown, StringComparison.Ordinal);
        string[] drawn =
            ["generate", models.Texts, "The Congress", "--temperature", "1", "--top-k", "9",
                "--seed", "3"];
        CommandLineResult first = CommandLineResult.Of(drawn);
        Assert.StartsWith("The Congress", first.Output, StringComparison.Ordinal);
        Assert.Equal(first, CommandLineResult.Of(drawn));
    }

    [Fact]
    public void Steering_is_said_and_shown_beside_the_unsteered_text()
    {
        string[] asked =
        [
            "generate", models.Ids, "--ids", "5,17,3", "--tokens", "4", "--scale", "1=0",
            "--scale", "0.1=-2", "--add", "1=40*8,9|7,6", "--add", "0=3*4",
        ];
        JsonElement json = Json([.. asked, "--json"]);
        DocumentedShape.Check("`generate --json`", json, "text", "minus");
        Assert.Equal(
            ["1.0", "1.1", "0.1"],
            json.GetProperty("scaled").EnumerateArray().Select(
                one => one.GetProperty("head").GetString()));
        JsonElement plain = Json("generate", models.Ids, "--ids", "5,17,3", "--tokens", "4",
            "--json");
        Assert.Equal(
            Ids(plain), Ids(json.GetProperty("unsteered")));
        Assert.NotEqual(First(json.GetProperty("unsteered")), First(json));
        string said = CommandLineResult.Of(asked).Output;
        Assert.Contains("40 × (#8#9 − #7#6) is added to the residual stream before layer 1", said);
        Assert.Contains("The outputs of heads 1.0 and 1.1 are multiplied by 0.", said);
        Assert.Contains($"#5 #17 #3 #{string.Join(" #", Ids(json))}", said);
        Assert.Contains($"#5 #17 #3 #{string.Join(" #", Ids(plain))}", said);
        Assert.Equal(
            Ids(plain),
            Ids(Json("generate", models.Ids, "--ids", "5,17,3", "--tokens", "4", "--scale", "1=1",
                "--add", "0=1*5|5", "--json")));

        string padded = CommandLineResult.Of(
            "generate", models.Texts, "We are at a loss", "--tokens", "1", "--add",
            "1=4* war| peace and war").Output;
        Assert.Contains("4 × (·war·· − ·peace·and·war)", padded);

        static double First(JsonElement json) =>
            json.GetProperty("steps")[0].GetProperty("probability").GetDouble();

        static int[] Ids(JsonElement json) =>
            [.. json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
    }

    [Fact]
    public void The_page_of_a_continuation_has_its_text_and_attention()
    {
        string html = Page(["generate", models.Ids, "--ids", "5,17", "--tokens", "15"]);
        Assert.Contains("The 15 generated tokens have probability", html);
        Assert.Contains("<vt-continuation", html);
        Assert.Contains("<vt-attention", html);
    }

    /// <summary>The page of a command; every page has all heads.</summary>
    private string Page(string[] args)
    {
        string path = Path.ChangeExtension(models.Written(""), ".html");
        CommandLineResult result = CommandLineResult.Of([.. args, "--html", path]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.EndsWith($"Page: {path}\n", result.Output, StringComparison.Ordinal);
        string html = File.ReadAllText(path);
        Assert.Contains("<vt-heads", html, StringComparison.Ordinal);
        return html;
    }

    private static JsonElement Json(params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Json;
    }
}
