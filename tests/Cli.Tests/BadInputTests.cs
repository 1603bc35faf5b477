namespace Vitrine.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-bad-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Unknown_experiment_is_wrong_usage_and_names_those_there_are() =>
        Fails(2, ["0-layer"], "run", "9-layer");

    [Fact]
    public void Unknown_preset_is_wrong_usage() =>
        Fails(2, ["0-layer"], "train", "--preset", "nine");

    [Fact]
    public void Preset_and_config_together_are_wrong_usage() =>
        Fails(2, ["--preset", "--config"], "train", "--preset", "0-layer", "--config", "x.json");

    [Fact]
    public void Resume_takes_nothing_that_the_run_has_fixed() =>
        Fails(2, ["--resume", "--steps"], "train", "--resume", "--steps", "3");

    [Fact]
    public void Missing_model_folder() =>
        Fails(1, ["does not exist"], "info", Path.Combine(_folder, "none"));

    [Fact]
    public void Folder_without_a_model() => Fails(1, ["holds no run"], "info", _folder);

    [Fact]
    public void Text_that_is_not_utf8() =>
        Fails(1, ["UTF-8"], "train", "--text", Written([0x41, 0xff, 0xfe, 0x42]));

    [Fact]
    public void Empty_text() => Fails(1, ["empty"], "train", "--text", Written([]));

    [Fact]
    public void Text_shorter_than_a_context() =>
        Fails(1, ["must give at"], "train", "--text", Written("Hi"u8.ToArray()), "--out",
            Path.Combine(_folder, "run"));

    [Fact]
    public void Config_that_is_no_json() =>
        Fails(1, ["--config"], "train", "--config", Written("{\"model\": "u8.ToArray()));

    [Fact]
    public void Config_with_an_unknown_field() => Fails(
        1, ["layerz"], "train", "--config",
        Written("""{"model": {"vocabulary": 50257, "dModel": 8, "layerz": 1}}"""u8.ToArray()));

    [Fact]
    public void Config_that_does_not_exist() =>
        Fails(1, ["--config", "does not exist"], "train", "--config", "none.json");

    [Theory]
    [InlineData("--steps: must be a whole number; got 'x'.", "train", "--steps", "x")]
    [InlineData("--merges: must be 0 … 50,000; got 60000.", "train", "--merges", "60000")]
    [InlineData("--seed: must be a whole number", "info", "x", "--seed", "-1")]
    [InlineData("--by: must be lift, probability, logit; got 'luck'.", "bigrams", "x", "--by",
        "luck")]
    public void Value_of_the_wrong_type(string said, params string[] args)
    {
        Fails(2, [said], args);
        Assert.DoesNotContain(
            "System.", CommandLineResult.Of(args).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_becomes_nan_names_step_and_tensor_and_the_run_can_be_looked_at()
    {
        string text = Path.Combine(_folder, "text.txt");
        File.WriteAllText(
            text, string.Join(
                "<|endoftext|>", Enumerable.Repeat("one two three four five six", 30)));
        string run = Path.Combine(_folder, "run");
        string config = Written(
            """
            { "model": { "vocabulary": 50257, "dModel": 4 },
              "recipe": { "steps": 20, "learningRate": 1000, "weightDecay": 1000, "warmup": 0,
                          "context": 4 } }
            """u8.ToArray());
        Fails(1, ["is not finite at step", "last good checkpoint"], "train", "--config", config,
            "--text", text, "--out", run);
        Assert.Equal(0, CommandLineResult.Of("info", run).ExitCode);
    }

    private string Written(byte[] bytes)
    {
        string path = Path.Combine(_folder, "input");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static void Fails(int code, string[] said, params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal(code, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.All(said, part =>
            Assert.Contains(part, result.Error, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
