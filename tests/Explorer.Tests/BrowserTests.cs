using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Safety, selection, address, search.</summary>
public class BrowserTests(Chromium chromium)
{
    [Fact]
    public async Task HostileTokensDoNothingAndNothingLeavesThePage()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        for (int id = 0; id < Experiment.HardTokens.Count; id++)
        {
            await open.Page.EvaluateAsync("id => { location.hash = `#/0-layer?token=${id}`; }", id);
            await open.Page.EvaluateAsync(
                "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))");
        }

        await open.Page.EvaluateAsync("() => document.querySelector('vt-loss').scrollIntoView()");
        await open.Page.Locator("vt-loss svg").WaitForAsync();
        await open.Page.FillAsync(".search input", "pwned");
        await open.Page.Locator(".option").First.WaitForAsync();
        await open.IsHarmlessAsync();
    }

    [Fact]
    public async Task ChipsOfTheScriptAreThoseOfTheWriter()
    {
        ZeroLayerReport report = Experiment.Small();
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        for (int id = 0; id < report.Vocabulary.Size; id++)
        {
            await open.Page.EvaluateAsync("id => { location.hash = `#/0-layer?token=${id}`; }", id);
            await open.Page.WaitForFunctionAsync(
                "id => document.querySelector('vt-token-card dd').textContent === String(id)",
                id);
            Assert.True(
                await open.Page.EvaluateAsync<bool>(
                    "html => new DOMParser().parseFromString(html, "
                        + "'text/html').body.firstChild.isEqualNode("
                        + "document.querySelector('.finding a.token').firstChild)",
                    report.Vocabulary.Chip(id)),
                report.Vocabulary.Chip(id));
        }
    }

    [Fact]
    public async Task AClickLocksEscLetsGoAndBackReturns()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        ILocator second = open.Page.Locator(".next a.token").Nth(1);
        string id = (await second.GetAttributeAsync("data-token"))!;
        await second.HoverAsync();
        Assert.True(
            await open.Page.EvaluateAsync<bool>(
                "id => [...document.querySelectorAll(`[data-token=\"${id}\"]`)].every(one => "
                    + "one.classList.contains('hover'))",
                id));
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
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer?token=99999&unknown=1");
        await Assertions
            .Expect(open.Page.Locator(".notice"))
            .ToContainTextAsync("token 99999, which does not exist");
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
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer?token=3");
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync(query);
        await Assertions
            .Expect(open.Page.Locator(".option[aria-selected]"))
            .ToContainTextAsync($"#{id}");
        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions
            .Expect(open.Page.Locator("vt-token-card dd").First)
            .ToHaveTextAsync($"{id}");
    }

    [Fact]
    public async Task EnterFindsWhatWasTypedThoughTheListHasNotFollowedYet()
    {
        await using OpenReport open = await chromium.OpenAsync(
            "small",
            Experiment.Small,
            "#/0-layer?token=3");
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.EvaluateAsync(
            @"() => {
                const input = document.querySelector('.search input');
                input.value = '#15';
                input.dispatchEvent(new Event('input'));
                input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
            }");
        await Assertions
            .Expect(open.Page.Locator("vt-token-card dd").First)
            .ToHaveTextAsync("15");
    }
}
