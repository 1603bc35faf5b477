using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Attention;

/// <summary>The passage: hover, lock, keys, touch.</summary>
public class AttentionTextTests(Chromium chromium)
{
    [Fact]
    public async Task HoverShowsTheRowAndClickLocksIt()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator(".tok[data-at='38']").HoverAsync();
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "38");
        (int key, double weight) = AttentionPage.Strongest("1.1", 38);
        ILocator best = open.Page.Locator(".lists tr").First;
        await Assertions.Expect(best).ToHaveAttributeAsync("data-row", $"{key}");
        Assert.Equal(Numerals.Score(weight), await best.Locator("td").Last.InnerTextAsync());
        await Assertions
            .Expect(open.Page.Locator($".tok[data-at='{key}']"))
            .ToHaveAttributeAsync("data-value", Numerals.Score(weight));
        await open.NotAddressAsync("q=38");
        await open.Page.Locator(".tok[data-at='38']").ClickAsync();
        await open.AddressAsync("q=38");
        await Assertions
            .Expect(open.Page.Locator(".tok.pinned"))
            .ToHaveAttributeAsync("data-at", "38");
        await open.Page.Locator(".tok[data-at='5']").HoverAsync();
        await Assertions
            .Expect(open.Page.Locator(".tok.outlined"))
            .ToHaveAttributeAsync("data-at", "5");
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "38");
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(open.Page.Locator(".tok.pinned")).ToHaveCountAsync(0);
        await open.NotAddressAsync("q=38");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AttendedByTurnsTheQuestionRound()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?head=1.1&q=3");
        await open.Page.Locator("[data-value=key]").ClickAsync();
        await open.AddressAsync("by=key");
        await open.AddressAsync("k=3");
        await Assertions
            .Expect(open.Page.Locator(".list-head").First)
            .ToContainTextAsync("is attended to by");
        float[] map = AttentionPage.Maps("1.1");
        int query = Enumerable.Range(3, 45).MaxBy(q => map[(q * 48) + 3]);
        await Assertions
            .Expect(open.Page.Locator(".lists tr").First)
            .ToHaveAttributeAsync("data-row", $"{query}");
        Assert.Equal(3, await open.Page.Locator(".tok.future").CountAsync());
    }

    [Fact]
    public async Task TheFirstTokenCanOnlySeeItself()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?q=0");
        await Assertions
            .Expect(open.Page.Locator("vt-attention-text .aside"))
            .ToContainTextAsync("only attend to itself");
        Assert.Equal(47, await open.Page.Locator(".tok.future").CountAsync());
    }

    [Fact]
    public async Task BracketsWalkThePassages()
    {
        await using OpenReport open = await OpenAsync();
        await Assertions.Expect(open.Page.Locator(".tok")).ToHaveCountAsync(48);
        await open.Page.Keyboard.PressAsync("]");
        await Assertions.Expect(open.Page.Locator(".tok")).ToHaveCountAsync(5);
        await open.AddressAsync("passage=2");
        await open.Page.Keyboard.PressAsync("[");
        await Assertions.Expect(open.Page.Locator(".tok")).ToHaveCountAsync(48);
    }

    [Fact]
    public async Task ArrowsMoveTheCursorInTheText()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator(".tok[data-at='0']").FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "11");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("q=11");
        Assert.Equal(1, await open.Page.Locator(".tok[tabindex='0']").CountAsync());
    }

    [Fact]
    public async Task ATapPreviewsAndASecondLocks()
    {
        await using OpenReport open = await OpenAsync(
            "",
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
                HasTouch = true,
                IsMobile = true,
            });
        ILocator token = open.Page.Locator(".tok[data-at='12']");
        await token.TapAsync();
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "12");
        await open.NotAddressAsync("q=12");
        await token.TapAsync();
        await open.AddressAsync("q=12");
    }

    private Task<OpenReport> OpenAsync(
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        AttentionPage.OpenAsync(chromium, hash, options);
}
