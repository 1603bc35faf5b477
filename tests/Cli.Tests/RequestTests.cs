using Vitrine.Cli.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.Tests;

/// <summary>Every command that asks a model is answered by a function of model and request, as a
/// server would call it.</summary>
public sealed class RequestTests(AttentionModels models) : IClassFixture<AttentionModels>
{
    private static readonly Passage Given = new(null, "5,17,3,8,5,17");
    private static readonly Prompts Pairs = new(
        null, null, "5,17,3,8", "5,9,3,8", "#4", "#7", null, MetricKind.LogitDifference);

    public static TheoryData<string, bool> Commands => new()
    {
        { "ablate", true }, { "attend", true }, { "attribute", true }, { "bigrams", true },
        { "cache", false }, { "circuits", true }, { "compare", true }, { "embeddings", true },
        { "generate", true },
        { "heads", true }, { "info", false }, { "patch", true }, { "paths", true },
    };

    [Fact]
    public void Every_command_that_asks_a_model_is_here() => Assert.Equal(
        Answering.Functions.Select(one => one.DeclaringType!.Name).Order(),
        Commands.Select(row => $"{row.Data.Item1}Command").Order(),
        StringComparer.OrdinalIgnoreCase);

    [Theory, MemberData(nameof(Commands))]
    public void A_request_is_answered_by_a_record_and_a_page_without_a_console(
        string command, bool page)
    {
        using Subject subject = Subject.Open(models.Bare);
        (object result, Func<PageContent>? content) = Answered(command, subject);
        string json = System.Text.Json.JsonSerializer.Serialize(
            result, CliJson.Readable.GetTypeInfo(result.GetType())!);
        Assert.True(json.Length > 2);
        Assert.Equal(page, content is not null);
        if (content is not null)
        {
            using var html = new StringWriter();
            Report.Write(html, CommandPage.Of(
                command, subject, content(), seed: 0, TestContext.Current.CancellationToken));
            Assert.Contains("</html>", html.ToString(), StringComparison.Ordinal);
        }
    }

    private (object Result, Func<PageContent>? Page) Answered(string command, Subject subject)
    {
        string model = models.Bare;
        return command switch
        {
            "ablate" => Of(AblateCommand.Of(
                subject, new(model, "1.1", AblationKind.Mean, Given, null))),
            "attend" => Of(AttendCommand.Of(
                subject, new(model, Given, "1.0", AttentionMeasure.Weight, Top: 3))),
            "attribute" => Of(AttributeCommand.Of(
                subject, new(model, Given, "#4", "#7", null, Top: 2, Paths: false))),
            "bigrams" => Of(BigramsCommand.Of(
                subject, new(model, new("#5", null), Top: 3, PreviousOrder.Logit, Unseen: true))),
            "cache" => Of(CacheCommand.Of(
                subject, new(model, Given, [], Path.Combine(models.Folder, "z.safetensors")))),
            "circuits" => Of(CircuitsCommand.Of(
                subject, new(model, null, null, null, 0, Top: 3, Composition: true, null))),
            "compare" => Of(CompareCommand.Of(subject, new(model, models.Zero))),
            "embeddings" => Of(EmbeddingsCommand.Of(
                subject, new(model, new("#5", null), Top: 3, Points: 40))),
            "generate" => Of(GenerateCommand.Of(
                subject, new(model, Given, 3, 0, 0) { Scale = ["1.0=0"], Add = ["1=4*5,7|3,9"] })),
            "heads" => Of(HeadsCommand.Of(subject, new(model, Given, 4, 6, null))),
            "info" => Of(InfoCommand.Of(subject, new(model))),
            "patch" => Of(PatchCommand.Of(
                subject, new(model, Pairs, PatchSite.Z, null, Attribution: true, Top: 3))),
            _ => Of(PathsCommand.Of(subject, new(model, Pairs, null, null, null, Top: 3))),
        };
    }

    private static (object, Func<PageContent>?) Of<T>(Answer<T> answer)
        where T : notnull => (answer.Result, answer.Page);
}
