using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp;
using Vitrine.Interp.Generation;
using Vitrine.Models.Generation;

namespace Vitrine.Explorer.Tests;

/// <summary>Generated text with the probability of each token and its candidates.</summary>
public class ContinuationTests(Chromium chromium)
{
    [Fact]
    public async Task HoverAndFocusPreviewTheCandidatesAndAClickLocksThem()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "continued", () => SmallPage.Of(CircuitPage.Continued()));
        ILocator figure = open.Page.Locator("vt-continuation"),
            lists = figure.Locator(".candidates"),
            last = figure.Locator("[data-at='4']");
        await Assertions.Expect(lists).ToContainTextAsync("Token 1 of 3");
        await Assertions.Expect(lists.Locator("tr.chosen .n")).ToHaveTextAsync("0.50");
        await last.HoverAsync();
        await Assertions.Expect(lists).ToContainTextAsync("Token 3 of 3");
        await Assertions.Expect(lists.Locator("tr.chosen .n")).ToHaveTextAsync("2 × 10⁻³");
        await last.ClickAsync();
        await open.AddressAsync("generated=0.2");
        await open.Page.Locator("h2").First.HoverAsync();
        await Assertions.Expect(lists).ToContainTextAsync("Token 3 of 3");
        await Assertions.Expect(last).ToHaveClassAsync(
            new System.Text.RegularExpressions.Regex("pinned"));
        await open.Page.Keyboard.PressAsync("Escape");
        await open.NotAddressAsync("generated=");

        ILocator first = figure.Locator("[data-at='2']");
        await first.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(lists).ToContainTextAsync("Token 2 of 3");
        await Assertions.Expect(figure.Locator(".spoken")).ToContainTextAsync("Token 2");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("generated=0.1");
        string[] shades = await figure.Locator("[data-at]").EvaluateAllAsync<string[]>(
            "all => all.map(one => one.style.getPropertyValue('--shade'))");
        Assert.Equal(["", ""], shades[..2]);
        Assert.Equal(3, shades[2..].Distinct().Count());
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task WithSteeringBothTextsAreShownFromWhereTheyPart()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "steered", () => SmallPage.Of(CircuitPage.Continued(steered: true)));
        ILocator figure = open.Page.Locator("vt-continuation"),
            lists = figure.Locator(".candidates > div");
        await Assertions.Expect(figure.Locator(".passage")).ToHaveCountAsync(2);
        await Assertions.Expect(lists.First).ToContainTextAsync("Token 2 of 3 with steering");
        await Assertions.Expect(lists.Last).ToContainTextAsync("Token 2 of 3 without steering");
        await Assertions.Expect(lists.Last.Locator("tr.chosen .n")).ToHaveTextAsync("0.25");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task APageWithoutCheckpointsSaysNothingOfThem()
    {
        ReportPage page = SmallPage.Of(CircuitPage.Continued()) with { Checkpoints = [] };
        await using OpenReport open = await chromium.OpenPageAsync("no-steps", () => page);
        await open.Page.Locator("vt-continuation .candidates table").WaitForAsync();
        await Assertions.Expect(open.Page.Locator(".step-mark:visible")).ToHaveCountAsync(0);
    }

    [Fact]
    public void ThreadsMayWriteOnePage()
    {
        ReportPage page = CircuitPage.All();
        string alone = SmallPage.Html(page);
        Parallel.For(0, 8, _ => Assert.Equal(alone, SmallPage.Html(page)));
    }

    [Fact]
    public void TitleAndLeadSayWhatSteeringDoes()
    {
        Continuation plain = Continued(5, 7, 9), steered = Continued(5, 9, 4);
        Assert.Equal(
            "The 3 generated tokens have probability 0.50 on average",
            ContinuationFindings.Title(plain));
        Assert.Equal(
            "Steering changes the continuation from token 2 on",
            ContinuationFindings.Title(steered, plain));
        Assert.Equal(
            "Steering does not change the continuation", ContinuationFindings.Title(plain, plain));
        Assert.Contains(
            "first token that differs is #9 (0.50) with steering and #7 (0.50) without",
            $"{ContinuationFindings.Of(steered, plain)}");
        Assert.Equal(
            "−4 × (#5#7 − #8#9) is added to the residual stream before layer 1 at positions 0–1. "
                + "2 × #5 is added to the residual stream before layer 0 at position 0. "
                + "The outputs of heads 1.0 and 0.1 are multiplied by 0. "
                + "The output of head 1.1 is multiplied by 0.5.",
            $"{ContinuationFindings.Of(
                [new(new(1, 0), 0), new(new(1, 1), 0.5f), new(new(0, 1), 0)],
                [new(1, -4, [5, 7], [8, 9]), new(0, 2, [5], [])])}");
        Assert.Equal(
            "Tokens are drawn at temperature 0.8 from the 40 likeliest.",
            ContinuationFindings.Of(new SamplingOptions { Temperature = 0.8f, TopK = 40 }));

        static Continuation Continued(params int[] ids) => new(
            [3], [.. ids.Select(id => new GeneratedToken(id, 0.5, [new(id, 1, 0.5)]))]);
    }
}
