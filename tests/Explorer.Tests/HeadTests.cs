using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Heads;

namespace Vitrine.Explorer.Tests;

/// <summary>The table of heads, and the page of each.</summary>
public class HeadTests(Chromium chromium)
{
    [Fact]
    public async Task TheTableSortsAndFilters()
    {
        await using OpenReport open = await OpenAsync();
        ILocator heads = open.Page.Locator("table.heads tbody a.head");
        Assert.Equal(
            Rows().OrderByDescending(row => row.Scores["prefixMatching"].Value).Select(Name),
            await heads.AllInnerTextsAsync());
        await open
            .Page.Locator("table.heads button", new() { HasText = "previous token" })
            .ClickAsync();
        await open.Page.WaitForURLAsync("**sort=previousToken");
        await Assertions.Expect(heads.First).ToHaveTextAsync("0.1");
        await Assertions
            .Expect(open.Page.Locator("table.heads tbody tr").First)
            .ToContainTextAsync("0.93 ± 0.02");
        await open.Page.Locator("[data-value=induction]").ClickAsync();
        await Assertions.Expect(heads).ToHaveCountAsync(1);
        await Assertions.Expect(heads.First).ToHaveTextAsync("1.2");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AClickOnAHeadAnywhereOpensItsPage()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator(".lead a.head").ClickAsync();
        await open.Page.WaitForURLAsync("**#/heads/1.2");
        await Assertions
            .Expect(open.Page.Locator("vt-head h1"))
            .ToHaveTextAsync("Head 1.2: induction");
        await Assertions.Expect(open.Page.Locator("vt-head .lead")).ToContainTextAsync("0.78");
        await Assertions
            .Expect(open.Page.Locator("vt-head .lead"))
            .ToContainTextAsync("highest of all 6 heads");
        await Assertions
            .Expect(open.Page.Locator("vt-head .lead"))
            .ToContainTextAsync("repeats by +3.71");
        await Assertions.Expect(open.Page.Locator("article")).ToBeHiddenAsync();
        Assert.Equal(6, await open.Page.Locator(".score-map a").CountAsync());
        await open.Page.Keyboard.PressAsync("[");
        await Assertions.Expect(open.Page.Locator("vt-head h1")).ToContainTextAsync("Head 1.1");
        await Assertions
            .Expect(open.Page.Locator("vt-head h1"))
            .ToContainTextAsync("not classified");
        await open.Page.GoBackAsync();
        await open.Page.GoBackAsync();
        await Assertions.Expect(open.Page.Locator("article")).ToBeVisibleAsync();
        Assert.Empty(open.Faults);
        Assert.Empty(open.Strangers);
    }

