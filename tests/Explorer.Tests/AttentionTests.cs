using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests;

/// <summary>Attention text, map and head grid.</summary>
public class AttentionTests(Chromium chromium)
{
    private static readonly AttentionView TwoLayers = AttentionExamples.View(
        [AttentionExamples.HardPassage, [3, 4, 5, 3, 4]],
        layers: 2,
        heads: 3,
        new AttentionOpening("1", "1.1", 40, 7));

    [Fact]
    public async Task TheFigureOpensOnWhatTheFindingSpeaksOf()
    {
        await using OpenReport open = await OpenAsync();
        await Assertions.Expect(open.Page.Locator(".which .head")).ToHaveTextAsync("1.1");
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "40");
        await Assertions
            .Expect(open.Page.Locator(".cell-readout .where"))
            .ToHaveTextAsync("query 40, key 7");
        Assert.Equal(0, await open.Page.Locator(".tok.pinned").CountAsync());
        Assert.Equal(6, await open.Page.Locator("vt-head-grid canvas").CountAsync());
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
    }

    [Fact]
    public async Task HoverShowsTheRowAndClickLocksIt()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator(".tok[data-at='38']").HoverAsync();
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "38");
        (int key, double weight) = Strongest("1.1", 38);
        ILocator best = open.Page.Locator(".lists tr").First;
        await Assertions.Expect(best).ToHaveAttributeAsync("data-row", $"{key}");
        Assert.Equal(Numerals.Score(weight), await best.Locator("td").Last.InnerTextAsync());
        await Assertions
            .Expect(open.Page.Locator($".tok[data-at='{key}']"))
            .ToHaveAttributeAsync("data-value", Numerals.Score(weight));
        Assert.DoesNotContain("q=38", open.Page.Url);
        await open.Page.Locator(".tok[data-at='38']").ClickAsync();
        await Address(open, "q=38");
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
        Assert.DoesNotContain("q=38", open.Page.Url);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AttendedByTurnsTheQuestionRound()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?head=1.1&q=3");
        await open.Page.Locator("[data-value=key]").ClickAsync();
        await Address(open, "by=key");
        await Address(open, "k=3");
        await Assertions
            .Expect(open.Page.Locator(".list-head").First)
            .ToContainTextAsync("is attended by");
        float[] map = Maps("1.1");
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
            .ToContainTextAsync("only see itself");
        Assert.Equal(47, await open.Page.Locator(".tok.future").CountAsync());
    }

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
            .ToHaveTextAsync(Numerals.Score(Maps("0.2")[(30 * 48) + 10]));
        await Assertions
            .Expect(open.Page.Locator(".tok.centre"))
            .ToHaveAttributeAsync("data-at", "30");
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.UpAsync();
        await Address(open, "q=30&k=10");
        await open.Page.Keyboard.PressAsync("Escape");
        Assert.DoesNotContain("q=30", open.Page.Url);

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
        await Address(open, "q=39&k=8");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task MeasuresSwitchAndSayWhatIsMissing()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator("[data-measure=residual]").ClickAsync();
        await Address(open, "measure=residual");
        await Assertions.Expect(open.Page.Locator(".cell-readout")).ToContainTextAsync("mixing");
        AttentionView one = AttentionExamples.View(
            [
                [3, 4, 5, 3],
            ],
            2,
            1);
        await using OpenReport other = await chromium.OpenPageAsync(
            "no-norm",
            () => SmallPage.Of(Section(one)));
        Assert.Equal(0, await other.Page.Locator("[data-measure=allHeads]").CountAsync());
        await Assertions.Expect(other.Page.Locator("[data-measure=norm]")).ToBeDisabledAsync();
        await Assertions.Expect(other.Page.Locator("[data-measure=norm]")).ToContainTextAsync("–");
    }

    [Fact]
    public async Task AHeadIsPreviewedByHoverAndLockedByAClick()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator("[data-cell='0.1']").HoverAsync();
        await Assertions.Expect(open.Page.Locator(".which .head")).ToHaveTextAsync("0.1");
        Assert.DoesNotContain("head=", open.Page.Url);
        await open.Page.Locator("[data-cell='0.1']").ClickAsync();
        await Address(open, "head=0.1");
        await open.Page.Locator("h1").HoverAsync();
        await Assertions.Expect(open.Page.Locator(".which")).ToContainTextAsync("locked");
        await open.Page.Locator("[data-value='prefix matching']").ClickAsync();
        Assert.Equal(
            "1.1",
            await open.Page.Locator("[data-cell]").First.GetAttributeAsync("data-cell"));
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(open.Page.Locator(".which .head")).ToHaveTextAsync("1.1");
    }

    [Fact]
    public async Task BracketsWalkThePassages()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Keyboard.PressAsync("]");
        await Assertions.Expect(open.Page.Locator(".tok")).ToHaveCountAsync(5);
        await Address(open, "passage=2");
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
        await Address(open, "q=11");
        Assert.Equal(1, await open.Page.Locator(".tok[tabindex='0']").CountAsync());
    }

    [Theory]
    [InlineData(PatternPrecision.Byte)]
    [InlineData(PatternPrecision.Half)]
    public async Task PackedValuesComeBackAsTheyWerePacked(PatternPrecision precision)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 2 * 81).Select(_ => random.NextSingle() * 3)];
        var packed = PackedPatterns.Of(values, 9, ["0.0", "0.1"], precision);
        float[] unpacked = packed.Unpack();
        Assert.InRange(
            packed.LargestError,
            0,
            precision is PatternPrecision.Byte ? 3.0 / 509 : 3.0 / 2047);
        for (int i = 0; i < values.Length; i++)
        {
            bool seen = i % 9 <= i / 9 % 9;
            Assert.InRange(
                Math.Abs(unpacked[i] - (seen ? values[i] : 0)),
                0,
                packed.LargestError + 1e-7);
        }

        var passage = new AttentionPassage
        {
            Name = "1",
            Tokens = [.. Enumerable.Range(0, 9)],
            Measures = new Dictionary<string, PackedPatterns> { ["weight"] = packed },
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            $"packed-{precision}",
            () => SmallPage.Of(Section(new AttentionView { Passages = [passage] })),
            "#/2-layer/attention?head=0.1");
        await open.Page.Locator(".heat svg").WaitForAsync();
        float[] shown = (
            await open.Page.EvaluateAsync<JsonElement>(
                "() => [...document.querySelector('vt-attention-map').values]")
        ).Deserialize<float[]>()!;
        float[] expected =
        [
            .. from q in Enumerable.Range(0, 9)
            from k in Enumerable.Range(0, q + 1)
            select unpacked[81 + (q * 9) + k],
        ];
        Assert.All(expected.Zip(shown), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void WhatCannotBePackedIsNamed()
    {
        Assert.Contains(
            "pass 18",
            Assert.Throws<ArgumentException>(() => PackedPatterns.Of([1, 2], 3, ["a", "b"])).Message);
        Assert.Contains(
            "as halves",
            Assert
                .Throws<ArgumentException>(() =>
                    PackedPatterns.Of([-1], 1, ["a"], PatternPrecision.Byte))
                .Message);
        Assert.Equal(1, PackedPatterns.Of([float.NaN], 1, ["a"]).NotFinite);
    }

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(320, ColorScheme.Dark)]
    [InlineData(760, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task NothingOverflowsAndHostileTokensDoNothing(int width, ColorScheme scheme)
    {
        await using OpenReport open = await OpenAsync(
            "",
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme = scheme,
                HasTouch = width < 700,
                IsMobile = width < 700,
            });
        await open.Page.Locator(".heat svg").WaitForAsync();
        Assert.Equal(
            0,
            await open.Page.EvaluateAsync<int>(
                "() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        int[] corner = (
            await open.Page.EvaluateAsync<JsonElement>(
                "() => [...document.querySelector('.heat > canvas').getContext('2d')"
                    + ".getImageData(1, 0, 1, 1).data]")
        ).Deserialize<int[]>()!;
        Assert.Equal(0, corner[3]);
        Assert.Equal(
            "undefined",
            await open.Page.EvaluateAsync<string>("() => typeof window.pwned"));
        Assert.Equal(0, await open.Page.Locator("img").CountAsync());
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
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
        Assert.DoesNotContain("q=12", open.Page.Url);
        await token.TapAsync();
        await Address(open, "q=12");
    }

    [Fact]
    public async Task PatternsFollowTheCheckpoint()
    {
        AttentionPassage late = TwoLayers.Passages[1];
        float[] early = [.. Enumerable.Repeat(0.25f, 6 * 25)];
        AttentionPassage first = late with
        {
            Measures = new Dictionary<string, PackedPatterns>
            {
                ["weight"] = PackedPatterns.Of(early, 5, late.Measures["weight"].Maps),
            },
        };
        var view = new AttentionView
        {
            Passages = [late],
            Timeline = [new(0, [first]), new(900, [late])],
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            "timeline",
            () => SmallPage.Of(Section(view)),
            "#/2-layer/attention?step=100&q=4");
        ILocator weight = open.Page.Locator(".lists tr").First.Locator("td").Last;
        await Assertions.Expect(weight).ToHaveTextAsync("0.25");
        await open.Page.Keyboard.PressAsync(".");
        await open.Page.Keyboard.PressAsync(".");
        await Assertions.Expect(weight).Not.ToHaveTextAsync("0.25");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ExportsHoldTheMap()
    {
        await using OpenReport open = await OpenAsync("#/2-layer/attention?head=0.1");
        await open.Page.Locator(".heat svg").WaitForAsync();
        string csv = await Download(open, "CSV");
        Assert.Equal((48 * 49 / 2) + 1, csv.TrimEnd().Split("\r\n").Length - Multiline(csv));
        Assert.Contains("head,measure,query", csv);
        string svg = await Download(open, "SVG");
        Assert.Contains("data:image/png", svg);
        Assert.Contains("Where does the head look?", svg);
        Assert.Contains("run planted, seed 10", svg);
        Assert.DoesNotContain("var(--", svg);
    }

    /// <summary>Waits for a part of the address.</summary>
    private static Task Address(OpenReport open, string part) =>
        Assertions.Expect(open.Page).ToHaveURLAsync(new Regex(Regex.Escape(part)));

    // Cells with line breaks stand in quotes; these tokens have none that survive `display`.
    private static int Multiline(string csv) => csv.Split('\n').Length - csv.Split("\r\n").Length;

    private static async Task<string> Download(OpenReport open, string name)
    {
        IDownload file = await open.Page.RunAndWaitForDownloadAsync(() =>
            open.Page.Locator(".tools button", new() { HasText = name }).ClickAsync());
        return await File.ReadAllTextAsync((await file.PathAsync())!);
    }

    private static (int Key, double Weight) Strongest(string head, int query)
    {
        float[] map = Maps(head);
        int key = Enumerable.Range(0, query + 1).MaxBy(k => map[(query * 48) + k]);
        return (key, map[(query * 48) + key]);
    }

    private static float[] Maps(string head)
    {
        PackedPatterns packed = TwoLayers.Passages[0].Measures["weight"];
        int at = packed.Maps.ToList().IndexOf(head);
        return packed.Unpack()[(at * 48 * 48)..((at + 1) * 48 * 48)];
    }

    private static ReportSection Section(AttentionView view) =>
        new()
        {
            Key = "attention",
            Name = "Attention",
            Heading = "Where does the head look?",
            Finding = string.Create(
                CultureInfo.InvariantCulture,
                $"{view.Passages.Count} passages."),
            Component = "vt-attention",
            Data = view,
            Caption = "Hover a token.",
        };

    private Task<OpenReport> OpenAsync(
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        chromium.OpenPageAsync("attention", () => SmallPage.Of(Section(TwoLayers)), hash, options);
}
