namespace Vitrine.Cli.Tests;

/// <summary>A model whose layers differ: what needs no layers that are alike answers with numbers
/// by layer, the rest refuses in a line.</summary>
public sealed class MixedLayersTests(AttentionModels models) : IClassFixture<AttentionModels>
{
    [Fact]
    public void Its_facts_are_by_layer()
    {
        CommandLineResult info = CommandLineResult.Of("info", models.Mixed);
        Assert.Contains(
            "layers 2, heads 2, 4 by layer, dHead 4, 2 by layer, context 24, positions learned, "
            + "LayerNorm",
            info.Output, StringComparison.Ordinal);
        Assert.Contains(
            "layers 2, heads 2 a layer, dHead 4, ",
            CommandLineResult.Of("info", models.Bare).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_heads_are_read_by_their_names()
    {
        string path = Path.Combine(models.Folder, "mixed.html");
        CommandLineResult last = CommandLineResult.Of(
            "attend", models.Mixed, "--ids", "5,6,7", "--head", "1.3", "--html", path, "--json");
        Assert.Equal((0, ""), (last.ExitCode, last.Error.Replace(
            $"Page: {path}{Environment.NewLine}", "", StringComparison.Ordinal)));
        Assert.Equal("1.3", Assert.Single(
            last.Json.GetProperty("maps").EnumerateObject()).Name);
        Assert.Contains("2, 4 by layer", File.ReadAllText(path), StringComparison.Ordinal);

        CommandLineResult all = CommandLineResult.Of(
            "attend", models.Mixed, "--ids", "5,6,7", "--json");
        Assert.Equal(
            ["0.0", "0.1", "1.0", "1.1", "1.2", "1.3"],
            all.Json.GetProperty("maps").EnumerateObject().Select(map => map.Name));

        CommandLineResult none = CommandLineResult.Of(
            "attend", models.Mixed, "--ids", "5,6", "--head", "0.3");
        Assert.Equal(2, none.ExitCode);
        Assert.Equal(
            "--head: Head 0.3: the layers of this model have 2, 4 by layer heads.",
            none.Error.Trim());
    }

    [Fact]
    public void It_generates() => Assert.Equal(
        0, CommandLineResult.Of("generate", models.Mixed, "--ids", "5", "--tokens", "3").ExitCode);

    [Fact]
    public void What_needs_equal_layers_says_so()
    {
        CommandLineResult result = CommandLineResult.Of("circuits", models.Mixed);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("differ in their heads", result.Error, StringComparison.Ordinal);
    }
}
