using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>Path patching, positions, the gradient beside patches, places of
/// skip-trigrams.</summary>
public class PathFigureTests(Chromium chromium)
{
    [Fact]
    public async Task TheStrongestPathIsShownUntilAnotherIsChosen()
    {
        await using OpenReport open = await Open("path-patching");
        ILocator slot = open.Page.Locator("vt-path-patching .slot");
        await Assertions.Expect(slot).ToContainTextAsync("1.0 → the logits carries 0.90");
        ILocator map = open.Page.Locator("vt-path-patching .patch-map");
        await map.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(slot).ToContainTextAsync("0.1 → the logits carries 0.02");
        await open.Page.Keyboard.PressAsync("Home");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions
            .Expect(slot)
            .ToContainTextAsync("0.1 → the keys of 1.0 carries 0.80");
        await Assertions
            .Expect(slot)
            .ToContainTextAsync("difference −2.00 with this path corrupted, +6.00 without; "
                + "gradient "
                + "says 0.50");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("path=0.1%3E1.0.k");
        await Assertions
            .Expect(open.Page.Locator(".path-list tr.chosen"))
            .ToContainTextAsync("0.1 → K of 1.0");
        await open.Page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(slot).ToContainTextAsync("no path: it does not come before");
        await open.Page.Keyboard.PressAsync("Escape");
        await open.NotAddressAsync("path=");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TheMouseReachesCellsRowsAndHeads()
    {
        await using OpenReport open = await Open("path-patching");
        ILocator slot = open.Page.Locator("vt-path-patching .slot");
        ILocator cell = open.Page.Locator("vt-path-patching svg text", new() { HasText = "−0.20" });
        await cell.HoverAsync();
        await Assertions.Expect(slot).ToContainTextAsync("0.1 → the values of 1.0 carries −0.20");
        await cell.ClickAsync();
        await open.AddressAsync("path=0.1%3E1.0.v");
        await open.Page.Locator(".path-list tr", new() { HasText = "logits" }).First
            .Locator("td").Last.ClickAsync();
        await open.AddressAsync("path=1.0%3Elogits");
        await open.Page.Locator("vt-path-patching [data-value=gradient]").ClickAsync();
        await open.AddressAsync("method=gradient");
        await Assertions
            .Expect(open.Page.Locator("vt-path-patching svg text", new() { HasText = "0.50" }))
            .ToHaveCountAsync(1);
        await Assertions
            .Expect(open.Page.Locator("vt-path-patching .aside").Last)
            .ToHaveTextAsync(
                "Means over 8 pairs of prompts; the first is shown. Hatched: the sender is not "
                    + "before the receiver. Gradient: mean error 0.03, largest 0.30.");
        await Assertions
            .Expect(open.Page.Locator("vt-path-patching rect[fill='url(#vt-hatch-paths)']"))
            .ToHaveCountAsync(12);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task APathOfTheAddressIsOpened()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits", CircuitPage.All, "#/2-layer/path-patching?path=0.0%3E1.1.q");
        await Assertions
            .Expect(open.Page.Locator("vt-path-patching .slot"))
            .ToContainTextAsync("0.0 → the queries of 1.1 carries 0.10");
        await using OpenReport none = await chromium.OpenPageAsync(
            "no-paths",
            () => CircuitPage.Only(
                "vt-path-patching", CircuitPage.PathMap() with { Senders = [], Panels = [] }));
        await Assertions
            .Expect(none.Page.Locator("vt-path-patching .empty"))
            .ToContainTextAsync("vitrine paths MODEL");
    }

    [Fact]
    public async Task TheHeadThatLeansOnPositionMostIsShownFirst()
    {
        await using OpenReport open = await Open("position");
        ILocator rows = open.Page.Locator("vt-position tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.First).ToContainTextAsync("0.190%2%8%");
        await Assertions.Expect(rows.First).ToHaveClassAsync("chosen");
        ILocator slot = open.Page.Locator("vt-position .slot");
        await Assertions.Expect(slot).ToContainTextAsync("half the weight lies within 1 token");
        ILocator stage = open.Page.Locator("vt-position .plane");
        await stage.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions
            .Expect(slot)
            .ToContainTextAsync(
                "1 token back: 0.78, 90% of queries 0.60 to 0.95");
        await Assertions
            .Expect(slot)
            .ToContainTextAsync("position alone 0.80; a uniform head 0.30");
        await open.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(slot).ToContainTextAsync("3 tokens back: 0.040");
        await rows.Last.Locator("td").Last.ClickAsync();
        await open.AddressAsync("head=1.0");
        await Assertions
            .Expect(open.Page.Locator("vt-position h3").Last)
            .ToContainTextAsync("Head 1.0");
        Assert.Empty(open.Faults);
    }

    [Theory]
    [InlineData("position", "vt-position tbody tr:last-child td:last-child", "head=1.0")]
    [InlineData("ablation", "vt-ablation .ablated", "head=1.0")]
    public async Task AClickCountsThoughTheFigureIsDrawnMeanwhile(
        string section, string cell, string address)
    {
        await using OpenReport open = await Open(section);
        await open.Page.Locator(cell).First.HoverAsync();
        await open.Page.Mouse.DownAsync();
        await open.Page.EvaluateAsync(
            """
            async section => {
              document.querySelector(`[data-section="${section}"]`).draw();
              for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
            }
            """, section);
        await open.Page.Mouse.UpAsync();
        await open.AddressAsync(address);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task NoCurveIsCutOffAboveTheChart()
    {
        await using OpenReport open = await Open("position?head=1.0");
        double room = await open.Page.EvaluateAsync<double>(
            """
            () => {
              const svg = document.querySelector('vt-position .plane svg'),
                paths = [...svg.querySelectorAll('path')].map(one => one.getAttribute('d')),
                heights = paths.flatMap(d => [...d.matchAll(/,([\d.]+)/g)].map(m => Number(m[1]))),
                bottom = Math.max(...[...svg.querySelectorAll('line')].map(l => l.y1.baseVal.value));
              return (bottom - Math.min(...heights)) / 220;
            }
            """);
        // The highest point of all curves leaves the room above it that is left on purpose.
        Assert.InRange(room, 0.9, 0.99);
    }

    [Theory]
    [InlineData(true, "by position alone", 0)]
    [InlineData(false, "measured on text", 0)]
    public async Task PositionsWithoutATextOrWithoutSharesAreDrawn(
        bool shares, string said, int bands)
    {
        PositionFigure whole = CircuitPage.Positions();
        PositionFigure half = shares ? whole with { Measured = null } : whole with { Heads = [] };
        await using OpenReport open = await chromium.OpenPageAsync(
            $"position-{shares}", () => CircuitPage.Only("vt-position", half));
        await Assertions.Expect(open.Page.Locator("vt-position .slot")).ToContainTextAsync(said);
        await Assertions
            .Expect(open.Page.Locator("vt-position .alone"))
            .ToHaveCountAsync(bands);
        await Assertions
            .Expect(open.Page.Locator("vt-position table"))
            .ToHaveCountAsync(shares ? 1 : 0);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ThePatchThatTheGradientMissesMostIsNamedFirst()
    {
        await using OpenReport open = await Open("gradient");
        ILocator slot = open.Page.Locator("vt-approximation .slot");
        await Assertions
            .Expect(slot)
            .ToContainTextAsync("largest error: resid_pre of layer 1, position 2");
        await Assertions.Expect(slot).ToContainTextAsync("patch 0.90, gradient 0.50, error −0.40");
        await open.Page.Locator("vt-approximation .plane").FocusAsync();
        await open.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(slot).ToContainTextAsync("z of 1.0, all positions");
        await open.Page.Keyboard.PressAsync("Home");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("layer=1&pos=2");
        await Assertions
            .Expect(open.Page.Locator("vt-patching .patch-detail"))
            .ToContainTextAsync("Layer 1, position 2");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TokensOfAPlaceSayWhatTheModelKnowsBetter()
    {
        await using OpenReport open = await Open("trigrams");
        await open.Page.Locator(".open-row").FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        ILocator loss = open.Page.Locator(".passage-loss");
        await Assertions.Expect(loss).ToContainTextAsync("loss 1.50, 0-layer 6.00: −4.50");
        await open.Page.Locator(".trigram-place .next").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(loss).ToContainTextAsync("loss 4.00, 0-layer 3.50: +0.50");
        await open.Page.Locator(".trigram-place .from").HoverAsync();
        await Assertions.Expect(loss).ToContainTextAsync("loss 3.00, 0-layer 3.00: 0.00");
        Assert.Empty(open.Faults);
    }

    private Task<OpenReport> Open(string section) =>
        chromium.OpenPageAsync("circuits", CircuitPage.All, $"#/2-layer/{section}");
}
