using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Explorer.Tests;

/// <summary>Pages that a command writes about one token: they open at it.</summary>
public class TokenPageTests(Chromium chromium)
{
    private static readonly ZeroLayerAnalysis Analysis = Experiment.Small().Analysis;
    private static readonly BigramTable Asked = Analysis.Examples[1];

    private static readonly TokenNeighbours Near = new(
        7,
        [
            new("W_E", [new(9, 0.918), new(10, 0.5)]),
            new("W_U", [new(11, 0.25), new(9, 0.125)]),
        ]);

    [Fact]
    public async Task TheAskedTokenAndMeasureAreSelectedAndEscReturnsToThem()
    {
        await using OpenReport open = await chromium.OpenPageAsync("token", () => Page());
        ILocator finding = open.Page.Locator("section[data-key=tokens] .finding");
        await Assertions.Expect(open.Page.Locator("vt-token-tables .big.locked"))
            .ToBeVisibleAsync();
        await Assertions.Expect(open.Page.Locator("[data-value=p][aria-checked=true]"))
            .ToBeVisibleAsync();
        string written = await finding.InnerTextAsync();
        Assert.StartsWith("Of all inputs", written);
        await open.NotAddressAsync("token=");
        await open.Page.Locator("vt-token-tables .next a.token").Last.ClickAsync();
        await open.AddressAsync("token=");
        await Assertions.Expect(finding).ToContainTextAsync("the model gives");
        await open.Page.Keyboard.PressAsync("Escape");
        await open.NotAddressAsync("token=");
        await Assertions.Expect(finding).ToHaveTextAsync(written);
        Assert.Equal(0, await open.Page.Locator(".step-mark:visible").CountAsync());
        await open.IsTidyAsync();
    }

    [Fact]
    public async Task ExactNeighboursAreThoseOfTheToken()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "token", () => Page(), "#/x?token=7");
        ILocator lists = open.Page.Locator("vt-neighbours .bigrams");
        await Assertions.Expect(lists.First.Locator("td.n").First).ToHaveTextAsync("0.92");
        string csv = await open.SaveAsync("CSV", "neighbours");
        Assert.Contains("0.918", csv);
        await open.Page.EvaluateAsync("() => { location.hash = '#/x?token=9'; }");
        await Assertions.Expect(lists.First.Locator("tr")).ToHaveCountAsync(2);
        await Assertions.Expect(lists.First.Locator("h3 a"))
            .ToHaveAttributeAsync("data-token", "9");
        await open.IsTidyAsync();
    }

    [Fact]
    public async Task WithoutATextNothingIsSaidOfOne()
    {
        await using OpenReport open = await chromium.OpenPageAsync(
            "token-uncounted", () => Page(counted: false));
        await Assertions.Expect(open.Page.Locator("vt-token-tables .previous tbody tr").First)
            .ToBeVisibleAsync();
        string said = await open.Page.Locator("vt-token-tables").InnerTextAsync();
        Assert.DoesNotContain("corpus", said);
        Assert.DoesNotContain("training", said);
        Assert.DoesNotContain("lift", said);
        Assert.Equal(0, await open.Page.Locator("main .wrong").CountAsync());
        await open.IsTidyAsync();
    }

    /// <summary>Tables, neighbours and map of a token.</summary>
    internal static ReportPage Page(bool counted = true)
    {
        DirectPathWeights weights = DirectPathWeights.Of(Analysis) with
        {
            Counts = counted
                ? Analysis.Counts : BigramCounts.Of([], 0, Analysis.Counts.Vocabulary),
        };
        PageContent content = BigramsPage.Of(
            weights, Asked, Asked, PreviousOrder.Probability, unseen: !counted,
            SmallPage.Vocabulary, note: null);
        return SmallPage.Of(
            [
                .. content.Sections, Neighbours(),
                EmbeddingMaps.Of(
                    Analysis.Maps, [], EmbeddingFindings.Components(Analysis.Maps), "neighbours"),
            ]) with
        {
            Kind = "x",
            Title = content.Title,
            Lead = content.Lead,
            Opens = content.Opens,
            Checkpoints = [],
            TokenCounts = counted
                ? [.. Enumerable.Range(0, weights.W_E.Rows).Select(weights.Counts.TokenCount)]
                : null,
        };
    }

    /// <summary>Planted neighbours; those of other tokens from the small model.</summary>
    internal static ReportSection Neighbours(string key = "neighbours", int rows = 2) =>
        CircuitPage.Section(
            key, "vt-neighbours", new { Examples = new[] { Near }, Rows = rows }) with
        {
            Arrays = TokenTables.Of(Analysis).Arrays,
        };
}
