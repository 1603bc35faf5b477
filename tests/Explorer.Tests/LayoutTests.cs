using System.Text.Json;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Widths, themes, keys, touch, no JavaScript, full size.</summary>
public class LayoutTests(Chromium chromium)
{
    [Fact]
    public async Task AFigureIsOneTabStopAndArrowsMoveInside()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        await Assertions.Expect(open.Page.Locator("vt-bigrams a.token[tabindex='0']"))
            .ToHaveCountAsync(1);
        await open.Page.Locator("vt-bigrams a.token[tabindex='0']").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.True(
            await open.Page.EvaluateAsync<bool>(
                "() => document.activeElement === document.querySelectorAll('.previous "
                    + "a.token')[1]"));
        await open.Page.Keyboard.PressAsync("End");
        Assert.True(
            await open.Page.EvaluateAsync<bool>(
                "() => document.activeElement === [...document.querySelectorAll('.previous "
                    + "a.token')].at(-1)"));
    }

    [Fact]
    public async Task TheThemeIsToggled()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        string light = await open.Page.EvaluateAsync<string>(
            "() => getComputedStyle(document.body).backgroundColor");
        await open.Page.Locator(".theme").ClickAsync();
        Assert.Equal("rgb(255, 255, 255)", light);
        Assert.Equal(
            "rgb(18, 20, 23)",
            await open.Page.EvaluateAsync<string>(
                "() => getComputedStyle(document.body).backgroundColor"));
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
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer?token=7",
            new()
            {
                ViewportSize = new() { Width = width, Height = 800 },
                HasTouch = width < 700,
                IsMobile = width < 700,
            });
        await open.Page.EvaluateAsync(
            "() => { for (const one of document.querySelectorAll('section')) "
                + "one.scrollIntoView(); }");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.IsTidyAsync();
        Assert.Equal(
            "",
            await open.Page.EvaluateAsync<string>(
                "() => [...document.querySelectorAll('main *')].filter(one => "
                    + "one.checkVisibility() && !one.closest('svg, .spoken, .chip') && "
                    + "one.getBoundingClientRect().right > innerWidth + 1).map(one => "
                    + "one.outerHTML.slice(0, 90)).join(' | ')"));
    }

    [Fact]
    public async Task WithoutJavaScriptTheFindingsAndTablesAreThere()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "",
            new() { JavaScriptEnabled = false });
        await Assertions.Expect(open.Page.Locator("h1")).ToContainTextAsync("Zero layers");
        await Assertions.Expect(open.Page.Locator(".lead")).ToContainTextAsync("5.12 nats");
        await Assertions.Expect(open.Page.Locator("vt-token-tables tr").Nth(1))
            .ToContainTextAsync("is followed by");
        Assert.True(await open.Page.Locator("table.static-only").First.IsVisibleAsync());
        Assert.False(await open.Page.Locator(".search").IsVisibleAsync());
    }

    [Fact]
    public async Task AnArrayThatIsCutShortIsSaidInPlaceOfTheFigure()
    {
        await using OpenReport open = await chromium.OpenAsync("short", () => Experiment.Small());
        string path = new Uri(open.Page.Url).LocalPath;
        string html = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        int start = html.IndexOf(
            '>', html.IndexOf("vt-array-tokens.W_U\"", StringComparison.Ordinal)) + 1;
        await File.WriteAllTextAsync(
            path,
            html.Remove(start, 8),
            TestContext.Current.CancellationToken);
        await open.Page.ReloadAsync();
        await Assertions
            .Expect(open.Page.Locator(".wrong"))
            .ToContainTextAsync("Array tokens.W_U is cut short");
        await open.Page.Locator("vt-loss .plot").ScrollIntoViewIfNeededAsync();
        await open.Page.Locator("vt-loss svg").WaitForAsync();
    }

    /// <summary>Chooses 40 tokens and searches for 6 words; gives the median times that the page
    /// notes, and that of the next frame, for a reader of the test's output.</summary>
    private const string MedianTimes =
        """
        async () => {
          const frame = () => new Promise(requestAnimationFrame);
          const frames = [];
          performance.clearMeasures();
          for (let i = 1; i <= 40; i++) {
            const start = performance.now();
            location.hash = `#/0-layer?token=${(3162 + 1201 * i) % 50257}`;
            await new Promise(done => addEventListener('hashchange', done, { once: true }));
            await frame();
            frames.push(performance.now() - start);
          }
          const input = document.querySelector('.search input');
          for (const word of ['the', 'nation', 'war', '#42', 'peace', 'Congress']) {
            input.value = word;
            input.dispatchEvent(new Event('input', { bubbles: true }));
            await frame();
            await frame();
          }
          const median = numbers =>
            numbers.sort((a, b) => a - b)[numbers.length >> 1]?.toFixed(1) + ' ms';
          const of = name => median(performance.getEntriesByName(name).map(one => one.duration));
          return { token: of('vt-token'), tokenToFrame: median(frames), search: of('vt-search') };
        }
        """;

    [Fact]
    public async Task AReportOfFullSizeOpens()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "full",
            Experiment.FullSize,
            "#/0-layer?token=3162");
        Assert.InRange(new FileInfo(new Uri(open.Page.Url).LocalPath).Length, 1, 15_000_000);
        await Assertions
            .Expect(open.Page.Locator("vt-token-card .big"))
            .ToHaveTextAsync("·Congress");
        await Assertions.Expect(open.Page.Locator(".next tbody tr")).ToHaveCountAsync(10);
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("enfranchisement");
        await Assertions
            .Expect(open.Page.Locator(".results .nothing").First)
            .ToContainTextAsync("It is 5");
        JsonElement measures = await open.Page.EvaluateAsync<JsonElement>(MedianTimes);
        TestContext.Current.TestOutputHelper?.WriteLine(measures.ToString());
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
    }

    [Fact]
    public async Task ATapPreviewsAndASecondLocks()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "",
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
                HasTouch = true,
                IsMobile = true,
            });
        ILocator link = open.Page.Locator(".next a.token").Nth(1);
        string id = (await link.GetAttributeAsync("data-token"))!;
        await link.TapAsync();
        await open.NotAddressAsync("token=");
        await Assertions.Expect(link).ToHaveClassAsync("token hover");
        await link.TapAsync();
        await Assertions.Expect(open.Page.Locator("vt-token-card dd").First).ToHaveTextAsync(id);
    }
}
