using Vitrine.Models;

namespace Vitrine.Cli.Tests;

/// <summary>Runs with damage that a command names and works around.</summary>
public sealed class DamagedRunTests(TrainedRunFixture trained) : IClassFixture<TrainedRunFixture>
{
    [Fact]
    public void A_damaged_checkpoint_is_left_out_of_the_report_and_named()
    {
        string run = Trained("damaged", 4);
        string checkpoint = Path.Combine(run, "checkpoints", "step-000001.safetensors");
        byte[] bytes = File.ReadAllBytes(checkpoint);
        bytes[^1] ^= 1;
        File.WriteAllBytes(checkpoint, bytes);
        CommandLineResult result = CommandLineResult.Of("report", run);
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        Assert.Contains(
            "Left out: the checkpoint at step 1; ", result.Error, StringComparison.Ordinal);
        Assert.Contains("step-000001.safetensors", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            "damaged checkpoints, left out",
            File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused_unless_allowed_and_info_counts_them()
    {
        string run = Trained("nan", 1);
        using (Transformer model = Transformer.Load(run))
        {
            model.Embed.W_E.Value[3, 1] = float.NaN;
            model.Save(run);
        }

        CommandLineResult refused = CommandLineResult.Of("heads", run);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("embed.W_E[3, 1] is NaN", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-nan", refused.Error, StringComparison.Ordinal);
        CommandLineResult info = CommandLineResult.Of("info", run);
        Assert.Equal("", info.ExitCode == 0 ? "" : info.Error);
        Assert.Contains(
            "embed.W_E: 1 of its numbers are infinite or none", info.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "\"nonFinite\": 1", CommandLineResult.Of("info", run, "--json").Output,
            StringComparison.Ordinal);
        CommandLineResult allowed = CommandLineResult.Of(
            "generate", run, "The", "--tokens", "1", "--allow-nan");
        Assert.DoesNotContain("is NaN, the first", allowed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_beyond_the_models_is_found_before_the_text_is_read()
    {
        string config = Path.Combine(trained.Folder, "long.json");
        File.WriteAllText(
            config,
            """
            { "model": { "vocabulary": 50257, "dModel": 4, "layers": 1, "heads": 1, "dHead": 4,
                         "context": 16 }, "recipe": { "steps": 1, "warmup": 0, "context": 32 } }
            """);
        string output = Path.Combine(trained.Folder, "long");
        CommandLineResult result = CommandLineResult.Of(
            "train", "--config", config, "--text", "none.txt", "--out", output);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"--config: {config}: Recipe: context must be at most the model's 16; got 32.",
            result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    [Theory]
    [InlineData("\"dModel\": 4", "\"dModel\": \"four\"",
        "model: dModel must be a whole number; got \"four\"")]
    [InlineData("\"steps\": 1", "\"steps\": null", "recipe.steps must be a whole number; got null")]
    [InlineData("\"steps\": 1", "\"stepz\": 1", "recipe.stepz is not a known field")]
    [InlineData("\"recipe\"", "\"recept\"", "recept is not a known field")]
    public void A_wrong_field_of_a_config_is_named_with_the_file(string good, string bad, string said)
    {
        string config = Path.Combine(trained.Folder, "wrong.json");
        const string Whole =
            """{ "model": { "vocabulary": 50257, "dModel": 4 }, "recipe": { "steps": 1 } }""";
        File.WriteAllText(config, Whole.Replace(good, bad, StringComparison.Ordinal));
        CommandLineResult result = CommandLineResult.Of("train", "--config", config);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"--config: {config}: {said}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_in_a_name_do_not_reach_the_terminal()
    {
        CommandLineResult result = CommandLineResult.Of("info", "no\u001b[31m\u202ename");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.Contains("no<U+001B>[31m<U+202E>name", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_padded_beyond_the_tokenizer_works_in_every_command()
    {
        string run = Trained("padded", 4, vocabulary: 50304);
        string prompts = Path.Combine(trained.Folder, "prompts.json");
        File.WriteAllText(
            prompts,
            """
            { "pairs": [ { "clean": "The people of", "corrupt": "The nation of",
                           "answer": " the", "versus": " a" } ] }
            """);
        string[][] commands =
        [
            ["info", run], ["bigrams", run, " the"], ["embeddings", run, " the"],
            ["circuits", run], ["heads", run], ["attend", run, "The people"],
            ["attribute", run, "The people of", "--answer", " the"],
            ["cache", run, "The people", "--out",
                Path.Combine(trained.Folder, "cache.safetensors")], ["generate", run, "The", "--tokens", "2"],
            ["patch", run, "--prompts", prompts],
            ["ablate", run, "--heads", "0.0", "--repeats", "--length", "5", "--sequences", "2"],
            ["report", run],
        ];
        foreach (string[] command in commands)
        {
            CommandLineResult result = CommandLineResult.Of(command);
            Assert.Equal(
                "", result.ExitCode == 0 ? "" : $"{string.Join(' ', command)}: {result.Error}");
        }

        CommandLineResult extra = CommandLineResult.Of("bigrams", run, "#50300");
        Assert.Equal("", extra.ExitCode == 0 ? "" : extra.Error);
        Assert.Contains("#50300", extra.Output, StringComparison.Ordinal);
    }

    private string Trained(string name, int steps, int vocabulary = 50257)
    {
        string config = Path.Combine(trained.Folder, $"{name}.json");
        File.WriteAllText(
            config,
            $$"""
            { "model": { "vocabulary": {{vocabulary}}, "dModel": 4, "layers": 2, "heads": 1, "dHead": 4,
                         "context": 64, "positions": "Relative" },
              "recipe": { "steps": {{steps}}, "warmup": 0, "context": 64, "batchSize": 2 } }
            """);
        string run = Path.Combine(trained.Folder, name);
        CommandLineResult result = CommandLineResult.Of(
            "train", "--config", config, "--text", trained.Text, "--out", run);
        Assert.Equal("", result.ExitCode == 0 ? "" : result.Error);
        return run;
    }
}
