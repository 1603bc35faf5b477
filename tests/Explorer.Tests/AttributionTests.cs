using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Findings;

namespace Vitrine.Explorer.Tests;

/// <summary>Columns of bars that drill down from the logit to source tokens.</summary>
public class AttributionTests(Chromium chromium)
{
    [Fact]
    public async Task ColumnsDrillDownToTheLargestParts()
    {
        await using OpenReport open = await OpenAsync();
        ILocator svg = open.Page.Locator(".columns svg");
        await Assertions.Expect(svg).ToContainTextAsync("Heads of layer 1");
        await Assertions.Expect(svg).ToContainTextAsync("Sources of head 1.2");
        LogitAttribution data = Planted();
        await Assertions.Expect(svg).ToContainTextAsync($"+{Numerals.Score(data.Heads[1][2])}");
        await open.Page.Locator("[data-part='layer 0']").HoverAsync();
        await Assertions.Expect(svg).ToContainTextAsync("Heads of layer 0");
        await open.NotAddressAsync("layer=");
        await open.Page.Locator("[data-part='layer 0']").ClickAsync();
        await open.Page.WaitForURLAsync("**layer=0");
        await open.Page.Locator("[data-part='head 0.1']").ClickAsync();
        await open.Page.WaitForURLAsync("**head=0.1");
        await open.Page.Locator("h1").HoverAsync();
        await Assertions.Expect(svg).ToContainTextAsync("Sources of head 0.1");
        await open.Page.Keyboard.PressAsync("Escape");
        await open.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(svg).ToContainTextAsync("Sources of head 1.2");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task TheSumLineSaysWhetherThePartsSum()
    {
        await using OpenReport open = await OpenAsync();
        await Assertions
            .Expect(open.Page.Locator(".sum-line .holds"))
            .ToContainTextAsync("residual 2 × 10⁻⁶");
        await using OpenReport broken = await chromium.OpenPageAsync(
            "attribution-broken",
            () => Page(Planted() with { Total = 9, Residual = 2.5 }));
        await Assertions
            .Expect(broken.Page.Locator(".sum-line .fails"))
            .ToContainTextAsync("unexplained");
    }

    [Fact]
    public async Task ArrowsMoveAndEnterLocks()
    {
        await using OpenReport open = await OpenAsync();
        await open.Page.Locator(".columns [tabindex='0']").FocusAsync();
        ILocator svg = open.Page.Locator(".columns svg");
        await Assertions.Expect(svg).ToContainTextAsync("Heads of layer 0");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(svg).ToContainTextAsync("Sources of head 0.1");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.WaitForURLAsync("**head=0.1");
    }

    [Fact]
    public async Task ManySourcesAreShortenedAndStillSum()
    {
        LogitAttribution data = Planted(repeats: 3);
        await using OpenReport open = await chromium.OpenPageAsync(
            "attribution-long",
            () => Page(data));
        await Assertions.Expect(open.Page.Locator(".columns svg")).ToContainTextAsync("others");
        string csv = await open.SaveAsync("CSV");
        Assert.Equal(
            data.Sources.Count * data.Tokens.Length,
            csv.Split("\r\n").Count(line => line.StartsWith("head", StringComparison.Ordinal)) - 6);
    }

    [Theory]
    [InlineData(320, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(800, ColorScheme.Light)]
    public async Task NothingOverflowsAndHostileTokensDoNothing(int width, ColorScheme scheme)
    {
        await using OpenReport open = await OpenAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme = scheme,
            });
        await open.Page.Locator(".columns svg").WaitForAsync();
        await open.IsTidyAsync();
    }

    /// <summary>Two layers of three heads; head 1.2 brings most, from the token of id 9.</summary>
    internal static LogitAttribution Planted(int repeats = 1)
    {
        int[] tokens =
        [
            .. Enumerable
                .Repeat(new[] { 8, 9, 10, 11, 33, 0, 16, 30, 31 }, repeats)
                .SelectMany(t => t),
        ];
        var sources = new Dictionary<string, double[]>();
        double[][] heads = new double[2][];
        for (int layer = 0; layer < 2; layer++)
        {
            heads[layer] = new double[3];
            for (int head = 0; head < 3; head++)
            {
                double[] parts =
                [
                    .. tokens.Select(
                        (id, i) => (layer, head, id) == (1, 2, 9) ? 2.5 : 0.01 * (i - 4)),
                ];
                sources[$"{layer}.{head}"] = parts;
                heads[layer][head] = parts.Sum();
            }
        }

        double[] attn = [.. heads.Select(one => one.Sum())];
        return new LogitAttribution(
            tokens,
            tokens.Length - 1,
            15,
            16,
            attn.Sum() + 0.5,
            0.3,
            0.1,
            0.1,
            attn,
            [],
            heads,
            sources)
        {
            Norm = "frozen",
            Biases = new BiasParts(0.05, 0.02, 0.03),
            Probability = 0.7,
            VersusProbability = 0.004,
            Residual = 2e-6,
        };
    }

    private static ReportPage Page(LogitAttribution data) =>
        SmallPage.Of(
            new ReportSection
            {
                Key = "attribution",
                Name = "Attribution",
                Heading = "Which parts write the answer?",
                Finding = new Prose("Head ").Head(1, 2).Text(" writes most."),
                Component = "vt-attribution",
                Data = data,
                Caption = data.Method,
            });

    private Task<OpenReport> OpenAsync(BrowserNewContextOptions? options = null) =>
        chromium.OpenPageAsync("attribution", () => Page(Planted()), "", options);
}
