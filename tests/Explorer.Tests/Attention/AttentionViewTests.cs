using System.Text.Json;
using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Attention;

/// <summary>Text, map and head grid together: what they open on, widths, checkpoints.</summary>
public class AttentionViewTests(Chromium chromium)
{
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
    public async Task LayersOfFewHeadsStandInOneLine()
    {
        await using OpenReport open = await OpenAsync();
        float[] tops = await open.Page.Locator("vt-head-grid canvas")
            .EvaluateAllAsync<float[]>("all => all.map(one => one.getBoundingClientRect().top)");
        Assert.Single(tops.Distinct());
        string[] names = await open.Page.Locator("vt-head-grid [data-cell]")
            .EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.cell)");
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        await open.Page.Locator("[data-cell='0.0']").FocusAsync();
        for (int right = 1; right < names.Length; right++)
        {
            await open.Page.Keyboard.PressAsync("ArrowRight");
            await Assertions
                .Expect(open.Page.Locator($"[data-cell='{names[right]}']"))
                .ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task AHeadIsPreviewedByHoverAndLockedByAClick()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator("[data-cell='0.1']").HoverAsync();
        await Assertions.Expect(open.Page.Locator(".which .head")).ToHaveTextAsync("0.1");
        await open.NotAddressAsync("head=");
        await open.Page.Locator("[data-cell='0.1']").ClickAsync();
        await open.AddressAsync("head=0.1");
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
    public async Task AKindStandsBesideItsOwnScoreOrNone()
    {
        await using OpenReport open = await OpenAsync();
        var scores = new Dictionary<string, string>
        {
            ["induction"] = " 0.78",
            ["previous token"] = " 0.93",
        };
        foreach ((string name, string kind) in AttentionPage.TwoLayers.Kinds!)
        {
            await Assertions
                .Expect(open.Page.Locator($".head-cell:has([data-cell='{name}']) .said"))
                .ToHaveTextAsync(kind + scores.GetValueOrDefault(kind));
        }
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
        int[] corner = (
            await open.Page.EvaluateAsync<JsonElement>(
                "() => [...document.querySelector('.heat > canvas').getContext('2d')"
                    + ".getImageData(1, 0, 1, 1).data]")
        ).Deserialize<int[]>()!;
        Assert.Equal(0, corner[3]);
        await open.IsTidyAsync();
    }

    [Fact]
    public async Task PatternsFollowTheCheckpoint()
    {
        AttentionPassage late = AttentionPage.TwoLayers.Passages[1];
        float[] early = [.. Enumerable.Repeat(0.25f, 6 * 25)];
        AttentionPassage first = late with
        {
            Measures = new Dictionary<string, PackedPatterns>
            {
                ["weight"] = PackedPatterns.Of(early, 5, late.Measures["weight"].Maps),
            },
        };
        string head = late.Measures["weight"].Maps[0];
        var induction = new Dictionary<string, string> { [head] = "induction" };
        var none = new Dictionary<string, IReadOnlyDictionary<string, double>>();
        var view = new AttentionView
        {
            Passages = [late],
            Kinds = induction,
            Timeline = [new(0, [first], new Dictionary<string, string>(), none),
                new(900, [late], induction, none)],
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            "timeline",
            () => SmallPage.Of(AttentionPage.Section(view)),
            "#/2-layer/attention?step=100&q=4");
        ILocator weight = open.Page.Locator(".lists tr").First.Locator("td").Last;
        await Assertions.Expect(weight).ToHaveTextAsync("0.25");
        ILocator grid = open.Page.Locator("vt-head-grid");
        ILocator mark = open.Page.Locator(".step-mark");
        await Assertions.Expect(grid).Not.ToContainTextAsync("induction");
        await Assertions.Expect(mark).ToHaveTextAsync(
            "The figure shows step 0; the sentence above describes step 900, the last.");
        await open.Page.Keyboard.PressAsync(".");
        await open.Page.Keyboard.PressAsync(".");
        await Assertions.Expect(weight).Not.ToHaveTextAsync("0.25");
        await Assertions.Expect(grid).ToContainTextAsync("induction");
        await Assertions.Expect(mark).ToBeHiddenAsync();
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ASmallMapHasNoMorePixelsThanTheScreenGivesIt()
    {
        const int positions = 100;
        var maps = AttentionPage.TwoLayers.Passages[1].Measures["weight"].Maps;
        float[] diagonal = new float[positions * positions];
        for (int q = 1; q < positions; q++)
        {
            diagonal[(q * positions) + q - 1] = 1;
        }

        var view = new AttentionView
        {
            Passages =
            [
                new()
                {
                    Name = "long",
                    Tokens = [.. Enumerable.Range(0, positions).Select(i => i % 20)],
                    Measures = new Dictionary<string, PackedPatterns>
                    {
                        ["weight"] = PackedPatterns.Of(
                            [.. maps.SelectMany(_ => diagonal)], positions, maps),
                    },
                },
            ],
        };
        await using OpenReport open = await chromium.OpenPageAsync(
            "long", () => SmallPage.Of(AttentionPage.Section(view)));
        await open.Page.Locator(".head-cell canvas").First.WaitForAsync();
        int[] sizes = await open.Page.EvaluateAsync<int[]>(
            "() => { const one = document.querySelector('.head-cell canvas'), n = one.width, "
                + "pixels = one.getContext('2d').getImageData(0, 0, n, n).data; let dark = 0; "
                + "for (let i = 0; i < n; i++) dark += pixels[4 * (i * n + i)] < 60 || "
                + "(i > 0 && pixels[4 * (i * n + i - 1)] < 60) ? 1 : 0; "
                + "return [n, one.clientWidth, dark]; }");
        Assert.Equal(sizes[1], sizes[0]);
        Assert.Equal(sizes[0], sizes[2]);
    }

    private Task<OpenReport> OpenAsync(
        string hash = "",
        BrowserNewContextOptions? options = null) =>
        AttentionPage.OpenAsync(chromium, hash, options);
}
