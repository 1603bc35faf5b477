using System.Text.Json;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Findings;

namespace Vitrine.Explorer.Tests;

/// <summary>Pages made of sections: what is written, and how they come to life.</summary>
public class PageTests(Chromium chromium)
{
    [Fact]
    public void NothingReachesThePageUnescaped()
    {
        string html = SmallPage.Html(SmallPage.Of(SmallPage.Loss()));
        Assert.DoesNotContain(Experiment.Script, html);
        Assert.DoesNotContain(Experiment.Image, html);
        Assert.DoesNotContain(Experiment.Closing, html);
        Assert.DoesNotContain("model <b>", html);
        Assert.Contains("d<sub>model</sub>", html);
        Assert.Contains("href=\"#/2-layer/loss?step=400\">5.12 nats</a>", html);
        Assert.Contains("href=\"#/heads/1.2\">1.2</a>", html);
        Assert.Contains("<td class=\"n\">−0.40</td>", html);
    }

    [Fact]
    public void DataStandInElementsOfTheirOwn()
    {
        ReportSection section = SmallPage.Loss() with
        {
            Arrays = new Dictionary<string, PackedArray>
            {
                ["values"] = PackedArray.Of([1f, 2, 3]),
                ["halves"] = PackedArray.Of([(Half)0.5f]),
                ["ids"] = PackedArray.Of([7, 50256]),
            },
        };
        string html = SmallPage.Html(SmallPage.Of(section));
        using JsonDocument record = JsonDocument.Parse(ReportTests.Block(html, "vt-data-loss"));
        Assert.Equal(JsonValueKind.Null, record.RootElement.GetProperty("train")[3].ValueKind);
        using JsonDocument report = JsonDocument.Parse(ReportTests.Block(html, "vt-report"));
        Assert.Equal(
            "float16",
            report
                .RootElement.GetProperty("arrays")
                .GetProperty("loss.halves")
                .GetProperty("type")
                .GetString());
        Assert.Equal(
            [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64],
            Convert.FromBase64String(ReportTests.Block(html, "vt-array-loss.values")));
        Assert.Equal(
            [7, 0, 0, 0, 80, 196, 0, 0],
            Convert.FromBase64String(ReportTests.Block(html, "vt-array-loss.ids")));
    }

