using System.Text.Json;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

public class BrowserTests(Chromium chromium)
{
    [Fact]
    public async Task HostileTokensDoNothingAndNothingLeavesThePage()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        for (int id = 0; id < Experiment.HardTokens.Count; id++)
        {
            await open.Page.EvaluateAsync("id => { location.hash = `#/0-layer?token=${id}`; }", id);
            await open.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))");
        }

        await open.Page.EvaluateAsync("() => document.querySelector('vt-loss').scrollIntoView()");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.Page.FillAsync(".search input", "pwned");
        await open.Page.Locator(".option").First.WaitForAsync();
        Assert.Equal("undefined", await open.Page.EvaluateAsync<string>("() => typeof window.pwned"));
        Assert.Equal(0, await open.Page.Locator("img").CountAsync());
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
    }

    [Fact]
    public async Task ChipsOfTheScriptAreThoseOfTheWriter()
    {
        ZeroLayerReport report = Experiment.Small();
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        for (int id = 0; id < report.Vocabulary.Size; id++)
        {
            await open.Page.EvaluateAsync("id => { location.hash = `#/0-layer?token=${id}`; }", id);
            await open.Page.WaitForFunctionAsync("id => document.querySelector('vt-token-card dd').textContent === String(id)", id);
            Assert.True(
                await open.Page.EvaluateAsync<bool>("html => new DOMParser().parseFromString(html, 'text/html').body.firstChild.isEqualNode(document.querySelector('.finding a.token').firstChild)", report.Vocabulary.Chip(id)),
                report.Vocabulary.Chip(id));
        }
    }

    [Fact]
    public async Task TablesComeFromTheWeights()
    {
        ZeroLayerReport report = Experiment.Small();
        const int token = 15;
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, $"#/0-layer?token={token}&measure=p");
        int size = report.Vocabulary.Size;
        int[] next = [.. Enumerable.Range(0, size).OrderByDescending(other => Probability(report, token, other)).Take(10)];
        Assert.Equal(next, await Ids(open, ".next"));
        int[] previous = [.. Enumerable.Range(0, size).Where(input => report.Analysis.Counts.FirstCounts[input] > 0).OrderByDescending(input => Probability(report, input, token)).Take(10)];
        Assert.Equal(previous, await Ids(open, ".previous"));
        string[] cells = [.. (await open.Page.Locator(".next tbody tr").First.Locator("td.n").AllInnerTextsAsync())];
        Assert.Equal(
            [Numerals.Percent(Probability(report, token, next[0])), Numerals.Percent(report.Analysis.Counts.Frequency(token, next[0])), Numerals.Count(report.Analysis.Counts.Count(token, next[0]))], cells);
    }

    [Fact]
    public async Task AClickLocksEscLetsGoAndBackReturns()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        ILocator second = open.Page.Locator(".next a.token").Nth(1);
        string id = (await second.GetAttributeAsync("data-token"))!;
        await second.HoverAsync();
        Assert.True(await open.Page.EvaluateAsync<bool>("id => [...document.querySelectorAll(`[data-token=\"${id}\"]`)].every(one => one.classList.contains('hover'))", id));
        await second.ClickAsync();
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync(id);
        Assert.EndsWith($"token={id}", open.Page.Url);
        Assert.Equal(1, await open.Page.Locator(".big.locked").CountAsync());
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(open.Page.Locator(".big.locked")).ToHaveCountAsync(0);
        await open.Page.GoBackAsync();
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync(id);
    }

    [Fact]
    public async Task AnAddressThatDoesNotExistFallsBackAndSaysSo()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer?token=99999&unknown=1");
        await Assertions.Expect(open.Page.Locator(".notice")).ToContainTextAsync("token 99999, which does not exist");
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync("0");
        Assert.Empty(open.Faults);
    }

    [Theory]
    [InlineData("Congress", 0)]
    [InlineData("#15", 15)]
    [InlineData("0xF09F", 31)]
    [InlineData("CONGRESS", 0)]
    [InlineData("·the", 15)]
    public async Task SearchFindsByTextIdAndBytes(string query, int id)
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer?token=3");
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync(query);
        await Assertions.Expect(open.Page.Locator(".option[aria-selected]")).ToContainTextAsync($"#{id}");
        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync($"{id}");
    }

    [Fact]
    public async Task SortingMeasureAndUnseenInputsWork()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer?token=15");
        ZeroLayerReport report = Experiment.Small();
        await open.Page.Locator(".next th button", new() { HasText = "count" }).ClickAsync();
        int[] byCount = await Ids(open, ".next");
        Assert.Equal(byCount.OrderByDescending(id => report.Analysis.Counts.Count(15, id)).Select(id => report.Analysis.Counts.Count(15, id)), byCount.Select(id => report.Analysis.Counts.Count(15, id)));
        await open.Page.Locator(".previous [data-value=logit]").ClickAsync();
        await Assertions.Expect(open.Page.Locator(".previous .note")).ToContainTextAsync("favours rare");
        Assert.Contains("measure=logit", open.Page.Url);
    }

    [Fact]
    public async Task TheMapHoversLocksZoomsAndLassoes()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer/map?map=pca");
        ILocator stage = open.Page.Locator("vt-embedding-map .stage");
        await open.Page.Locator(".stage svg").WaitForAsync();
        await stage.FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(open.Page.Locator(".spoken")).ToContainTextAsync("times");
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Contains("token=", open.Page.Url);
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;
        await open.Page.Keyboard.DownAsync("Shift");
        await open.Page.Mouse.MoveAsync(box.X + 5, box.Y + 5);
        await open.Page.Mouse.DownAsync();
        foreach ((float x, float y) in new[] { (box.Width - 5, 5f), (box.Width - 5, box.Height - 5), (5f, box.Height - 5) })
        {
            await open.Page.Mouse.MoveAsync(box.X + x, box.Y + y, new() { Steps = 5 });
        }

        await open.Page.Mouse.UpAsync();
        await open.Page.Keyboard.UpAsync("Shift");
        await Assertions.Expect(open.Page.Locator(".held")).ToContainTextAsync($"{Experiment.Small().Analysis.Maps[0].Ids.Length} tokens");
        string before = await open.Page.Locator(".stage svg").EvaluateAsync<string>("node => node.outerHTML");
        await open.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await open.Page.Mouse.WheelAsync(0, -400);
        await open.Page.WaitForFunctionAsync("before => document.querySelector('.stage svg').outerHTML !== before", before);
        await open.Page.Locator("vt-embedding-map [data-value=W_U]").ClickAsync();
        Assert.Contains("matrix=W_U", open.Page.Url);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TheCheckpointSliderMovesByKeys()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer/loss");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.Page.Locator("vt-loss .plot").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(open.Page.Locator("vt-loss .readout")).ToContainTextAsync("step 800");
        Assert.Contains("step=800", open.Page.Url);
        await open.Page.Locator("h1").ClickAsync();
        await open.Page.Keyboard.PressAsync(",");
        Assert.Contains("step=700", open.Page.Url);
    }

    [Fact]
    public async Task AFigureIsOneTabStopAndArrowsMoveInside()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        Assert.Equal(1, await open.Page.Locator("vt-bigrams a.token[tabindex='0']").CountAsync());
        await open.Page.Locator("vt-bigrams a.token[tabindex='0']").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.True(await open.Page.EvaluateAsync<bool>("() => document.activeElement === document.querySelectorAll('.previous a.token')[1]"));
        await open.Page.Keyboard.PressAsync("End");
        Assert.True(await open.Page.EvaluateAsync<bool>("() => document.activeElement === [...document.querySelectorAll('.previous a.token')].at(-1)"));
    }

    [Fact]
    public async Task TheThemeIsToggled()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        string light = await open.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        await open.Page.Locator(".theme").ClickAsync();
        Assert.Equal("rgb(255, 255, 255)", light);
        Assert.Equal("rgb(18, 20, 23)", await open.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor"));
        await Assertions.Expect(open.Page.Locator(".theme")).ToHaveTextAsync("Light");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(640)]
    [InlineData(760)]
    [InlineData(1280)]
    [InlineData(1600)]
    public async Task NothingOverflows(int width)
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer?token=7",
            new() { ViewportSize = new() { Width = width, Height = 800 }, HasTouch = width < 700, IsMobile = width < 700 });
        await open.Page.EvaluateAsync("() => { for (const one of document.querySelectorAll('section')) one.scrollIntoView(); }");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        Assert.Equal("", await open.Page.EvaluateAsync<string>(
            "() => [...document.querySelectorAll('main *')].filter(one => one.checkVisibility() && !one.closest('svg, .spoken, .chip') && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 90)).join(' | ')"));
    }

    [Fact]
    public async Task WithoutJavaScriptTheFindingsAndTablesAreThere()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "", new() { JavaScriptEnabled = false });
        await Assertions.Expect(open.Page.Locator("h1")).ToContainTextAsync("Zero layers");
        await Assertions.Expect(open.Page.Locator(".lead")).ToContainTextAsync("5.12 nats");
        Assert.Equal(2, await open.Page.Locator("vt-bigrams table").CountAsync());
        Assert.True(await open.Page.Locator(".static-only table").First.IsVisibleAsync());
        Assert.False(await open.Page.Locator(".search").IsVisibleAsync());
    }

    [Theory]
    [InlineData("tokens", "CSV", "table,token,id,bytes,measure,model,corpus,count")]
    [InlineData("tokens", "SVG", "<svg")]
    [InlineData("map", "SVG", "data:image/png")]
    [InlineData("loss", "CSV", "series,step,nats,low,high")]
    [InlineData("loss", "PNG", "PNG")]
    public async Task FiguresAreExported(string section, string kind, string content)
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, $"#/0-layer/{section}");
        await open.Page.Locator($"section[data-key={section}] svg, section[data-key={section}] .track").First.WaitForAsync();
        IDownload download = await open.Page.RunAndWaitForDownloadAsync(() =>
            open.Page.Locator($"section[data-key={section}] .tools button", new() { HasTextString = kind }).ClickAsync());
        Assert.Equal($"vitrine-planted-{section}.{kind.ToLowerInvariant()}", download.SuggestedFilename);
        string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        Assert.Contains(content, text);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AnArrayThatIsCutShortIsSaidInPlaceOfTheFigure()
    {
        await using OpenReport open = await chromium.OpenAsync("short", () => Experiment.Small());
        string path = new Uri(open.Page.Url).LocalPath;
        string html = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        int start = html.IndexOf('>', html.IndexOf("vt-array-W_U\"", StringComparison.Ordinal)) + 1;
        await File.WriteAllTextAsync(path, html.Remove(start, 8), TestContext.Current.CancellationToken);
        await open.Page.ReloadAsync();
        await Assertions.Expect(open.Page.Locator(".wrong")).ToContainTextAsync("Array W_U is cut short");
        Assert.Equal(2, await open.Page.Locator("vt-bigrams table").CountAsync());
    }

    [Fact]
    public async Task AReportOfFullSizeOpens()
    {
        await using OpenReport open = await chromium.OpenAsync("full", Experiment.FullSize, "#/0-layer?token=3162");
        Assert.InRange(new FileInfo(new Uri(open.Page.Url).LocalPath).Length, 1, 15_000_000);
        await Assertions.Expect(open.Page.Locator("vt-token-card .big")).ToHaveTextAsync("·Congress");
        Assert.Equal(10, await open.Page.Locator(".next tbody tr").CountAsync());
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("enfranchisement");
        await Assertions.Expect(open.Page.Locator(".results .nothing").First).ToContainTextAsync("It is 5");
        JsonElement measures = await open.Page.EvaluateAsync<JsonElement>("() => performance.getEntriesByType('measure').map(one => `${one.name} ${one.duration.toFixed(1)} ms`)");
        TestContext.Current.TestOutputHelper?.WriteLine(measures.ToString());
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
    }

    [Fact]
    public async Task ATapPreviewsAndASecondLocks()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "",
            new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        ILocator link = open.Page.Locator(".next a.token").Nth(1);
        string id = (await link.GetAttributeAsync("data-token"))!;
        await link.TapAsync();
        Assert.DoesNotContain("token=", open.Page.Url);
        await Assertions.Expect(link).ToHaveClassAsync("token hover");
        await link.TapAsync();
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync(id);
    }

    [Fact]
    public async Task WithoutMapsHistoryOrExamplesThePageSaysSo()
    {
        await using OpenReport open = await chromium.OpenAsync("bare", () =>
        {
            ZeroLayerReport report = Experiment.Small();
            return report with
            {
                Analysis = report.Analysis with { Maps = [], Examples = [], Neighbours = [] },
                Loss = report.Loss with { Steps = [], Train = [], HeldOut = [], Checkpoints = [] },
            };
        });
        await open.Page.EvaluateAsync("() => { for (const one of document.querySelectorAll('section')) one.scrollIntoView(); }");
        await Assertions.Expect(open.Page.Locator("vt-loss .empty")).ToContainTextAsync("no training history");
        await Assertions.Expect(open.Page.Locator("vt-embedding-map .empty")).ToContainTextAsync("No map was made");
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync("0");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AFigureIsShownAsATable()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small, "#/0-layer/loss");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.Page.Locator("section[data-key=loss] .tools button", new() { HasTextString = "as table" }).ClickAsync();
        await Assertions.Expect(open.Page.Locator("section[data-key=loss] .as-table")).ToContainTextAsync("bigram, Kneser–Ney");
        await Assertions.Expect(open.Page.Locator("section[data-key=loss] .as-table")).ToContainTextAsync("rows shown");
    }

    private static double Probability(ZeroLayerReport report, int input, int output)
    {
        int width = report.Analysis.W_E.Columns;
        double sum = 0;
        for (int i = 0; i < width; i++)
        {
            sum += report.Analysis.W_E.Values[(input * width) + i] * report.Analysis.W_U.Values[(output * width) + i];
        }

        return Math.Exp((sum * report.Analysis.W_E.Scales[input] * report.Analysis.W_U.Scales[output]) + report.Analysis.Bias[output] - report.Analysis.LogSumExp[input]);
    }

    private static async Task<int[]> Ids(OpenReport open, string table) =>
        await open.Page.Locator($"{table} a.token").EvaluateAllAsync<int[]>("links => links.map(link => Number(link.dataset.token))");
}
