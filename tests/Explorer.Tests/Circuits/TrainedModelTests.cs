using Vitrine.Explorer.Tests.Fixtures;
using Vitrine.Interp;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Explorer.Tests.Circuits;

/// <summary>The figures of a trained model, from its weights to the page.</summary>
public class TrainedModelTests(Chromium chromium)
{
    private const int Period = 20;

    [Fact]
    public async Task AnalysesOfATrainedModelAreDrawn()
    {
        string folder = Folder();
        await using OpenReport open = await chromium.OpenPageAsync("trained", () => Page(folder));
        await open.Page.EvaluateAsync(
            "() => document.dispatchEvent(new CustomEvent('vt-goto', {detail: 'ablation'}))");
        await open.Page.Locator("vt-ablation svg").WaitForAsync();
        string[] tags = ["composition", "patching", "skip-trigrams", "eigenvalues", "paths"];
        foreach (string tag in tags)
        {
            await open.Page.Locator($"vt-{tag} :is(svg, table)").First.WaitForAsync();
        }

        await Microsoft.Playwright.Assertions
            .Expect(open.Page.Locator("vt-composition .slot"))
            .ToContainTextAsync("→ K of 1.");
        Assert.Equal(0, await open.Page.Locator(".wrong, .empty").CountAsync());
        Assert.DoesNotContain("NaN", await open.Page.InnerTextAsync("main"));
        Assert.Empty(open.Faults);
    }

    private static ReportPage Page(string folder)
    {
        using Transformer model = Transformer.Load(folder);
        int vocabulary = model.Config.Vocabulary;
        CircuitAnalysis circuits = CircuitAnalysis.Of(model, corpus: null);
        int[] ids = [.. Enumerable.Range(1, vocabulary - 1)];
        var repeats = RepeatedTokens.Draw(ids, Period, sequences: 16, seed: 1, first: 0);
        using Tensor<int> tokens = Tensor.From<int>(
            [.. repeats.Sequences.SelectMany(row => row)], [16, repeats.Positions]);
        int[] clean = repeats.Sequences[0][..(Period + 6)];
        int[] corrupt = [.. clean];
        corrupt[6] = clean[6] == 5 ? 7 : 5;
        var prompts = new PromptPairs([clean], [corrupt], [clean[6]], [corrupt[6]]);
        return SmallPage.Of(
            CircuitPage.Section(
                "composition",
                "vt-composition",
                CompositionFigure.Of(circuits.Composition!, null, Patterns(model, tokens))),
            CircuitPage.Section(
                "patching",
                "vt-patching",
                PatchingFigure.Of(
                    ActivationPatching.Sweep(model, prompts, PatchSite.ResidPre, approximate: true),
                    ActivationPatching.Sweep(model, prompts, PatchSite.AttnOut),
                    ActivationPatching.Sweep(model, prompts, PatchSite.Z),
                    ActivationPatching.Sweep(
                        model, prompts, PatchSite.Z, PatchScope.AllPositions))),
            CircuitPage.Section(
                "trigrams",
                "vt-skip-trigrams",
                new SkipTrigramFigure([.. circuits.Heads.Select(head => head.SkipTrigrams)])),
            CircuitPage.Section(
                "copying",
                "vt-eigenvalues",
                new EigenvaluesFigure([.. circuits.Heads.Select(head => head.Copying)])),
            CircuitPage.Section("paths", "vt-paths", PathExpansion.Of(model, repeats.Sequences)),
            CircuitPage.Section("ablation", "vt-ablation", Ablated(model, tokens)))
            with
        {
            Vocabulary = new TokenVocabulary(
                [.. Enumerable.Range(0, vocabulary).Select(id => new[] { (byte)(48 + id) })],
                [.. Enumerable.Range(0, vocabulary).Select(_ => TokenClass.Word)],
                new HashSet<int>()),
            TokenCounts = null,
        };
    }

    private static AblationFigure Ablated(Transformer model, Tensor<int> tokens)
    {
        RepeatLossAblation Without(int layer) =>
            Ablation.RepeatLoss(
                model,
                tokens,
                [.. Enumerable.Range(0, model.Config.Heads).Select(head => new Head(layer, head))],
                AblationKind.Mean);
        RepeatLossAblation late = Without(1);
        return new AblationFigure(
            [
                new AblationGroup(
                    "random repeats, second copy",
                    late.Second.Value,
                    [
                        Row("heads of layer 1", late),
                        Row("heads of layer 0", Without(0)) with { Others = true },
                    ],
                    new AblationReference("first copy", late.First.Value)),
            ]);

        static AblationRow Row(string name, RepeatLossAblation without) => new(
            name, [.. without.Heads.Select(head => head.ToString())],
            without.SecondAblated.Value, without.SecondAblated.Low, without.SecondAblated.High);
    }

    private static HeadPatterns Patterns(Transformer model, Tensor<int> tokens)
    {
        using ActivationCache cache = model.RunWithCache(tokens, "blocks.*.attn.hook_pattern");
        int positions = tokens.Shape[1];
        var weights = new List<float>();
        var heads = new List<Head>();
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            for (int head = 0; head < model.Config.Heads; head++)
            {
                heads.Add(new Head(layer, head));
                using Tensor<float> one = cache[HookNames.Pattern(layer)]
                    .Select(0, 0)
                    .Select(0, head)
                    .Contiguous();
                weights.AddRange(one.ToArray());
            }
        }

        using Tensor<float> all = Tensor.From<float>(
            [.. weights], [heads.Count, positions, positions]);
        return HeadPatterns.Of("random repeats", heads, all);
    }

    /// <summary>The stored model F.</summary>
    internal static string Folder() => Repository.Shared("goldens/analyses/F");
}
