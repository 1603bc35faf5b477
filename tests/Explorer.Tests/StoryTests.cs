using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp.Findings;

namespace Vitrine.Explorer.Tests;

/// <summary>What leads through a report: findings, groups, links to other reports, and where the
/// training changed.</summary>
public sealed class StoryTests(Chromium chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FindingsStandBelowTheLeadThoseThatFailMarked()
    {
        await using OpenReport open = await chromium.OpenPageAsync("findings", () =>
            SmallPage.Of(SmallPage.Loss()) with
            {
                Findings =
                [
                    new Finding("loss", new Prose("Head ").Head(1, 2).Text(" copies."), Holds: true),
                    new Finding("loss", $"No gain {Experiment.Script}.", Holds: false),
                ],
            });
        ILocator items = open.Page.Locator(".findings li");
        await Assertions.Expect(items)
            .ToHaveTextAsync(["Head 1.2 copies.", $"✗ No gain {Experiment.Script}."]);
        await Assertions.Expect(open.Page.Locator(".findings .fails")).ToHaveCountAsync(1);
        await Assertions.Expect(items.First.Locator("a"))
            .ToHaveAttributeAsync("href", "#/heads/1.2");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task GroupsAreTitledOnceOnThePageAndInTheContents()
    {
        await using OpenReport open = await chromium.OpenPageAsync("groups", () => SmallPage.Of(
            SmallPage.Loss("one") with { Group = "Training" },
            SmallPage.Loss("two") with { Group = "Training" },
            SmallPage.Loss("three") with { Group = "Weights" }));
        foreach (string place in new[] { ".sections > .group", ".contents .group" })
        {
            await Assertions.Expect(open.Page.Locator(place))
                .ToHaveTextAsync(["Training", "Weights"]);
        }

        await open.Page.Locator(".contents a").Last.ClickAsync();
        await open.AddressAsync("#/2-layer/three");
        Assert.Empty(open.Faults);
    }

    [Fact]
    public void ReportsSideBySideLinkToOneAnother()
    {
        string one = Written("1-layer");
        string two = Written("2 layer");
        string alone = File.ReadAllText(one);
        ReportLinks.Write([("1-layer", one), ("2-layer", two)]);
        Assert.Contains(
            "<!--reports--><a href=\"#/2-layer\" aria-current=\"page\">2-layer</a>"
                + "<a href=\"../2%20layer/report.html\">2-layer</a><!--/reports-->",
            File.ReadAllText(one), StringComparison.Ordinal);
        Assert.Contains(
            "<!--reports--><a href=\"../1-layer/report.html\">1-layer</a><a href=\"#/",
            File.ReadAllText(two), StringComparison.Ordinal);

        string linked = File.ReadAllText(one);
        ReportLinks.Write([("1-layer", one), ("2-layer", two)]);
        Assert.Equal(linked, File.ReadAllText(one));
        ReportLinks.Write([("1-layer", one)]);
        Assert.Equal(alone, File.ReadAllText(one));
    }

    [Fact]
    public void AFileThatIsNoReportStaysAsItIs()
    {
        string other = Path.Combine(_folder, "other.html");
        File.WriteAllText(other, "<p>notes</p>");
        string one = Written("1-layer");
        ReportLinks.Write(
            [("0-layer", other), ("1-layer", one), ("2-layer", Path.Combine(_folder, "absent.html"))]);
        Assert.Equal("<p>notes</p>", File.ReadAllText(other));
    }

    [Fact]
    public async Task ALinkedReportOpensTheOther()
    {
        string one = Written("1-layer");
        string two = Written("2-layer");
        ReportLinks.Write([("1-layer", one), ("2-layer", two)]);
        await using OpenReport open = await chromium.OpenPageAsync(
            "any", () => SmallPage.Of(SmallPage.Loss()));
        await open.Page.GotoAsync(new Uri(one).AbsoluteUri);
        await open.Page.Locator(".experiments a[href$='.html']").ClickAsync();
        await open.Page.WaitForURLAsync(
            url => url.Contains("2-layer/report.html", StringComparison.Ordinal));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task ChangesOfTheTrainingAreDrawnAndNamed()
    {
        await using OpenReport open = await chromium.OpenPageAsync("changes", () =>
            CircuitPage.Only("vt-phase-change", CircuitPage.Phase() with
            {
                Changes = [new(400, "epoch 2"), new(420, "15% repeat")],
            }));
        ILocator figure = open.Page.Locator("vt-phase-change svg");
        await Assertions.Expect(figure).ToContainTextAsync("epoch 2");
        await Assertions.Expect(figure).Not.ToContainTextAsync("15% repeat");
        await Assertions.Expect(figure.Locator("line[stroke-dasharray='1 3']")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task TheMiddleOfASpectrumIsShownLarger()
    {
        double[][] values =
            [[900, 0], .. Enumerable.Range(1, 20).Select(i => new double[] { i, 0 })];
        await using OpenReport open = await chromium.OpenPageAsync("middle", () =>
            CircuitPage.Only(
                "vt-eigenvalues", new { Head = "0.0", Eigenvalues = values, Score = 1 }));
        ILocator figure = open.Page.Locator("vt-eigenvalues .plane svg");
        await Assertions.Expect(figure).ToContainTextAsync("the middle, ");
        Assert.Equal(2, await figure.Locator("[data-i='3']").CountAsync());
        Assert.Equal(1, await figure.Locator("[data-i='0']").CountAsync());
        await open.Page.Locator("vt-eigenvalues .plane").FocusAsync();
        await open.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(figure.Locator(".hover")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task TSneFillsItsFrameBothWays()
    {
        await using OpenReport open = await chromium.OpenAsync("small", Experiment.Small);
        await open.Page.Locator("vt-embedding-map canvas").WaitForAsync();
        int[] margins = await open.Page.EvaluateAsync<int[]>(
            """
            () => {
              const canvas = document.querySelector('vt-embedding-map canvas'),
                { width, height } = canvas,
                pixels = new Uint32Array(
                  canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer),
                drawn = [...pixels.keys()].filter(i => pixels[i] !== pixels[0]),
                x = drawn.map(i => i % width), y = drawn.map(i => Math.floor(i / width));
              return [Math.min(...x), Math.min(...y), width - Math.max(...x), height - Math.max(...y)];
            }
            """);
        Assert.All(margins, margin => Assert.InRange(margin, 10, 30));
    }

    private string Written(string name)
    {
        string path = Path.Combine(_folder, name, "report.html");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Report.Write(path, SmallPage.Of(SmallPage.Loss()));
        return path;
    }
}
