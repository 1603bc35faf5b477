using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>Composition, phase change, the induction circuit, eigenvalues.</summary>
public class HeadFigureTests(Chromium chromium)
{
    [Fact]
    public async Task LinksAboveTheThresholdAreDrawnAndTheirNumbersShown()
    {
        await using OpenReport open = await Open("composition");
        ILocator links = open.Page.Locator("vt-composition .link");
        await Assertions.Expect(links).ToHaveCountAsync(3);
        ILocator slot = open.Page.Locator("vt-composition .slot");
        await Assertions.Expect(slot).ToContainTextAsync("0.1 → K of 1.0");
        await Assertions.Expect(slot).ToContainTextAsync("0.175; random 0.070 ± 0.006; z 17.5");
        float[] point = await open
            .Page.Locator("[data-link='0.0>1.1.V'] .curve")
            .EvaluateAsync<float[]>(
                """
                path => {
                  path.scrollIntoView({ block: 'center' });
                  const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.8)
                    .matrixTransform(path.getScreenCTM());
                  return [x, y];
                }
                """);
        await open.Page.Mouse.MoveAsync(point[0], point[1]);
        await Assertions.Expect(slot).ToContainTextAsync("0.0 → V of 1.1");
        await open.Page.Locator("vt-composition [data-kind=V]").ClickAsync();
        await Assertions.Expect(links).ToHaveCountAsync(2);
        await open.AddressAsync("kinds=QK");
        ILocator slider = open.Page.Locator("vt-composition .threshold");
        await slider.FocusAsync();
        await open.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(links).ToHaveCountAsync(0);
        await Assertions
            .Expect(open.Page.Locator("vt-composition .aside"))
            .ToContainTextAsync("the largest of all is 0.1 → K of 1.0, z 17.5");
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(links).ToHaveCountAsync(8);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AHeadKeepsItsOwnLinksUntilEsc()
    {
        await using OpenReport open = await Open("composition");
        ILocator links = open.Page.Locator("vt-composition .link");
        await open.Page.Locator("vt-composition .node[data-head='1.1']").HoverAsync();
        await Assertions
            .Expect(open.Page.Locator("vt-composition .link.away"))
            .ToHaveCountAsync(2);
        await open.Page.Locator("vt-composition .node[data-head='1.1']").ClickAsync();
        await Assertions.Expect(links).ToHaveCountAsync(1);
        await open.AddressAsync("head=1.1");
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(links).ToHaveCountAsync(3);
        await open.NotAddressAsync("head=");
    }

    [Fact]
    public async Task TheGraphIsOneTabStopAndLinksAreLockedByKeys()
    {
        await using OpenReport open = await Open("composition");
        await Assertions
            .Expect(open.Page.Locator("vt-composition .graph [tabindex='0']"))
            .ToHaveCountAsync(1);
        await open.Page.Locator("vt-composition .graph [tabindex='0']").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("Home");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("link=0.1%3E1.0.K");
        await Assertions
            .Expect(open.Page.Locator("vt-composition .link.locked"))
            .ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions
            .Expect(open.Page.Locator("vt-composition .link.locked"))
            .ToHaveCountAsync(0);
    }

    [Fact]
    public async Task TabPassesTheReadOutThatFollowsIt()
    {
        await using OpenReport open = await Open("composition");
        await open.Page.Locator("vt-composition .threshold").FocusAsync();
        for (int link = 0; link < 2; link++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            await Assertions
                .Expect(open.Page.Locator("vt-composition .slot a").Nth(link))
                .ToBeFocusedAsync();
        }

        await open.Page.Keyboard.PressAsync("Tab");
        await Assertions
            .Expect(open.Page.Locator("vt-composition :not(.slot a):focus"))
            .ToHaveCountAsync(1);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task EveryFigureIsSavedAsADrawing()
    {
        await using OpenReport open = await Open("ablation");
        string[] keys = await open.Page.Locator("section[data-key]")
            .EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.key)");
        // Chromium drops all but the first ten downloads of a page within a second.
        foreach (string[] ten in keys.Chunk(10))
        {
            foreach (string key in ten)
            {
                Assert.Contains(
                    "<text", await open.SaveAsync("SVG", key), StringComparison.Ordinal);
            }

            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }

        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task EveryViewFollowsTheSharedCheckpoint()
    {
        await using OpenReport open = await Open("phase");
        ILocator plot = open.Page.Locator("vt-phase-change .plot");
        await plot.FocusAsync();
        ILocator readout = open.Page.Locator("vt-phase-change .readout");
        await Assertions.Expect(readout).ToContainTextAsync("prefix matching 1.0 0.78");
        await open.Page.Keyboard.PressAsync("Home");
        await open.AddressAsync("step=0");
        await Assertions.Expect(readout).ToContainTextAsync("prefix matching 1.0 0.01");
        await Assertions
            .Expect(open.Page.Locator("vt-composition .aside"))
            .ToContainTextAsync("Heads and links at step 0. No link stands above");
        await open.Page.Keyboard.PressAsync(".");
        await open.AddressAsync("step=100");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.AddressAsync("step=400");
        await Assertions
            .Expect(open.Page.Locator("vt-phase-change .frame[data-step='400'] rect"))
            .ToHaveAttributeAsync("stroke-width", "2");
        LocatorBoundingBoxResult box = (await plot.BoundingBoxAsync())!;
        await open.Page.Mouse.MoveAsync(box.X + 300, box.Y + 60);
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(box.X + box.Width - 150, box.Y + 60, new() { Steps = 4 });
        await open.Page.Mouse.UpAsync();
        await open.NotAddressAsync("step=");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AHeadChoosesTheFilm()
    {
        await using OpenReport open = await Open("phase");
        ILocator film = open.Page.Locator("vt-phase-change text", new() { HasText = "Pattern of" });
        await Assertions.Expect(film).ToContainTextAsync("head 1.0");
        await open.Page.Locator("vt-phase-change .label[data-head='0.1']").ClickAsync();
        await Assertions.Expect(film).ToContainTextAsync("head 0.1");
        await open.AddressAsync("head=0.1");
    }

    [Fact]
    public async Task WithoutAChangeThePhaseChangeSaysSo()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "no-change",
            () => CircuitPage.Only("vt-phase-change", CircuitPage.Phase() with { Change = null }));
        await Assertions
            .Expect(open.Page.Locator("vt-phase-change .aside"))
            .ToContainTextAsync("No change found");
        ILocator band = open.Page.Locator("vt-phase-change rect[fill='var(--band)']");
        await Assertions.Expect(band).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task TheCircuitShowsFiveClaims()
    {
        await using OpenReport open = await Open("circuit");
        ILocator values = open.Page.Locator("vt-induction-circuit .claim .value");
        await Assertions
            .Expect(values)
            .ToHaveTextAsync(["0.93 ± 0.02", "z 17.5", "91%", "0.87", "+3.71 ± 0.20 nats"]);
        await Assertions.Expect(open.Page.Locator("vt-induction-circuit .small-figure svg"))
            .ToHaveCountAsync(5);
        await Assertions.Expect(open.Page.Locator(".verdict")).ToBeHiddenAsync();
        await Assertions
            .Expect(open.Page.Locator("vt-induction-circuit .claim .line").Last)
            .ToHaveTextAsync("on the second half of random repeats without 1.0: 85% of the gain");
    }

    [Fact]
    public async Task AClaimThatFailsIsSaid()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "failed",
            () => CircuitPage.Only("vt-induction-circuit", CircuitPage.Circuit(fails: true)));
        await Assertions.Expect(open.Page.Locator(".verdict")).ToBeHiddenAsync();
        await Assertions
            .Expect(open.Page.Locator(".claim.fails .rule"))
            .ToHaveTextAsync("Fails: at least 60% of the gain.");
    }

