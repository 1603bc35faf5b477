using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Attention;

/// <summary>The heat map: cells, zoom, measures, exports.</summary>
public class AttentionMapTests(Chromium chromium)
{
    [Fact]
    public async Task TheMapReadsCellsLocksAndZooms()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?head=0.2");
        ILocator stage = open.Page.Locator(".heat");
        LocatorBoundingBoxResult box = (
            await open.Page.Locator(".heat > canvas").BoundingBoxAsync()
        )!;
        float cell = box.Width / 48;
        await open.Page.Mouse.MoveAsync(box.X + (10.5f * cell), box.Y + (30.5f * cell));
        await Assertions.Expect(open.Page.Locator(".where")).ToHaveTextAsync("query 30, key 10");
        await Assertions
            .Expect(open.Page.Locator(".cell-readout dd").First)
            .ToHaveTextAsync(Numerals.Score(AttentionPage.Maps("0.2")[(30 * 48) + 10]));
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "30");
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.UpAsync();
        await open.AddressAsync("q=30&k=10");
        await open.Page.Keyboard.PressAsync("Escape");
        await open.NotAddressAsync("q=30");

        await open.Page.Mouse.MoveAsync(box.X + (4.5f * cell), box.Y + (20.5f * cell));
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(
            box.X + (13.5f * cell),
            box.Y + (29.5f * cell),
            new() { Steps = 4 });
        await open.Page.Mouse.UpAsync();
        await open.Page.WaitForFunctionAsync(
            "() => document.querySelector('.heat > canvas').width === 10");
        await open.Page.Locator("h1").HoverAsync();
        await stage.FocusAsync();
        await open.Page.Keyboard.PressAsync("0");
        await open.Page.WaitForFunctionAsync(
            "() => document.querySelector('.heat > canvas').width === 48");
        await open.Page.Keyboard.PressAsync("ArrowUp");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(open.Page.Locator(".where")).ToHaveTextAsync("query 39, key 8");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("q=39&k=8");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task MeasuresSwitchAndSayWhatIsMissing()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator("[data-measure=residual]").ClickAsync();
        await open.AddressAsync("measure=residual");
        await Assertions.Expect(open.Page.Locator(".cell-readout")).ToContainTextAsync("mixing");
        AttentionView one = AttentionExamples.View(
            [
                [3, 4, 5, 3],
            ],
            2,
            1);
        await using OpenReport other = await chromium.OpenPageAsync(
            "no-norm",
            () => SmallPage.Of(AttentionPage.Section(one)));
        Assert.Equal(0, await other.Page.Locator("[data-measure=allHeads]").CountAsync());
        await Assertions.Expect(other.Page.Locator("[data-measure=norm]")).ToBeDisabledAsync();
        await Assertions.Expect(other.Page.Locator("[data-measure=norm]")).ToContainTextAsync("–");
    }

    [Fact]
    public async Task ExportsHoldTheMap()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?head=0.1");
        await open.Page.Locator(".heat svg").WaitForAsync();
        string csv = await open.SaveAsync("CSV");
        Assert.Equal((48 * 49 / 2) + 1, csv.TrimEnd().Split("\r\n").Length - Multiline(csv));
        Assert.Contains("head,measure,query", csv);
        string svg = await open.SaveAsync("SVG");
        Assert.Contains("data:image/png", svg);
        Assert.Contains("Where does the head attend?", svg);
        Assert.Contains("run planted, seed 10", svg);
        Assert.DoesNotContain("var(--", svg);
    }

    // Cells with line breaks stand in quotes; these tokens have none that survive `display`.
    private static int Multiline(string csv) => csv.Split('\n').Length - csv.Split("\r\n").Length;

    private Task<OpenReport> OpenAsync(
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        AttentionPage.OpenAsync(chromium, hash, options);
}