    [Fact]
    public async Task TheSearchFindsHeads()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("L1H2");
        await Assertions.Expect(open.Page.Locator(".option .head")).ToHaveTextAsync(["1.2"]);
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.WaitForURLAsync("**#/heads/1.2");
    }

    [Fact]
    public async Task ThePageShowsExamplesWritesPartnersAndAblations()
    {
        await using OpenReport open = await OpenAsync("#/heads/1.2");
        await Assertions.Expect(open.Page.Locator(".examples tbody tr")).ToHaveCountAsync(1);
        await Assertions
            .Expect(open.Page.Locator(".examples .tok.pinned"))
            .ToHaveAttributeAsync("data-at", "3");
        await Assertions.Expect(open.Page.Locator(".examples .tok.truth")).ToHaveCountAsync(1);
        await Assertions.Expect(open.Page.Locator(".blocks")).ToContainTextAsync("71% of tokens");
        await Assertions.Expect(open.Page.Locator(".link-K")).ToHaveTextAsync("→ K");
        await Assertions.Expect(open.Page.Locator(".ablation")).ToHaveCountAsync(3);
        await open.Page.Locator(".blocks a.head").ClickAsync();
        await Assertions.Expect(open.Page.Locator("vt-head h1")).ToContainTextAsync("Head 0.1");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task AHeadThatDoesNotExistIsSaid()
    {
        await using OpenReport open = await OpenAsync("#/heads/7.9");
        await Assertions.Expect(open.Page.Locator(".notice")).ToContainTextAsync("7.9");
        await Assertions.Expect(open.Page.Locator("article")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task ScoresFollowTheCheckpoint()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator("table.heads tbody tr").First.WaitForAsync();
        await open.Page.Keyboard.PressAsync(",");
        await Assertions
            .Expect(open.Page.Locator("table.heads tbody tr").First)
            .ToContainTextAsync("0.05");
        await Assertions.Expect(open.Page.Locator("vt-heads .note")).ToContainTextAsync("step 400");
    }

    [Fact]
    public async Task AtAnEarlierCheckpointThePageSaysWhatIsOfTheLast()
    {
        await using OpenReport open = await OpenAsync("#/heads/1.2?step=400");
        ILocator said = open.Page.Locator("vt-head .aside").First;
        await Assertions
            .Expect(said)
            .ToHaveTextAsync("Scores and pattern at step 400; everything below is from the last "
                + "checkpoint.");
        await Assertions
            .Expect(open.Page.Locator("vt-head .lead"))
            .ToContainTextAsync("Ablating it at the last checkpoint");
        await open.Page.Keyboard.PressAsync(".");
        await Assertions.Expect(said).ToBeHiddenAsync();
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task WhatLowersTheLossIsDrawnLeftOfZero()
    {
        await using OpenReport open = await OpenAsync("#/heads/1.2");
        ILocator rows = open.Page.Locator("vt-head .ablation");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        float zero = (await rows.Nth(0).Locator(".zero").BoundingBoxAsync())!.X;
        LocatorBoundingBoxResult raises = (await rows.Nth(0).Locator("i").BoundingBoxAsync())!,
            lowers = (await rows.Nth(2).Locator("i").BoundingBoxAsync())!;
        Assert.Equal(zero, raises.X, 1f);
        Assert.Equal(zero, lowers.X + lowers.Width, 1f);
    }

    [Fact]
    public async Task TheTableIsSavedAsADrawing()
    {
        await using OpenReport open = await OpenAsync("#/heads");
        string drawing = await open.SaveAsync("SVG", "all-heads");
        Assert.Contains("prefix matching", drawing, StringComparison.Ordinal);
        Assert.Contains("0.93", drawing, StringComparison.Ordinal);
        Assert.Empty(open.Faults);
    }

    [Theory]
    [InlineData(320, "")]
    [InlineData(390, "#/heads/1.2")]
    [InlineData(800, "")]
    [InlineData(1280, "#/heads")]
    public async Task NothingOverflowsAndHostileTokensDoNothing(int width, string hash)
    {
        await using OpenReport open = await OpenAsync(
            hash,
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme = ColorScheme.Dark,
            });
        await open.Page.Locator("vt-head svg, table.heads tr").First.WaitForAsync();
        await open.IsTidyAsync();
    }

    private static string Name(HeadRow row) => $"{row.Layer}.{row.Head}";

    private static IReadOnlyList<HeadRow> Rows(double scale = 1)
    {
        (int Layer, int Head)[] heads = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)];
        double Prefix(int i) => scale * (i == 5 ? 0.78 : 0.02 * i);
        double Previous(int i) => scale * (i == 1 ? 0.93 : 0.01 * i);
        RankedScore Ranked(Func<int, double> of, int i) =>
            new(of(i), 0.02, 1 + Enumerable.Range(0, 6).Count(other => of(other) > of(i)));
        return
        [
            .. heads.Select(
                (head, i) =>
                    new HeadRow(
                        head.Layer,
                        head.Head,
                        i == 5 ? ["induction"]
                            : i == 1 ? ["previous token"]
                            : [],
                        new Dictionary<string, RankedScore>
                        {
                            ["prefixMatching"] = Ranked(Prefix, i),
                            ["previousToken"] = Ranked(Previous, i),
                        })),
        ];
    }

    internal static HeadsView View() =>
        new()
        {
            Rows = Rows(),
            Method = "Planted.",
            Patterns = PackedPatterns.Of(
                [
                    .. AttentionExamples.Weights(AttentionExamples.HardPassage, 0, 3),
                    .. AttentionExamples.Weights(AttentionExamples.HardPassage, 1, 3),
                ],
                48,
                ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"],
                PatternPrecision.Byte),
            Baselines = new Dictionary<string, ScoreBand> { ["prefixMatching"] = new(0, 0.06) },
            Timeline = [new(0, Rows(0)), new(400, Rows(0.06)), new(900, Rows())],
            Details = new Dictionary<string, HeadDetails>
            {
                ["1.2"] = new()
                {
                    Ablations =
                    [
                        new("repeats", "mean", 3.71, 0.2), new("text", "mean", 0.02),
                        new("text", "zero", -0.4, 0.1),
                    ],
                    Examples =
                    [
                        new([8, 9, 10, 11], 3, [0.1f, 0.8f, 0.05f, 0.05f], 0.8, 9, 4.1, 1.9),
                    ],
                    Writes = [new(9, [9, 10])],
                    SelfOnTop = 0.71,
                    Partners = [new("0.1", "previous token", "K", "from", 17.8)],
                },
            },
        };

    private Task<OpenReport> OpenAsync(
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        chromium.OpenPageAsync(
            "heads",
            () =>
                SmallPage.Of(
                    SmallPage.Loss(),
                    new ReportSection
                    {
                        Key = "all-heads",
                        Name = "All heads",
                        Heading = "What does each head do?",
                        Finding = new Prose("One induction head, ").Head(1, 2).Text("."),
                        Component = "vt-heads",
                        Data = View(),
                        Caption = "Means over sequences.",
                    }),
            hash,
            options);
}
