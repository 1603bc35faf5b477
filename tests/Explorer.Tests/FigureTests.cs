using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Tables, map, chart, exports.</summary>
public class FigureTests(Chromium chromium)
{
    [Fact]
    public async Task TablesComeFromTheWeights()
    {
        ZeroLayerReport report = Experiment.Small();
        const int token = 15;
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            $"#/0-layer?token={token}&measure=p");
        int size = report.Vocabulary.Size;
        int[] next =
        [
            .. Enumerable
                .Range(0, size)
                .OrderByDescending(other => Probability(report, token, other))
                .Take(10),
        ];
        Assert.Equal(next, await Ids(open, ".next"));
        int[] previous =
        [
            .. Enumerable
                .Range(0, size)
                .Where(input => report.Analysis.Counts.FirstCounts[input] > 0)
                .OrderByDescending(input => Probability(report, input, token))
                .Take(10),
        ];
        Assert.Equal(previous, await Ids(open, ".previous"));
        string[] cells =
        [
            .. (
                await open.Page.Locator(".next tbody tr").First.Locator(
                    "td.n").AllInnerTextsAsync()),
        ];
        Assert.Equal(
            [
                Numerals.Percent(Probability(report, token, next[0])),
                Numerals.Percent(report.Analysis.Counts.Frequency(token, next[0])),
                Numerals.Count(report.Analysis.Counts.Count(token, next[0])),
            ],
            cells);
    }

    [Fact]
    public async Task SortingMeasureAndUnseenInputsWork()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer?token=15");
        ZeroLayerReport report = Experiment.Small();
        await open.Page.Locator(".next th button", new() { HasText = "count" }).ClickAsync();
        int[] byCount = await Ids(open, ".next");
        Assert.Equal(
            byCount
                .OrderByDescending(id => report.Analysis.Counts.Count(15, id))
                .Select(id => report.Analysis.Counts.Count(15, id)),
            byCount.Select(id => report.Analysis.Counts.Count(15, id)));
        await open.Page.Locator(".previous [data-value=logit]").ClickAsync();
        await Assertions
            .Expect(open.Page.Locator(".previous .note"))
            .ToContainTextAsync("favours rare");
        await open.AddressAsync("measure=logit");
    }

    [Fact]
    public async Task TheMapHoversLocksZoomsAndLassoes()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer/map?map=pca");
        ILocator stage = open.Page.Locator("vt-embedding-map .stage");
        await open.Page.Locator(".stage svg").WaitForAsync();
        await stage.FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(open.Page.Locator(".spoken")).ToContainTextAsync("times");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("token=");
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;
        await open.Page.Keyboard.DownAsync("Shift");
        await open.Page.Mouse.MoveAsync(box.X + 5, box.Y + 5);
        await open.Page.Mouse.DownAsync();
        foreach (
            (float x, float y) in new[]
            {
                (box.Width - 5, 5f),
                (box.Width - 5, box.Height - 5),
                (5f, box.Height - 5),
            })
        {
            await open.Page.Mouse.MoveAsync(box.X + x, box.Y + y, new() { Steps = 5 });
        }

        await open.Page.Mouse.UpAsync();
        await open.Page.Keyboard.UpAsync("Shift");
        await Assertions
            .Expect(open.Page.Locator(".held"))
            .ToContainTextAsync($"{Experiment.Small().Analysis.Maps[0].Ids.Length} tokens");
        string before = await open
            .Page.Locator(".stage svg")
            .EvaluateAsync<string>("node => node.outerHTML");
        await open.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await open.Page.Mouse.WheelAsync(0, -400);
        await open.Page.WaitForFunctionAsync(
            "before => document.querySelector('.stage svg').outerHTML !== before",
            before);
        await open.Page.Locator("vt-embedding-map [data-value=W_U]").ClickAsync();
        await open.AddressAsync("matrix=W_U");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ALastBatchThatStandsOutIsNotTheResult()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "outlier",
            () =>
            {
                ZeroLayerReport small = Experiment.Small();
                double[] train = [.. small.Loss.Train];
                train[^1] = 9.99;
                return small with { Loss = small.Loss with { Train = train } };
            },
            "#/0-layer/loss");
        await Assertions
            .Expect(open.Page.Locator("vt-loss .readout"))
            .ToContainTextAsync("train 5.");
    }

    [Fact]
    public async Task TheCheckpointSliderMovesByKeys()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer/loss");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.Page.Locator("vt-loss .plot").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions
            .Expect(open.Page.Locator("vt-loss .readout"))
            .ToContainTextAsync("step 800");
        await open.Page.WaitForURLAsync("**step=800*");
        await open.Page.Locator("h1").ClickAsync();
        await open.Page.Keyboard.PressAsync(",");
        await open.Page.WaitForURLAsync("**step=700*");
    }

    [Theory]
    [InlineData("tokens", "CSV", "table,token,id,bytes,measure,model,corpus,count")]
    [InlineData("tokens", "SVG", "<svg")]
    [InlineData("map", "SVG", "data:image/png")]
    [InlineData("loss", "CSV", "series,step,nats,low,high")]
    [InlineData("loss", "PNG", "PNG")]
    public async Task FiguresAreExported(string section, string kind, string content)
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            $"#/0-layer/{section}");
        await open
            .Page.Locator($"section[data-key={section}] svg, section[data-key={section}] .track")
            .First.WaitForAsync();
        IDownload download = await open.Page.RunAndWaitForDownloadAsync(() =>
            open
                .Page.Locator(
                    $"section[data-key={section}] .tools button",
                    new() { HasTextString = kind })
                .ClickAsync());
        Assert.Equal(
            $"vitrine-planted-{section}.{kind.ToLowerInvariant()}",
            download.SuggestedFilename);
        string text = System.Text.Encoding.Latin1.GetString(
            await File.ReadAllBytesAsync(
                await download.PathAsync(),
                TestContext.Current.CancellationToken));
        Assert.Contains(content, text);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task WithoutMapsHistoryOrExamplesThePageSaysSo()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "bare",
            () =>
            {
                ZeroLayerReport report = Experiment.Small();
                return report with
                {
                    Analysis = report.Analysis with { Maps = [], Examples = [], Neighbours = [] },
                    Loss = report.Loss with
                    {
                        Steps = [],
                        Train = [],
                        HeldOut = [],
                        Checkpoints = [],
                    },
                };
            });
        await open.Page.EvaluateAsync(
            "() => { for (const one of document.querySelectorAll('section')) "
                + "one.scrollIntoView(); }");
        await Assertions
            .Expect(open.Page.Locator("vt-loss .empty"))
            .ToContainTextAsync("no training history");
        await Assertions
            .Expect(open.Page.Locator("vt-embedding-map .empty"))
            .ToContainTextAsync("No map was drawn");
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync("0");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AFigureIsShownAsATable()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer/loss");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open
            .Page.Locator(
                "section[data-key=loss] .tools button",
                new() { HasTextString = "as table" })
            .ClickAsync();
        await Assertions
            .Expect(open.Page.Locator("section[data-key=loss] .as-table"))
            .ToContainTextAsync("train");
        await Assertions
            .Expect(open.Page.Locator("section[data-key=loss] .as-table"))
            .ToContainTextAsync("rows shown");
    }

    private static double Probability(ZeroLayerReport report, int input, int output)
    {
        int width = report.Analysis.W_E.Columns;
        double sum = 0;
        for (int i = 0; i < width; i++)
        {
            sum +=
                report.Analysis.W_E.Values[(input * width) + i]
                * report.Analysis.W_U.Values[(output * width) + i];
        }

        return Math.Exp(
            (sum * report.Analysis.W_E.Scales[input] * report.Analysis.W_U.Scales[output])
                + report.Analysis.Bias[output]
                - report.Analysis.LogSumExp[input]);
    }

    private static async Task<int[]> Ids(OpenReport open, string table) =>
        await open
            .Page.Locator($"{table} a.token")
            .EvaluateAllAsync<int[]>("links => links.map(link => Number(link.dataset.token))");
}