    [Fact]
    public async Task ThatNoHeadFormedIsSaid()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "none-formed",
            () => CircuitPage.Only(
                "vt-induction-circuit",
                CircuitPage.Circuit(fails: true) with { Score = 0.2, Heads = [] }));
        await Assertions
            .Expect(open.Page.Locator(".verdict"))
            .ToHaveTextAsync(
                "No induction head formed. The best head, 1.0, has prefix matching 0.20.");
    }

    [Fact]
    public async Task EigenvaluesAreReadByKeysAndHeadsChosen()
    {
        await using OpenReport open = await Open("copying");
        ILocator slot = open.Page.Locator("vt-eigenvalues .slot");
        await Assertions.Expect(slot).ToContainTextAsync("head 1.0");
        await Assertions.Expect(slot).ToContainTextAsync("copying 0.87");
        await open.Page.Locator("vt-eigenvalues .plane").FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(slot).ToContainTextAsync("λ 3.00 + 1.00i");
        await Assertions.Expect(slot).ToContainTextAsync("modulus 3.16, 35.1% of Σ|λ|");
        await open.Page.Locator("vt-eigenvalues .multiple").First.ClickAsync();
        await Assertions.Expect(slot).ToContainTextAsync("head 0.0");
        await open.AddressAsync("head=0.0");
    }

    [Theory]
    [InlineData("vt-composition", "two layers")]
    [InlineData("vt-eigenvalues", "vitrine circuits")]
    [InlineData("vt-skip-trigrams", "No skip-trigram")]
    [InlineData("vt-paths", "No path")]
    [InlineData("vt-trigram-check", "often enough")]
    [InlineData("vt-ablation", "No head was ablated")]
    [InlineData("vt-phase-change", "one checkpoint")]
    [InlineData("vt-induction-circuit", "two layers")]
    [InlineData("vt-circuit-token", "no heads")]
    public async Task WhatIsAbsentIsSaid(string component, string words)
    {
        object nothing = new
        {
            Nodes = Array.Empty<int>(),
            Edges = Array.Empty<int>(),
            Heads = Array.Empty<int>(),
            Rows = Array.Empty<int>(),
            Orders = Array.Empty<int>(),
            Groups = Array.Empty<int>(),
            Steps = Array.Empty<int>(),
            Trials = Array.Empty<int>(),
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            "empty-" + component,
            () => CircuitPage.Only(component, nothing));
        await Assertions.Expect(open.Page.Locator(".empty")).ToContainTextAsync(words);
        Assert.Empty(open.Faults);
    }

    private Task<OpenReport> Open(string section) =>
        chromium.OpenPageAsync("circuits", CircuitPage.All, $"#/2-layer/{section}");
}
