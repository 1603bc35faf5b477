namespace Vitrine.Cli.Tests;

/// <summary>What patch, paths, ablate and generate say of what cannot be meant.</summary>
public class PatchingRefusalTests(AttentionModelsFixture models)
    : IClassFixture<AttentionModelsFixture>
{
    private string[] Prompts =>
        [models.Ids, "--clean-ids", "5,17,3,8", "--corrupt-ids", "5,9,3,8", "--answer", "#4",
            "--versus", "#7"];

    [Fact]
    public void Prompts_of_different_length_are_shown_token_by_token() => Fails(
        ["got 4 and 3", ">   1  #17", "#9", "(none)"],
        "patch", models.Ids, "--clean-ids", "5,17,3,8", "--corrupt-ids", "5,9,3", "--answer", "#4",
        "--versus", "#7");

    [Fact]
    public void An_answer_of_several_tokens() => Fails(
        ["--answer", "is not one token but 2", "·Congress  s", "Nearest"],
        "patch", models.Texts, "--clean", "A b", "--corrupt", "A c", "--answer", " Congresss",
        "--versus", " be");

    [Fact]
    public void Wrong_prompts_are_wrong_usage()
    {
        Fails(["--clean", "--clean-ids"], "patch", models.Ids);
        Fails(["has no tokenizer", "--clean-ids"], "patch", models.Ids, "--clean", "x",
            "--corrupt", "y", "--answer", "#1");
        Fails(["0 … 39", "40"], "patch", models.Ids, "--clean-ids", "5,40", "--corrupt-ids", "5,6",
            "--answer", "#1");
        Fails(["versus"], "patch", models.Ids, "--clean-ids", "5,4", "--corrupt-ids", "5,6",
            "--answer", "#1");
        Fails(["--corrupt-ids: it is the clean prompt"], "patch", models.Ids, "--clean-ids", "5,4",
            "--corrupt-ids", "5,4", "--answer", "#1", "--versus", "#2");
        Fails(["--versus: #1 is the answer itself"], "patch", models.Ids, "--clean-ids", "5,4",
            "--corrupt-ids", "5,6", "--answer", "#1", "--versus", "#1");
        string longer = string.Join(',', Enumerable.Range(0, 17));
        Fails(["context is 16", "17"], "patch", models.Ids, "--clean-ids", longer, "--corrupt-ids",
            "9" + longer[1..], "--answer", "#1", "--versus", "#2");
        Fails(["--prompts", "--answer"], "patch", models.Ids, "--prompts", "x.json", "--answer",
            "#1");
        Fails(["--site", "resid_mid"], ["patch", .. Prompts, "--site", "resid_mid"]);
        Fails(["--by", "by position"], ["patch", .. Prompts, "--by", "heads"]);
        Fails(["--by: must be positions, heads; got 'rows'"], ["patch", .. Prompts, "--by",
            "rows"]);
        Fails(["--metric: must be logitDifference, probability, loss, kl; got 'x'"],
            ["patch", .. Prompts, "--metric", "x"]);
        CommandLineResult missing =
            CommandLineResult.Of("patch", models.Ids, "--prompts", "none.json");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("--prompts: none.json does not exist", missing.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_does_not_exist_is_named_with_what_there_is()
    {
        Fails(["--heads", "2.0", "1.1"], "ablate", models.Ids, "--heads", "2.0", "--ids", "1,2");
        Fails(["--heads", "1.3 or L1H3", "x"], "ablate", models.Ids, "--heads", "x", "--ids",
            "1,2");
        Fails(["--to", "1.2"], ["paths", .. Prompts, "--to", "1.2"]);
        Fails(["none runs into 0.1"], ["paths", .. Prompts, "--to", "0.1"]);
        Fails(["none runs from 1.0 into 1.1"], ["paths", .. Prompts, "--from", "1.0", "--to",
            "1.1"]);
        Fails(["--ig: must be 1"], ["paths", .. Prompts, "--ig", "0"]);
    }

    [Fact]
    public void A_model_without_layers_is_refused()
    {
        Fails(["without layers"], "patch", models.ZeroLayer, "--clean-ids", "1,2", "--corrupt-ids",
            "3,2", "--answer", "#1", "--versus", "#2");
        Fails(["no attention layers"], "ablate", models.ZeroLayer, "--heads", "0.0", "--ids",
            "1,2");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Fails(["--length", "context of 16", "2 … 8"], "ablate", models.Ids, "--heads", "1.0",
            "--repeats", "--length", "9");
        Fails(["--repeats"], "ablate", models.Ids, "--heads", "1.0", "--repeats", "--ids", "1,2");
        Fails(["another sequence"], "ablate", models.Ids, "--heads", "1.0", "--ids", "1,2",
            "--kind", "resample");
        Assert.DoesNotContain(
            "(Parameter", CommandLineResult.Of(
                "ablate", models.Ids, "--heads", "1.0", "--ids", "1,2", "--kind", "resample").Error,
            StringComparison.Ordinal);
        Fails(["--length, --draw", "add --repeats"], "ablate", models.Ids, "--heads", "1.0",
            "--ids", "1,2", "--length", "4", "--draw", "vocabulary");
        Fails(["--means", "--kind mean"], "ablate", models.Ids, "--heads", "1.0", "--ids", "1,2",
            "--kind", "zero", "--means", "heldOut");
        Fails(["--means", "does not say what text"], "ablate", models.Ids, "--heads", "1.0",
            "--ids", "1,2", "--means", "heldOut");
        Fails(["--means", "no tokenizer"], "ablate", models.Ids, "--heads", "1.0", "--ids", "1,2",
            "--means", "text.txt");
        Fails(["--ids: at least 2 tokens"], "ablate", models.Ids, "--heads", "1.0", "--ids", "1");
        Fails(["--top-k", "--temperature"], "generate", models.Ids, "--ids", "1,2", "--top-k",
            "5");
        Fails(["context", "17"], "generate", models.Ids, "--ids",
            string.Join(',', Enumerable.Range(0, 17)));
        Fails(["--tokens", "room for 15"], "generate", models.Ids, "--ids", "1,2", "--tokens",
            "16");
        Fails(["--scale", "1.0=0 or 1=0.5", "1.0"], [.. Generate, "--scale", "1.0"]);
        Fails(["--scale", "Head 2.0"], [.. Generate, "--scale", "2.0=0"]);
        Fails(["--scale", "layers are 0 … 1; got 2"], [.. Generate, "--scale", "2=0"]);
        Fails(["--scale", "got “1.0=NaN”"], [.. Generate, "--scale", "1.0=NaN"]);
        Fails(["--add", "1=4* love| hate", "got “1=4”"], [.. Generate, "--add", "1=4"]);
        Fails(["--add", "layers are 0 … 1; got 2"], [.. Generate, "--add", "2=4*1"]);
        Fails(["--add", "numbers 0 … 39"], [.. Generate, "--add", "1=4*40"]);
        Fails(["--add", "as many tokens; got 1 and 2"], [.. Generate, "--add", "1=4*1,2|3"]);
        Fails(["--add", "has 3 tokens", "continued 2"], [.. Generate, "--add", "1=4*1,2,3"]);
        Fails(["no attention layers"], "generate", models.ZeroLayer, "--ids", "1", "--scale",
            "0=0");
    }

    private string[] Generate => ["generate", models.Ids, "--ids", "1,2"];

    private static void Fails(string[] said, params string[] args)
    {
        CommandLineResult result = CommandLineResult.Of(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.All(said, part =>
            Assert.Contains(part, result.Error, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
