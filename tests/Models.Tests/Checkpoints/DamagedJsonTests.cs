using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Checkpoints;

/// <summary>Every JSON file of a run is read by one reader, whose messages name file, field and
/// rule.</summary>
public class DamagedJsonTests
{
    private const string Notes =
        """
        {"experiment": "x", "text": null, "textDigest": null,
         "config": {"vocabulary": 9, "dModel": 2}, "recipe": {"steps": 3, "warmup": 0},
         "started": "2026-01-02T03:04:05+00:00", "version": "1"}
        """;

    private const string Summary =
        """
        {"steps": 1, "tokens": 1, "seconds": 1, "tokensPerSecond": 1, "peakMemoryBytes": 1,
         "trainLoss": 1, "heldOutLoss": 1}
        """;

    [Theory]
    [InlineData("config.json", "null", "a config must be a JSON object; got null")]
    [InlineData("config.json", "{\"vocabulary\": 9, \"dModel\": 2, \"dModel\": 3}",
        "Duplicate property 'dModel'")]
    [InlineData("config.json", "{\"vocabulary\": 9, \"dModel\": 2, \"x\\udc00\": 3}",
        "half of a surrogate pair")]
    [InlineData("config.json",
        "{\"vocabulary\": 9, \"dModel\": 2, \"layers\": 1, \"attention\": {\"heads\": \"four\"}}",
        "attention: heads must be a whole number; got \"four\"")]
    [InlineData("config.json",
        "{\"vocabulary\": 9, \"dModel\": 2, \"layers\": 1, \"attention\": [null]}",
        "attention[0]: a list has no null")]
    [InlineData("run.json", "null", "must be an object; got null")]
    [InlineData("run.json", "{}", "must have 'experiment'")]
    [InlineData("run.json", "{\"recipe\": null}", "recipe must not be null")]
    [InlineData("summary.json", "null", "must be an object; got null")]
    [InlineData("summary.json", "{\"steps\": 1}", "must have 'tokens'")]
    [InlineData("metrics.jsonl", "null\n", "line 1: it must be an object; got null")]
    [InlineData("metrics.jsonl", "{}\n", "line 1: it must have 'step'")]
    [InlineData("metrics.jsonl",
        "{\"step\": 0, \"tokens\": 0, \"seconds\": 0, \"scores\": {\"a\": null}}\n",
        "line 1: scores.a must be a number; got null")]
    [InlineData("metrics.jsonl",
        "{\"step\": 2, \"tokens\": 0, \"seconds\": 0}\n{\"step\": 1, \"tokens\": 0, \"seconds\": 0}\n",
        "line 2: step must increase")]
    public void ADamagedFileIsNamedWithItsFieldAndRule(string file, string text, string said)
    {
        string message = Refusal(file, text);
        Assert.Contains(file, message);
        Assert.Contains(said, message);
    }

    [Theory]
    [InlineData("run.json", "\"recipe\": {", "\"recipe\": null, \"x\": {", "recipe must not be null")]
    [InlineData("run.json", "\"steps\": 3", "\"steps\": \"3\"",
        "recipe.steps must be a whole number; got \"3\"")]
    [InlineData("run.json", "\"steps\": 3", "\"steps\": 0", "steps must be 1")]
    [InlineData("run.json", "\"steps\": 3", "\"weights\": [{}]", "recipe.weights[0] must have 'name'")]
    [InlineData("run.json", "\"steps\": 3", "\"decay\": 99", "decay must be one of")]
    [InlineData("run.json", "\"dModel\": 2", "\"dModel\": 0", "dModel must be 1")]
    [InlineData("summary.json", "\"trainLoss\": 1", "\"trainLoss\": 1, \"heldOutInterval\": [1]",
        "heldOutInterval must be [low, high]; got 1")]
    [InlineData("summary.json", "\"trainLoss\": 1", "\"trainLoss\": [1]",
        "trainLoss must be a number; got [1]")]
    public void AWrongFieldIsNamed(string file, string good, string bad, string said)
    {
        string whole = file == "run.json" ? Notes : Summary;
        Assert.Contains(good, whole);
        string message = Refusal(file, whole.Replace(good, bad, StringComparison.Ordinal));
        Assert.Contains(file, message);
        Assert.Contains(said, message);
    }

    [Fact]
    public void AValueInAMessageIsCutAndItsControlCharactersAreEscaped()
    {
        string value = "\\u001b[31m" + new string('x', 100_000);
        string message = Refusal(
            "config.json", $"{{\"vocabulary\": \"{value}\", \"dModel\": 2}}");
        Assert.InRange(message.Length, 200, 1000);
        Assert.DoesNotContain('\u001b', message);
        message = Refusal("config.json", $"{{\"{value}\": 1, \"vocabulary\": 9, \"dModel\": 2}}");
        Assert.InRange(message.Length, 200, 1000);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public void ControlAndFormatCharactersAreShownByNumber()
    {
        Assert.Equal("a<U+001B>[0m<U+202E>b<U+000A>", PrintableText.Escape("a\u001b[0m\u202eb\n"));
        Assert.Equal("a\n<U+000D>", PrintableText.EscapeLines("a\n\r"));
        Assert.Equal("<U+D83D>x🙂", PrintableText.Escape("\ud83dx🙂"));
        Assert.Equal(200 + 1, PrintableText.Value(new string('x', 500)).Length);
        Assert.Equal(
            new string('x', 199) + "…", PrintableText.Value(new string('x', 199) + "🙂🙂"));
    }

    [Fact]
    public async Task APipeIsRefusedWithoutWaitingForItsWriter()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes in folders.");
        using var folder = new TemporaryFolder();
        using (var make = System.Diagnostics.Process.Start("mkfifo", folder["config.json"]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Task<InvalidDataException> refused = Task.Run(() => Assert.Throws<InvalidDataException>(
            () => RunFolder.Open(folder.Path).ReadConfig()));
        Assert.Contains("regular file", (await refused.WaitAsync(
            TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Message);
    }

    private static string Refusal(string file, string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], "{}");
        File.WriteAllText(folder[file], text);
        using RunFolder run = RunFolder.Open(folder.Path);
        return Assert.Throws<InvalidDataException>(() => _ = file switch
        {
            "config.json" => (object)run.ReadConfig(),
            "run.json" => RunNotes.Read(run),
            "summary.json" => TrainingSummary.Of(run),
            _ => TrainingMetrics.Of(run),
        }).Message;
    }
}
