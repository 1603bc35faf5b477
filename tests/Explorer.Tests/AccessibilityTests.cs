using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Circuits;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Every kind of page, drawn to its end, has no violation that axe knows.</summary>
public class AccessibilityTests(Chromium chromium)
{
    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task ThePageOfAZeroLayerRun(string scheme)
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small", Experiment.Small, "#/0-layer?token=7", Shown(scheme));
        await HasNoViolation(open);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task ThePageOfEveryFigure(string scheme)
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits", () => CircuitPage.All(), options: Shown(scheme));
        await HasNoViolation(open);
    }

    [Fact]
    public async Task ThePagesOfCommandsOnATrainedModelAndOfAHead()
    {
        string folder = TrainedModelTests.Folder();
        await using OpenReport open = await chromium.OpenPageAsync(
            "pages", () => TrainedPagesTests.Page(folder));
        await HasNoViolation(open);
        await open.Page.EvaluateAsync("() => { location.hash = '#/heads/1.1'; }");
        await open.Page.Locator("vt-head h1").WaitForAsync();
        await HasNoViolation(open);
    }

    [Fact]
    public async Task ThePageOfAToken()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "token", () => TokenPageTests.Page());
        await HasNoViolation(open);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task ThePageOfTwoModels(string scheme)
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "comparison", ComparisonTests.Page, options: Shown(scheme));
        await HasNoViolation(open);
    }

    private static BrowserNewContextOptions Shown(string scheme) => new()
    {
        ViewportSize = new() { Width = 1280, Height = 900 },
        ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
    };

    private static async Task HasNoViolation(OpenReport open)
    {
        await open.Page.EvaluateAsync(
            "() => { const all = [...document.querySelectorAll('main section[data-key]')]; "
                + "document.dispatchEvent(new CustomEvent('vt-goto', "
                + "{ detail: all.at(-1)?.dataset.key })); }");
        await open.Page.EvaluateAsync(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        AxeResult found = await open.Page.RunAxe();
        Assert.Equal(
            "",
            string.Join(
                "\n",
                found.Violations.SelectMany(one => one.Nodes.Select(
                    node => $"{one.Id}: {node.Html[..Math.Min(160, node.Html.Length)]}"))));
    }
}
