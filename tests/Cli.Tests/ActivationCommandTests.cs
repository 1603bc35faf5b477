using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Cli.Tests;

public sealed class ActivationCommandTests(AttentionModels models) : IClassFixture<AttentionModels>
{
    private const string Text = "The Congress shall have power. The Congress";

    [Fact]
    public void Attend_prints_a_head_and_all_heads()
    {
        CommandLineResult one = Done("attend", models.Named, Text, "--head", "L1H0");
        Assert.Contains("Head 1.0", one.Output, StringComparison.Ordinal);
        Assert.Contains("·Congress@1", one.Output, StringComparison.Ordinal);
        CommandLineResult all =
            Done("attend", models.Bare, "--ids", "5,17,60", "--measure", "norm");
        Assert.Contains("#60", all.Output, StringComparison.Ordinal);
        Assert.All(all.Output.Split('\n').Where(line => line.Contains('│')), line =>
            Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void Attend_as_json_has_the_documented_shape_and_rows_that_sum_to_1()
    {
        JsonElement json = Done("attend", models.Named, Text, "--json").Json;
        DocumentedShape.Check("`attend --json`", json, "mixing");
        Assert.Equal(4, json.GetProperty("maps").EnumerateObject().Count());
        foreach (JsonElement row in json.GetProperty("maps").GetProperty("1.1").EnumerateArray())
        {
            Assert.Equal(1, row.EnumerateArray().Sum(weight => weight.GetDouble()), 1e-5);
        }

        JsonElement layered =
            Done("attend", models.Bare, "--ids", "5,17,60", "--measure", "norm", "--json").Json;
        DocumentedShape.Check("`attend --json`", layered);
        Assert.Equal(
            ["0", "1"], layered.GetProperty("maps").EnumerateObject().Select(one => one.Name));
        Assert.Equal(3, layered.GetProperty("mixing").GetProperty("1").GetArrayLength());
    }

    [Fact]
    public void Attribute_sums_and_says_so()
    {
        CommandLineResult table =
            Done("attribute", models.Named, Text, "--answer", " power", "--versus", " of");
        Assert.Contains("head 1.1", table.Output, StringComparison.Ordinal);
        Assert.Contains("logit difference", table.Output, StringComparison.Ordinal);
        Assert.Contains("residual", table.Output, StringComparison.Ordinal);
        JsonElement json = Done(
            "attribute", models.Bare, "--ids", "5,17,60,3", "--answer", "#7", "--position", "2",
            "--json").Json;
        DocumentedShape.Check("`attribute --json`", json);
        Assert.Equal(7, json.GetProperty("target").GetProperty("id").GetInt32());
        Assert.Equal(3, json.GetProperty("tokens").GetArrayLength());
        double sum = json.GetProperty("embed").GetDouble()
            + json.GetProperty("positions").GetDouble()
            + json.GetProperty("bias").GetDouble()
            + json.GetProperty("attn").EnumerateArray().Sum(layer => layer.GetDouble());
        Assert.Equal(json.GetProperty("total").GetDouble(), sum, 1e-5);
        Assert.InRange(json.GetProperty("residual").GetDouble(), 0, 1e-5);
    }

    [Fact]
    public void Attribute_by_paths_ends_at_the_models_loss()
    {
        CommandLineResult table = Done("attribute", models.Named, Text, "--paths");
        Assert.Contains("pairs of heads", table.Output, StringComparison.Ordinal);
        JsonElement json = Done("attribute", models.Named, Text, "--paths", "--json").Json;
        DocumentedShape.Check(
            "`attribute --paths --json`", json, "first", "second", "heads", "gainPerTerm");
        Assert.Equal(1 + 4 + 4, json.GetProperty("terms").GetArrayLength());
        CommandLineResult normed =
            CommandLineResult.Of("attribute", models.Bare, "--ids", "5,17", "--paths");
        Assert.Equal(2, normed.ExitCode);
        Assert.Contains("LayerNorm", normed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_are_listed_with_scores_and_spread()
    {
        CommandLineResult table = Done("heads", models.Bare, "--repeats", "3", "--length", "8");
        Assert.Contains("1.1", table.Output, StringComparison.Ordinal);
        Assert.Contains("±", table.Output, StringComparison.Ordinal);
        Assert.All(table.Output.Split('\n').Where(line => line.Contains('│')), line =>
            Assert.InRange(line.Length, 1, 80));
        JsonElement json = Done("heads", models.Named, Text, "--repeats", "3", "--json").Json;
        DocumentedShape.Check(
            "`heads --json`", json, "kinds", "deviation", "uniform", "repeats", "inContext",
            "standardError", "types");
        Assert.Equal(4, json.GetProperty("rows").GetArrayLength());
        // Of a context of 24, end-of-text leaves room for two copies of 11.
        Assert.Equal(23, json.GetProperty("samples")[0].GetProperty("positions").GetInt32());
        Assert.Equal(2, json.GetProperty("samples").GetArrayLength());
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens()
    {
        string[] line = ["heads", models.Bare, "--repeats", "2", "--length", "8", "--json"];
        Assert.Equal(Done(line).Output, Done(line).Output);
        Assert.NotEqual(Done(line).Output, Done([.. line, "--seed", "1"]).Output);
    }

    [Fact]
    public void Cache_writes_activations_tokens_and_logits()
    {
        string path = Path.Combine(models.Folder, "deep", "cache.safetensors");
        CommandLineResult result = Done(
            "cache", models.Named, "--text", Text, "--names", "blocks.*.attn.hook_pattern",
            "--out", path, "--json");
        DocumentedShape.Check("`cache --json`", result.Json);
        Assert.Contains(
            "2 activations, 8 tokens: 1,024 bytes", result.Error, StringComparison.Ordinal);
        using var file = SafeTensors.Open(path);
        Assert.Equal(
            ["blocks.0.attn.hook_pattern", "blocks.1.attn.hook_pattern", "logits", "tokens"],
            file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        using Tensor<float> pattern = file.ReadFloat("blocks.1.attn.hook_pattern");
        Assert.Equal([1, 2, 8, 8], pattern.Shape);
        using Tensor<int> tokens = file.ReadInt("tokens");
        Assert.Equal(3162, tokens[0, 1]);
        using Tensor<float> logits = file.ReadFloat("logits");
        Assert.Equal([1, 8, 50_257], logits.Shape);
    }

    [Fact]
    public void Cache_takes_all_names_by_default()
    {
        string path = Path.Combine(models.Folder, "all.safetensors");
        Done("cache", models.Bare, "--ids", "5,17", "--out", path);
        using var file = SafeTensors.Open(path);
        Assert.Contains(file.Tensors, tensor => tensor.Name == "ln_final.hook_scale");
        Assert.Contains(file.Tensors, tensor => tensor.Name == "blocks.1.attn.hook_result");
        Assert.Contains(file.Tensors, tensor => tensor.Name == "logits");
    }

    [Theory]
    [InlineData("A", "0.0")]
    [InlineData("B", "1.3")]
    [InlineData("C", "1.3")]
    [InlineData("F", "L1H2")]
    public void Every_command_opens_folders_of_TransformerLens(string name, string head)
    {
        string model = Repository.Shared($"goldens/analyses/{name}");
        Assert.Contains("#17@1", Done("attend", model, "--ids", "5,17,60", "--head", head).Output);
        Assert.Contains("residual", Done("attribute", model, "--ids", "5,17,60").Output);
        Assert.Contains("±", Done("heads", model, "--repeats", "2").Output);
        Assert.Contains("What follows #5", Done("bigrams", model, "--id", "5").Output);
        Assert.Contains("Nearest to #5", Done("embeddings", model, "--id", "5").Output);
        Assert.Contains("layers ", Done("info", model).Output);
        Assert.Contains("head 0", Done("circuits", model, "--ids", "5,17").Output);
        Assert.StartsWith("#5 #17 #", Done("generate", model, "--ids", "5,17").Output);
        Assert.Contains("nats per token", Done(
            "ablate", model, "--heads", head, "--ids", "5,17,60").Output);
        string[] prompts =
            [model, "--clean-ids", "5,17,3", "--corrupt-ids", "5,9,3", "--answer", "#4",
                "--versus", "#7"];
        Assert.Contains("restored", Done(["patch", .. prompts]).Output);
        Assert.Contains("logits", Done(["paths", .. prompts]).Output);
        string path = Path.Combine(models.Folder, name);
        Done("cache", model, "--ids", "5,17,60", "--out", path);
        using var file = SafeTensors.Open(path);
        Assert.Contains(file.Tensors, tensor => tensor.Name == "blocks.0.attn.hook_pattern");
    }

    [Theory]
    [InlineData("attend", "vt-attention")]
    [InlineData("attribute", "vt-attribution")]
    [InlineData("heads", "vt-heads")]
    public void Pages_are_written_beside_the_answer(string command, string component)
    {
        foreach (string[] passage in (string[][])[[models.Named, Text],
            [models.Bare, "--ids", "5,17,60"]])
        {
            string path = Path.Combine(models.Folder, "pages", $"{command}.html");
            CommandLineResult result = Done([command, .. passage, "--html", path]);
            Assert.Contains($"Page: {path}", result.Output, StringComparison.Ordinal);
            Assert.Contains($"<{component}", File.ReadAllText(path), StringComparison.Ordinal);
            CommandLineResult json = Done([command, .. passage, "--html", path, "--json"]);
            Assert.Equal(JsonValueKind.Object, json.Json.ValueKind);
        }
    }

    [Theory]
    [InlineData("“#5”", "vt-token-tables", "bigrams", "#5")]
    [InlineData("Nearest to “#5” is", "vt-neighbours", "embeddings", "#5", "--points", "40")]
    [InlineData("61 tokens by", "vt-embedding-map", "embeddings")]
    public void Tokens_and_maps_are_written_as_a_page_without_heads(
        string title, string component, string command, params string[] more)
    {
        string path = Path.Combine(models.Folder, "pages", "token.html");
        Done([command, models.Bare, .. more, "--html", path]);
        string html = File.ReadAllText(path);
        Assert.Matches($"<h1>[^<]*{title}", html);
        Assert.Contains($"<{component}", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<vt-heads", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_of_an_attribution_are_written_as_a_page()
    {
        string path = Path.Combine(models.Folder, "pages", "paths.html");
        Done("attribute", models.Named, Text, "--paths", "--html", path);
        Assert.Contains("<vt-paths", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_names_no_text_is_read_without_counts()
    {
        CommandLineResult result = Done("bigrams", models.Bare, "#5", "--top", "3");
        Assert.DoesNotContain("corpus", result.Output, StringComparison.Ordinal);
        Assert.Contains("direct path alone", result.Error, StringComparison.Ordinal);
        JsonElement json = Done("bigrams", models.Bare, "--id", "5", "--json").Json;
        DocumentedShape.Check(
            "`bigrams --json`", json, "count", "frequency", "lift", "corpusLift");
        JsonElement first = json.GetProperty("previous")[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("count").ValueKind);
        Assert.Equal(JsonValueKind.Null, first.GetProperty("lift").ValueKind);
        Assert.Equal(
            2, Done("embeddings", models.Bare, "#5", "--top", "2", "--json").Json
                .GetProperty("neighbours")[1].GetProperty("nearest").GetArrayLength());
        Wrong("give one of the two", "bigrams", models.Bare, "#5", "--id", "5");
        Wrong("0 … 60; got 61", "embeddings", models.Bare, "--id", "61");
        Wrong("give the token as #5", "bigrams", models.Bare, " Congress");
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_with_its_option()
    {
        foreach (string[] args in (string[][])
            [["attend", models.Bare, "--ids", "5,6", "--out", models.Folder],
                ["attend", models.Bare, "--ids", "5,6", "--html", models.Folder],
                ["cache", models.Bare, "--ids", "5,6", "--out", models.Folder]])
        {
            CommandLineResult result = CommandLineResult.Of(args);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains($"{args[^2]}: {models.Folder} is a folder", result.Error,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_does_not_exist_is_one_message()
    {
        Wrong("Head 2.0: layers are 0 … 1", "attend", models.Bare, "--ids", "5", "--head", "2.0");
        Wrong("is written 1.3", "attend", models.Bare, "--ids", "5", "--head", "seven");
        Wrong("no norms", "attend", models.Named, Text, "--measure", "norm");
        Wrong("positions 0 … 1; got 2", "attribute", models.Bare, "--ids", "5,17", "--position",
            "2");
        Wrong("not one token but", "attribute", models.Named, Text, "--answer", " Congressperson");
        Wrong("0 … 60", "attribute", models.Bare, "--ids", "5,61");
        Wrong("#0 … #60", "attribute", models.Bare, "--ids", "5", "--answer", "#61");
        Wrong("is the answer itself", "attribute", models.Bare, "--ids", "5", "--answer", "#4",
            "--versus", "#4");
        Wrong("leave out --answer, --position", "attribute", models.Named, Text, "--paths",
            "--answer", " Congress", "--position", "0");
        Wrong("has no tokenizer", "attend", models.Bare, Text);
        Wrong("no attention layers", "attend", models.Zero, "--ids", "5");
        Wrong("no attention layers", "heads", models.Zero);
        string many = string.Join(",", Enumerable.Repeat("5", 25));
        Wrong(
            "--ids: 25 tokens exceed the model's context of 24", "attend", models.Bare,
            "--ids", many);
        Wrong("2 … 12; got 13", "heads", models.Bare, "--length", "13");
        Wrong("use vocabulary", "heads", models.Named, "--draw", "common");
        string path = Path.Combine(models.Folder, "never");
        Wrong("blocks.0.attn.hook_pattern", "cache", models.Bare, "--ids", "5", "--names",
            "blocks.0.attn.hook_patern", "--out", path);
        Wrong("--out", "cache", models.Bare, "--ids", "5");
        Assert.False(File.Exists(path));
    }

    private static CommandLineResult Done(params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static void Wrong(string said, params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
