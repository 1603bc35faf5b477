using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Heads;

namespace Vitrine.Explorer.Tests;

/// <summary>Sections from analyses: what their findings say, and that they draw.</summary>
public class SectionTests(Chromium chromium)
{
    private static readonly int[] Tokens = [3, 20, 21, 5, 7, 20, 21, 9];

    [Fact]
    public async Task SectionsOfAnalysesAreDrawn()
    {
        ReportPage page = SmallPage.Of(
            AttentionSection.Of([("1", Passage())], Table()),
            AttributionSection.Of(Split()),
            HeadsSection.Of(Table()));
        await using OpenReport open = await chromium.OpenPageAsync("sections", () => page);
        await open.Page.EvaluateAsync(
            "() => { for (const one of document.querySelectorAll('section')) "
                + "one.scrollIntoView(); }");
        await open.Page.Locator(".heat svg").WaitForAsync();
        await open.Page.Locator(".columns svg").WaitForAsync();
        await open.Page.Locator("table.heads tr").First.WaitForAsync();
        Assert.Contains("score", await open.Page.Locator(".cell-readout").InnerTextAsync());
        Assert.Empty(open.Faults);
        await open.Page.Locator("section[data-key=attention] .finding a.head").ClickAsync();
        await open.Page.WaitForURLAsync("**#/heads/0.1");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public void TheAttentionFindingIsTheStrongestLookAtWhatComesNext()
    {
        string html = SmallPage.Html(SmallPage.Of(AttentionSection.Of([("1", Passage())])));
        Assert.Contains("passage=1&amp;q=5&amp;k=2&amp;head=0.1\">0.70</a>", html);
        Assert.Contains("and the next token is", html);
    }

    [Fact]
    public void TheAttributionFindingNamesHeadAndSource()
    {
        string html = SmallPage.Html(SmallPage.Of(AttributionSection.Of(Split())));
        Assert.Contains("href=\"#/heads/0.1\">0.1</a> writes +2.10", html);
        Assert.Contains("pushes back, −0.60.", html);
    }

    [Fact]
    public void TheHeadsFindingCountsKindsOrSaysThereAreNone()
    {
        Assert.Contains(
            "1 induction head: <a class=\"head\" data-head=\"0.1\"",
            SmallPage.Html(SmallPage.Of(HeadsSection.Of(Table()))));
        Assert.Contains(
            "No head matches a known kind",
            SmallPage.Html(SmallPage.Of(HeadsSection.Of(Table(0.1)))));
    }

    private static HeadTable Table(double score = 0.8) =>
        HeadTable.Of(
            new HeadScores(
                HeadScores.RepeatsSample,
                4,
                9,
                [
                    new HeadScore(
                        HeadScoreNames.PrefixMatching,
                        [
                            [0.02, score],
                        ],
                        [
                            [0.01, 0.03],
                        ],
                        0.05),
                ],
                [5, 4]));

    /// <summary>Head 0.1 looks from the second 20 to the first 21; head 0.0 at
    /// everything.</summary>
    private static PassageAttention Passage()
    {
        int n = Tokens.Length;
        float[] weight = new float[2 * n * n];
        for (int row = 0; row < 2 * n; row++)
        {
            int query = row % n;
            for (int k = 0; k <= query; k++)
            {
                weight[(row * n) + k] = 1f / (query + 1);
            }

            if (row == n + 5)
            {
                for (int k = 0; k <= query; k++)
                {
                    weight[(row * n) + k] = k == 2 ? 0.7f : 0.06f;
                }
            }
        }

        AttentionNorms norms = AttentionExamples.Norms(Tokens, 0, 2, norm: false) with
        {
            Weight = weight,
        };
        return new PassageAttention(
            Tokens,
            [norms],
            [
                [.. weight.Select(one => one > 0 ? MathF.Log(one) : float.NegativeInfinity)],
            ],
            [new Prediction(5, [new LikelyToken(21, 4.2, 0.6)])])
        {
            RowSumError = 1e-7,
        };
    }

    private static LogitAttribution Split() =>
        new(
            [3, 20, 21],
            2,
            21,
            null,
            2.5,
            0.9,
            null,
            0.1,
            [1.5],
            [],
            [
                [-0.6, 2.1],
            ],
            new Dictionary<string, double[]> { ["0.0"] = [0, 0, -0.6], ["0.1"] = [0.1, 1.9, 0.1] })
        {
            Norm = "none",
            Biases = new BiasParts(0, 0, 0.1),
            Probability = 0.4,
            Residual = 1e-7,
        };
}
