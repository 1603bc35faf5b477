using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>Patching, skip-trigrams, tables of tokens, paths, ablations.</summary>
public class CircuitFigureTests(Chromium chromium)
{
    [Fact]
    public async Task ACellOfThePatchingMapIsPreviewedAndLocked()
    {
        await using OpenReport open = await Open("patching");
        ILocator detail = open.Page.Locator("vt-patching .patch-detail");
        await Assertions.Expect(detail).ToContainTextAsync("Layer 0, position 2");
        await Assertions.Expect(detail).ToContainTextAsync("blocks.0.hook_resid_pre");
        ILocator map = open.Page.Locator("vt-patching .patch-map");
        await map.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(detail).ToContainTextAsync("Layer 1, position 2");
        await Assertions.Expect(detail).ToContainTextAsync("patched−1.50");
        await Assertions.Expect(detail).ToContainTextAsync("gradient says0.20");
        await Assertions
            .Expect(detail.Locator("tbody tr").First)
            .ToContainTextAsync("0.71<0.010.48");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("layer=1&pos=2");
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(detail).ToContainTextAsync("Equal in both runs by causality");
        await open.Page.Keyboard.PressAsync("Escape");
        await open.NotAddressAsync("layer=");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TokensSayWhatTheyGained()
    {
        await using OpenReport open = await Open("losses");
        ILocator figure = open.Page.Locator("vt-token-losses");
        await Assertions.Expect(figure).ToContainTextAsync("9.00 at step 100, 6.17 at step 900");
        ILocator repeated = figure.Locator(".passage").Nth(1);
        await repeated.Locator("[data-at='3']").HoverAsync();
        ILocator said = figure.Locator("p.readout");
        await Assertions.Expect(said).ToContainTextAsync("9.00 → 0.50 nats (+8.50)");
        ILocator first = figure.Locator(".passage").First.Locator("[data-at='0']");
        await first.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(said).ToContainTextAsync("7.25 → 7.50 nats (−0.25)");
        string[] colours = await repeated.Locator("[data-at]").EvaluateAllAsync<string[]>(
            "all => all.map(one => one.style.backgroundColor)");
        Assert.Equal(["", colours[1], colours[1]], colours[..3]);
        Assert.NotEqual(colours[1], colours[3]);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TheMouseReachesCellsAndHeads()
    {
        await using OpenReport open = await Open("patching");
        ILocator map = open.Page.Locator("vt-patching .patch-map");
        var head = new Position { X = 488, Y = 106 };
        await map.HoverAsync(new() { Position = head });
        ILocator detail = open.Page.Locator("vt-patching .patch-detail");
        await Assertions.Expect(detail).ToContainTextAsync("Head 0.1, all positions");
        await map.ClickAsync(new() { Position = head });
        await open.AddressAsync("head=0.1");
        await map.HoverAsync(new() { Position = new() { X = 5, Y = 5 } });
        await Assertions.Expect(detail).ToContainTextAsync("restored0.80");
        await open.Page.Locator("vt-patching [data-value=gradient]").ClickAsync();
        await open.AddressAsync("method=gradient");
        await open.Page.Locator("vt-patching [data-value=z]").ClickAsync();
        await Assertions
            .Expect(open.Page.Locator("vt-patching [data-value=gradient]"))
            .ToBeHiddenAsync();
        await Assertions.Expect(open.Page.Locator("vt-patching text", new() { HasText = "head ↑" }))
            .ToHaveCountAsync(1);
    }

    [Fact]
    public async Task WhatIsNotFiniteIsCountedAndErrorsAreNamed()
    {
        await using OpenReport open = await Open("patching");
        await Assertions
            .Expect(open.Page.Locator("vt-patching .aside").Last)
            .ToHaveTextAsync(
                "1 values are not finite and are hatched in colour. Hatched: equal in both runs, "
                    + "so skipped. Gradient approximation: mean error 0.05, largest 0.10.");
        await Assertions.Expect(open.Page.Locator("vt-patching .differs")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task PromptsOfDifferentLengthAreShownTokenByToken()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "unequal",
            () =>
                CircuitPage.Only(
                    "vt-patching",
                    CircuitPage.Patched() with { Clean = [17, 9, 10, 16, 13, 2] }));
        await Assertions
            .Expect(open.Page.Locator("vt-patching .wrong"))
            .ToContainTextAsync("6 and 5 tokens");
        await Assertions.Expect(open.Page.Locator(".first-difference")).ToHaveCountAsync(1);
        await Assertions.Expect(open.Page.Locator("vt-patching svg")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task ARunningSweepSaysHowFarItIs()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "running",
            () =>
                CircuitPage.Only(
                    "vt-patching",
                    CircuitPage.Patched() with { Progress = new(118, 420, 2) }));
        await Assertions
            .Expect(open.Page.Locator("vt-patching .aside").Last)
            .ToContainTextAsync("Patching: 118 of 420 runs, about 2 s left.");
        await Assertions.Expect(open.Page.Locator("vt-patching rect[fill='url(#vt-hatch-wrong)']"))
            .ToHaveCountAsync(0);
    }

    [Fact]
    public async Task SkipTrigramsAreFilteredSortedAndOpened()
    {
        await using OpenReport open = await Open("trigrams");
        ILocator rows = open.Page.Locator("vt-skip-trigrams tbody tr:not(.passages)");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.Nth(2)).ToContainTextAsync("bug");
        await Assertions.Expect(rows.Nth(2)).ToContainTextAsync("+1.190–––");
        await Assertions.Expect(rows.First).ToContainTextAsync("1.625.90−4.28");
        await open.Page.Locator("vt-skip-trigrams th button", new() { HasText = "in corpus" })
            .ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync("57");
        await open.Page.Locator("vt-skip-trigrams [data-value=copying]").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await open.AddressAsync("rows=copying");
        await open.Page.Locator(".open-row").FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator(".passages .from")).ToHaveCountAsync(1);
        await Assertions.Expect(open.Page.Locator(".passages .now")).ToHaveCountAsync(1);
        await Assertions.Expect(open.Page.Locator(".passages .next")).ToHaveCountAsync(1);
        await open.Page.Locator("vt-skip-trigrams a.token[data-token='10']").First.ClickAsync();
        await open.Page.Locator("vt-skip-trigrams [data-value=token]").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TrialsShowWhatTheModelDoes()
    {
        await using OpenReport open = await Open("check");
        await Assertions
            .Expect(open.Page.Locator("vt-trigram-check h3"))
            .ToHaveTextAsync("1 of 2 raise the out token");
        ILocator rows = open.Page.Locator("vt-trigram-check tbody tr");
        await Assertions.Expect(rows.First).ToContainTextAsync("9−1.60−5.20+3.60 ± 0.30");
        await Assertions.Expect(rows.Last).ToContainTextAsync("likely without the source");
    }

    [Fact]
    public async Task TrialsAreShownAndSavedByBothRankings()
    {
        await using OpenReport open = await Open("check");
        ILocator figure = open.Page.Locator("vt-trigram-check");
        await Assertions.Expect(figure.Locator(".note")).ToContainTextAsync("in the text");
        await figure.Locator("[data-value=weights]").ClickAsync();
        await open.AddressAsync("ranking=weights");
        await Assertions
            .Expect(figure.Locator("h3"))
            .ToHaveTextAsync("1 of 1 raise the out token");
        await Assertions
            .Expect(figure.Locator(".note"))
            .ToContainTextAsync("the strongest by score × effect of the weights alone");
        await Assertions
            .Expect(figure.Locator("tbody tr"))
            .ToContainTextAsync(["9−2.50−2.75+0.25 ± 0.10"]);
        string[] lines =
            (await open.SaveAsync("CSV", "check")).Split('\n').Select(line => line.Split(',')[0])
                .ToArray();
        Assert.Equal(2, lines.Count(ranking => ranking == "text"));
        Assert.Equal(1, lines.Count(ranking => ranking == "weights"));
        Assert.Contains("weights alone", await open.SaveAsync("SVG", "check"));
        Assert.Empty(open.Faults);
    }

    [Theory]
    [InlineData("0.0", 15, new[] { 0, 11 })]
    [InlineData("0.1", 9, null)]
    public async Task TablesOfATokenComeFromTheRecordOrTheWeights(
        string head, int token, int[]? given)
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            $"#/2-layer/token?token={token}&head={head}");
        int[] shown = await open
            .Page.Locator("vt-circuit-token .writes tbody a.token")
            .EvaluateAllAsync<int[]>("links => links.map(link => Number(link.dataset.token))");
        double[] effects = CircuitPage.Writes(token, head);
        int[] expected =
            given
            ??
            [
                .. Enumerable
                    .Range(0, effects.Length)
                    .Where(id => 100 - id >= 70)
                    .OrderByDescending(id => effects[id])
                    .Take(10),
            ];
        Assert.Equal(expected, shown);
        await Assertions
            .Expect(open.Page.Locator("vt-circuit-token .aside"))
            .ToContainTextAsync("3 tokens seen fewer than 70 times");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ATokenThatWasHardlyTrainedHasNoTables()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "circuits",
            CircuitPage.All,
            "#/2-layer/token?token=31");
        await Assertions
            .Expect(open.Page.Locator("vt-circuit-token .empty"))
            .ToContainTextAsync("seen 69 times in training: its rows were hardly trained. It has "
                + "them for tokens seen at least 70 times");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task PathsSumToTheModelOrSayWhatIsMissing()
    {
        await using OpenReport open = await Open("paths");
        ILocator sum = open.Page.Locator("vt-paths .path-sum");
        await Assertions
            .Expect(sum)
            .ToContainTextAsync(
                "uniform 10.82 biases −3.82 direct path −1.70 single heads −0.70 pairs of heads "
                    + "−0.08 = 4.52; the paths sum to the model’s stream, residual "
                    + "2\u00a0×\u00a010⁻⁷.");
        ILocator terms = open.Page.Locator(".path-terms tr");
        await Assertions.Expect(terms).ToHaveCountAsync(4);
        await Assertions.Expect(terms.Nth(1)).ToHaveTextAsync("1.0+0.52");
        await Assertions.Expect(terms.Last).ToHaveTextAsync("0.1 → 1.0+0.06");
        await using OpenReport off = await chromium.OpenPageAsync(
            "paths-off",
            () => CircuitPage.Only("vt-paths", CircuitPage.Expanded(residual: 0.31)));
        await Assertions
            .Expect(off.Page.Locator("vt-paths .path-sum.off"))
            .ToContainTextAsync("the rest is not explained by these paths");
    }

    [Fact]
    public async Task AblationsShowChangeAndYardstick()
    {
        await using OpenReport open = await Open("ablation");
        ILocator rows = open.Page.Locator("vt-ablation .ablated");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.First).ToContainTextAsync("+3.71");
        ILocator yardstick = rows.Nth(1).Locator("rect[fill='var(--rule2)']");
        await Assertions.Expect(yardstick).ToHaveCountAsync(1);
        await Assertions.Expect(rows.Last).ToContainTextAsync("−0.03");
        await rows.First.ClickAsync();
        await open.AddressAsync("head=1.0");
    }

    [Fact]
    public async Task ATokenThatIsFoundIsShownWhereItIsListed()
    {
        await using OpenReport open = await Open("phase");
        await open.Page.Locator("vt-phase-change svg").First.WaitForAsync();
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("#9");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.AddressAsync("#/2-layer/token?token=9");
        await Assertions.Expect(open.Page.Locator("vt-circuit-token")).ToBeInViewportAsync();
    }

    private Task<OpenReport> Open(string section) =>
        chromium.OpenPageAsync("circuits", CircuitPage.All, $"#/2-layer/{section}");
}
