using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>Widths, themes, touch, hostile tokens.</summary>
public partial class CircuitLayoutTests(Chromium chromium)
{
    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(760)]
    [InlineData(1280)]
    [InlineData(1600)]
    public async Task NothingOverflows(int width)
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "",
            new()
            {
                ViewportSize = new() { Width = width, Height = 800 },
                HasTouch = width < 700,
                IsMobile = width < 700,
            });
        await Near(open);
        Assert.Equal(
            "",
            await open.Page.EvaluateAsync<string>(
                """
                () => [...document.querySelectorAll('main *')].filter(one =>
                  one.checkVisibility() && !one.closest('.spoken, .chip, .segments, .static-only')
                  && !(one.closest('svg') && one.tagName !== 'text')
                  && (one.getBoundingClientRect().right > innerWidth + 1
                    || one.getBoundingClientRect().left < -1)).map(one =>
                  one.outerHTML.slice(0, 120)).join(' | ')
                """));
        await open.IsTidyAsync();
    }

    [Fact]
    public async Task WithFewHeadsTheControlsStandBesideTheGraph()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "#/2-layer/composition");
        ILocator graph = open.Page.Locator("vt-composition .graph");
        await graph.Locator("svg").WaitForAsync();
        LocatorBoundingBoxResult drawn = (await graph.BoundingBoxAsync())!;
        LocatorBoundingBoxResult slot =
            (await open.Page.Locator("vt-composition .slot").BoundingBoxAsync())!;
        Assert.True(slot.X >= drawn.X + drawn.Width);
        Assert.InRange(slot.Y, drawn.Y, drawn.Y + drawn.Height);
    }

    [Fact]
    public async Task OnAPhoneLinesPassBehindTheNamesOfPathsAndTheSearchIsShort()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "#/2-layer/paths",
            new() { ViewportSize = new() { Width = 390, Height = 800 } });
        ILocator name = open.Page.Locator("vt-paths svg text", new() { HasText = "pairs of" });
        await Assertions.Expect(name).ToHaveAttributeAsync("paint-order", "stroke");
        Assert.True(
            await name.EvaluateAsync<bool>(
                "text => !text.nextElementSibling || [...text.parentNode.children]"
                    + ".slice([...text.parentNode.children].indexOf(text))"
                    + ".every(one => one.tagName !== 'line')"));
        await Assertions
            .Expect(open.Page.Locator(".search input"))
            .ToHaveAttributeAsync("placeholder", "Search");
    }

    [Fact]
    public async Task HostileTokensDoNothing()
    {
        await using OpenReport open = await chromium.OpenPageAsync("circuits", CircuitPage.All);
        await Near(open);
        await open.IsHarmlessAsync();
    }

    [Fact]
    public async Task PicturesFollowTheTheme()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "#/2-layer/composition");
        ILocator picture = open.Page.Locator("vt-composition image").First;
        string light = (await picture.GetAttributeAsync("href"))!;
        await open.Page.Locator(".theme").ClickAsync();
        await Assertions.Expect(picture).Not.ToHaveAttributeAsync("href", light);
    }

    [Fact]
    public async Task AFirstTapPreviewsAndASecondLocks()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "#/2-layer/composition",
            new()
            {
                ViewportSize = new() { Width = 390, Height = 800 },
                HasTouch = true,
                IsMobile = true,
            });
        ILocator head = open.Page.Locator("vt-composition .node[data-head='1.1']");
        await head.TapAsync();
        await open.NotAddressAsync("head=");
        await Assertions
            .Expect(open.Page.Locator("vt-composition .slot"))
            .ToContainTextAsync("V of 1.1");
        await head.TapAsync();
        await Assertions.Expect(open.Page).ToHaveURLAsync(LockedHead());
    }

    [GeneratedRegex("head=1\\.1")]
    private static partial Regex LockedHead();

    /// <summary>Brings every figure near, so that all are drawn.</summary>
    private static async Task Near(OpenReport open)
    {
        await open.Page.EvaluateAsync(
            "() => document.dispatchEvent(new CustomEvent('vt-goto', {detail: 'ablation'}))");
        await open.Page.Locator("vt-ablation svg").WaitForAsync();
        await open.Page.EvaluateAsync(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }
}
