using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Comparison;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;

namespace Vitrine.Explorer.Tests;

/// <summary>The page of two models, with planted numbers.</summary>
public class ComparisonTests(Chromium chromium)
{
    [Fact]
    public async Task BothModelsStandSideBySide()
    {
        await using OpenReport open = await chromium.OpenPageAsync("comparison", Page);
        ILocator rows = open.Page.Locator("table.comparison tbody tr");
        await Assertions.Expect(rows.Filter(new() { HasTextString = "held-out, nats per token" }))
            .ToContainTextAsync("−0.250");
        // One reason for all rows of a group stands in its head, once.
        Assert.Equal(1, await open.Page.GetByText("it has one layer").CountAsync());
        await Assertions.Expect(open.Page.Locator("table.disputed tbody tr").First)
            .ToContainTextAsync("+6.00");
        await Assertions.Expect(open.Page.Locator("vt-token-losses .mini-head").First)
            .ToContainTextAsync("mean loss 1.50 in a, 4.50 in b");
        await open.Page.Locator("vt-token-losses .tok").Nth(1).HoverAsync();
        await Assertions.Expect(open.Page.Locator("vt-token-losses .readout").Last)
            .ToContainTextAsync("1.00 → 7.00 nats (−6.00)");
        await open.IsTidyAsync();
    }

    [Fact]
    public async Task HeadsAreGridsOfOneScoreOnOneScale()
    {
        await using OpenReport open = await chromium.OpenPageAsync("comparison", Page);
        ILocator cells = open.Page.Locator("vt-compared-heads tbody td");
        await Assertions.Expect(cells.First).ToContainTextAsync("0.10");
        string before = await Colour();
        await open.Page.Locator("vt-compared-heads [data-value=previousToken]").ClickAsync();
        await open.AddressAsync("score=previousToken");
        await Assertions.Expect(cells.First).ToContainTextAsync("0.90");
        Assert.NotEqual(before, await Colour());
        Assert.Contains("previous token", await cells.First.InnerTextAsync());
        await Assertions.Expect(open.Page.Locator("vt-compared-heads .aside"))
            .ToHaveTextAsync("No heads: it has no attention layers.");
        string csv = await open.SaveAsync("CSV", "heads");
        Assert.Contains("a,0.0,previous token", csv);
        Assert.Contains("<svg", await open.SaveAsync("SVG", "heads"));
        await open.IsHarmlessAsync();

        Task<string> Colour() =>
            cells.First.EvaluateAsync<string>("one => one.style.backgroundColor");
    }

    /// <summary>Two planted models, the second without heads.</summary>
    internal static ReportPage Page()
    {
        PageContent content = ComparisonPage.Of(Planted());
        return SmallPage.Of([.. content.Sections]) with
        {
            Title = content.Title,
            Lead = content.Lead,
            Checkpoints = [],
        };
    }

    internal static ModelComparison Planted()
    {
        var scores = new Dictionary<string, RankedScore>
        {
            [HeadScoreNames.PrefixMatching] = new(0.1, null, 1),
            [HeadScoreNames.PreviousToken] = new(0.9, null, 1),
        };
        return new ModelComparison(
            new ModelReading("a", 1, 1000)
            {
                HeldOut = new LossEstimate(4.75, 4.5, 5, 2, 3),
                BitsPerByte = 1.5,
                Heads = [new HeadRow(0, 0, ["previous token"], scores)],
                Missing = new Dictionary<string, string>
                {
                    ["kComposition"] = "it has one layer",
                    ["claims"] = "it has one layer",
                    ["formed"] = "it has one layer",
                },
            },
            new ModelReading("b", 0, 900)
            {
                HeldOut = new LossEstimate(4.5, 4, 5, 2, 3),
                BitsPerByte = 1.25,
                Missing = new Dictionary<string, string>
                {
                    ["heads"] = "it has no attention layers",
                    ["kComposition"] = "it has no attention layers",
                    ["claims"] = "it has no attention layers",
                    ["formed"] = "its training measured no scores",
                },
            },
            [new SettingDifference("recipe.seed", "1", "2")],
            "planted text",
            new LossEstimate(-0.25, -0.5, 0.1, 2, 3),
            null,
            new TokenDisagreement(
                2, 0.5,
                [new DisputedToken(1, 1, 9, [7], 1, 7), new DisputedToken(1, 2, 10, [7, 9], 2, 2)],
                [new DisputedPassage(1, [7, 9, 10], [1, 2], [7, 2])]));
    }
}