    [Theory]
    [InlineData("two words", "vt-loss", "got `two words`")]
    [InlineData("loss", "vt-nothing", "there are vt-")]
    [InlineData("loss", "script", "got `script`")]
    public void WhatCannotBeWrittenIsNamed(string key, string component, string said)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            SmallPage.Html(SmallPage.Of(SmallPage.Loss(key) with { Component = component })));
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("my_model", "my-model")]
    [InlineData("größer than 2", "gr-er-than-2")]
    [InlineData("--x", "x")]
    [InlineData("heads", "run-heads")]
    [InlineData("模型", "run")]
    public void AnyNameGivesAKindThatAPageCanHave(string name, string kind)
    {
        Assert.Equal(kind, PageWriter.KindOf(name));
        PageWriter.Check(SmallPage.Of(SmallPage.Loss()) with { Kind = kind });
    }

    [Fact]
    public void TwoSectionsOfOneKeyAreRefused() =>
        Assert.Throws<ArgumentException>(() =>
            SmallPage.Html(SmallPage.Of(SmallPage.Loss(), SmallPage.Loss())));

    [Fact]
    public async Task SectionsFarBelowAreDrawnWhenNothingElseWaits()
    {
        await using OpenReport open = await chromium.OpenPageAsync("nine", Nine);
        await open.Page.Locator("[data-section=l8] svg").WaitForAsync();
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("() => scrollY"));
        await open.Page.Keyboard.PressAsync("End");
        await Assertions
            .Expect(open.Page.Locator("nav.contents a[aria-current]"))
            .ToHaveAttributeAsync("data-key", "l8");
        await open.Page.EvaluateAsync(
            "() => document.querySelector('section[data-key=l4]').scrollIntoView()");
        await Assertions
            .Expect(open.Page.Locator("nav.contents a[aria-current]"))
            .ToHaveAttributeAsync("data-key", "l4");
    }

    [Fact]
    public async Task AllIsDrawnToTheWidthOfThePaperBeforeItIsPrinted()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "nine", Nine, script: "window.requestIdleCallback = () => 0;");
        await open.Page.Locator("[data-section=l0] svg").WaitForAsync();
        const string drawn =
            "() => [...document.querySelectorAll('main svg')].map(one => one.clientWidth)";
        Assert.InRange(
            (await open.Page.EvaluateAsync<int[]>(drawn)).Length, 1, 8);
        int[] widths = await open.Page.EvaluateAsync<int[]>(
            "() => { dispatchEvent(new Event('beforeprint')); return (" + drawn + ")(); }");
        Assert.Equal(9, widths.Length);
        Assert.All(widths, width => Assert.InRange(width, 100, 680));
        await open.Page.EvaluateAsync("() => dispatchEvent(new Event('afterprint'))");
        Assert.Null(await open.Page.EvaluateAsync<string?>(
            "() => document.documentElement.dataset.printing ?? null"));
        await open.IsHarmlessAsync();
    }

    private static ReportPage Nine() => SmallPage.Of(
        [.. Enumerable.Range(0, 9).Select(i => SmallPage.Loss($"l{i}"))]);

    [Fact]
    public async Task SectionsComeToLifeWhenTheReaderComesNear()
    {
        await using OpenReport open = await chromium.OpenPageAsync("nine", Nine);
        await open.Page.Locator("[data-section=l0] svg").WaitForAsync();
        await open.Page.Locator("nav.contents a").Last.ClickAsync();
        await open.Page.Locator("[data-section=l8] svg").WaitForAsync();
        await Assertions
            .Expect(open.Page.Locator("nav.contents a[aria-current]"))
            .ToHaveAttributeAsync("data-key", "l8");
        await open.IsHarmlessAsync();
    }

    [Fact]
    public async Task TheCheckpointIsSharedAndInTheAddress()
    {
        ReportPage page = SmallPage.Of(SmallPage.Loss("a"), SmallPage.Loss("b"));
        await using OpenReport open = await chromium.OpenPageAsync("shared", () => page);
        await open.Page.Locator("[data-section=b] svg").WaitForAsync();
        await open.Page.Keyboard.PressAsync(",");
        Assert.EndsWith("?step=400", open.Page.Url);
        foreach (string key in new[] { "a", "b" })
        {
            await Assertions
                .Expect(open.Page.Locator($"[data-section={key}] .readout"))
                .ToContainTextAsync("step 400");
        }

        await open.Page.Locator("[data-section=a] .plot").FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Assertions
            .Expect(open.Page.Locator("[data-section=b] .readout"))
            .ToContainTextAsync("step 0");
    }

    [Fact]
    public async Task ATokenOfTheLeadIsLockedAndFound()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "one",
            () => SmallPage.Of(SmallPage.Loss()));
        await open.Page.Locator(".lead a.token").ClickAsync();
        Assert.EndsWith("?token=9", open.Page.Url);
        await Assertions.Expect(open.Page.Locator(".lead a.token.locked")).ToHaveCountAsync(1);
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(open.Page.Locator(".lead a.token.locked")).ToHaveCountAsync(0);
        await open.Page.FillAsync(".search input", "Congress");
        await Assertions.Expect(open.Page.Locator(".option").First).ToContainTextAsync("#0");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task DataThatCannotBeDrawnAreSaidInPlaceOfTheFigure()
    {
        ReportSection broken = SmallPage.Loss("broken") with { Data = new { Steps = new[] { 1 } } };
        await using OpenReport open = await chromium.OpenPageAsync(
            "broken",
            () => SmallPage.Of(broken, SmallPage.Loss("whole")));
        await Assertions
            .Expect(open.Page.Locator("[data-section=broken] .wrong"))
            .ToContainTextAsync("Not drawn.");
        await open.Page.Locator("[data-section=whole] svg").WaitForAsync();
    }

    [Fact]
    public async Task WithoutJavaScriptFindingsAndTablesAreThere()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "one",
            () => SmallPage.Of(SmallPage.Loss()),
            "",
            new() { JavaScriptEnabled = false });
        await Assertions.Expect(open.Page.Locator(".finding")).ToContainTextAsync("5.12 nats");
        Assert.True(await open.Page.Locator("table.static-only").IsVisibleAsync());
        Assert.False(await open.Page.Locator(".search").IsVisibleAsync());
    }

    [Fact]
    public async Task TokensWithoutATokenizerAreNumbers()
    {
        ReportPage page = SmallPage.Of(SmallPage.Loss()) with
        {
            Vocabulary = TokenVocabulary.Numbered(12),
            TokenCounts = null,
            Lead = new Prose().Token(5),
        };
        await using OpenReport open = await chromium.OpenPageAsync("numbered", () => page);
        await Assertions.Expect(open.Page.Locator(".lead .chip")).ToHaveTextAsync("#5");
        await open.Page.FillAsync(".search input", "#7");
        await Assertions.Expect(open.Page.Locator(".option .chip")).ToHaveTextAsync(["#7"]);
        Assert.Empty(open.Faults);
    }
}
