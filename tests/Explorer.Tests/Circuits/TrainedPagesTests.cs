using Microsoft.Playwright;
using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>The pages of commands on a trained model with induction heads.</summary>
public class TrainedPagesTests(Chromium chromium)
{
    private static readonly RepeatedTokens Repeats = RepeatedTokens.Draw(
        [.. Enumerable.Range(0, 61)], 12, sequences: 8, seed: 5, first: null);

    [Fact]
    public async Task EverySectionIsDrawnAndEveryHeadHasAPage()
    {
        string folder = TrainedModelTests.Folder();
        await using OpenReport open = await chromium.OpenPageAsync("pages", () => Page(folder));
        await open.Page.EvaluateAsync(
            "() => document.dispatchEvent(new CustomEvent('vt-goto', {detail: 'heads'}))");
        await open.Page.Locator("vt-heads tbody tr").First.WaitForAsync();
        await open.Page.Locator("vt-path-patching svg").WaitForAsync();
        Assert.Equal(0, await open.Page.Locator("main .wrong, main .empty").CountAsync());
        Assert.DoesNotContain("NaN", await open.Page.InnerTextAsync("main"));
        string[] linked = await open.Page.Locator("main .finding a.head")
            .EvaluateAllAsync<string[]>("all => [...new Set(all.map(one => one.dataset.head))]");
        Assert.NotEmpty(linked);
        foreach (string head in linked)
        {
            await open.Page.EvaluateAsync("head => { location.hash = `#/heads/${head}`; }", head);
            await Assertions
                .Expect(open.Page.Locator("vt-head h1"))
                .ToContainTextAsync($"Head {head}");
            await Assertions.Expect(open.Page.Locator("vt-head .ablation")).ToHaveCountAsync(3);
            await Assertions
                .Expect(open.Page.Locator("vt-head rect[fill='var(--band)']").First)
                .ToBeAttachedAsync();
        }

        await open.IsHarmlessAsync();
    }

    [Fact]
    public void TitlesStateWhatWasFound()
    {
        string folder = TrainedModelTests.Folder();
        using Transformer model = Transformer.Load(folder);
        CancellationToken stop = TestContext.Current.CancellationToken;
        PromptPairs prompts = InductionPrompts.Of(Repeats);
        PathPatchingResult paths = PathPatching.Of(
            model, prompts, cancellation: stop);
        PatchedPath best = paths.Paths.Where(path => path.Receiver is not null)
            .MaxBy(path => Math.Abs(path.Effect))!;
        Assert.Equal("k", best.Input);
        Assert.StartsWith(
            $"{best.Sender} → K of {best.Receiver} carries {Numerals.Score(-best.Effect)} of ",
            PathPatchingPage.Of(paths, TokenVocabulary.Numbered(61)).Title);
        using var experiment = new PatchingExperiment(model, prompts);
        Assert.Matches(
            "^Head [01]\\.\\d alone restores 0\\.\\d\\d of “#\\d+” over “#\\d+”$",
            PatchingPage.Of(
                model, TokenVocabulary.Numbered(61),
                PatchingPage.Sweeps(experiment, cancellation: stop)).Title);
        Head[] heads = [.. Enumerable.Range(0, 4).Select(index => new Head(1, index))];
        PageContent ablated = AblationPage.Of(
            heads, heads, AblationKind.Mean, AblationText.Of(model, Repeats));
        Assert.StartsWith("Without heads 1.0, 1.1, 1.2, 1.3 the loss rises by ", ablated.Title);
        PageContent zeroed = AblationPage.Of(
            [new(1, 1)], heads, AblationKind.Zero, AblationText.Of(model, Repeats));
        AblationTrial zero = AblationTrials.Of(model, Repeats)
            .Without([new(1, 1)], AblationKind.Zero);
        Assert.Equal(
            $"Without head 1.1 the loss rises by {Numerals.Score(zero.Increase.Value)} nats "
                + "(zero ablation)",
            zeroed.Title);
        Assert.Contains(
            ((AblationFigure)zeroed.Sections[0].Data).Groups[0].Rows,
            row => row.Name == "head 1.2 alone, zero");
        var table = HeadTable.Of(
            HeadScores.OnRepeatedTokens(model, Repeats, cancellation: stop));
        Assert.Contains(
            "repeats: 8 of 24 tokens, drawn from 61 types",
            Text(HeadsSection.Of(table).Caption));
        Assert.DoesNotContain(
            ((AblationFigure)ablated.Sections[0].Data).Groups[0].Rows, row => row.Others);
        Assert.Matches(
            "^Head 1\\.\\d reads 0\\.\\d through its keys, z ",
            CircuitsPage.Of(
                CircuitAnalysis.Of(model, corpus: null, cancellation: stop).Composition!).Title);
    }

    private static string Text(Prose prose) => prose.Html(TokenVocabulary.Numbered(61), "x");

    internal static ReportPage Page(string folder)
    {
        using Transformer model = Transformer.Load(folder);
        PromptPairs prompts = InductionPrompts.Of(Repeats);
        using var experiment = new PatchingExperiment(model, prompts);
        var table = HeadTable.Of(HeadScores.OnRepeatedTokens(model, Repeats));
        CircuitAnalysis circuits = CircuitAnalysis.Of(model, corpus: null);
        using var reading = new HeadReading(model);
        TokenSubset tokens = TokenSubset.All(61);
        return SmallPage.Of(
        [
            .. PatchingPage.Of(
                model, TokenVocabulary.Numbered(61), PatchingPage.Sweeps(experiment)).Sections,
            PathPatchingPage.Section(
                PathPatching.Of(model, prompts), EdgeAttribution.Of(experiment)),
            AblationPage.Section(
                [new(1, 1)], [.. reading.Heads], AblationKind.Mean,
                AblationText.Of(model, Repeats)),
            .. CircuitsPage.Of(
                model, circuits, TokenCircuits.Of(reading, null, tokens, [5, 7])).Sections,
            HeadsSection.Of(table, null, null, HeadStudy.Of(model, table, Repeats, tokens: tokens)),
        ]) with
        {
            Vocabulary = TokenVocabulary.Numbered(61),
            TokenCounts = null,
            Lead = "Lead.",
        };
    }
}
