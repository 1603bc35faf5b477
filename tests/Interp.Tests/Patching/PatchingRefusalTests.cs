using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using static Vitrine.Interp.Tests.Patching.ActivationPatchingTests;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>What patching refuses, and in which words.</summary>
public class PatchingRefusalTests
{
    [Theory]
    [InlineData(PatchSite.ResidPre)]
    [InlineData(PatchSite.AttnOut)]
    public void All_positions_of_the_stream_are_refused(PatchSite site)
    {
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 2);
        using var experiment = new PatchingExperiment(model, Prompts(pairs: 1));
        ArgumentException sweep = Assert.Throws<ArgumentException>(
            () => experiment.Sweep(site, PatchScope.AllPositions));
        Assert.StartsWith($"Sweep: {site} at all positions", sweep.Message);
        ArgumentException attribution = Assert.Throws<ArgumentException>(
            () => experiment.Attribution(site, PatchScope.AllPositions));
        Assert.StartsWith($"Attribution: {site} at all positions", attribution.Message);
    }

    [Fact]
    public void Cells_outside_the_model_are_refused_with_what_there_is()
    {
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 2);
        using var experiment = new PatchingExperiment(model, Prompts(pairs: 1));
        Assert.Contains(
            "0 … 1", Throws(() => experiment.Patched(PatchSite.Z, 2)), StringComparison.Ordinal);
        Assert.Contains(
            "0 … 1", Throws(() => experiment.Patched(PatchSite.Z, 0, head: 2)),
            StringComparison.Ordinal);
        Assert.Contains(
            "0 … 9", Throws(() => experiment.Patched(PatchSite.Z, 0, 0, 10)),
            StringComparison.Ordinal);
        Assert.Contains(
            "no head", Throws(() => experiment.Patched(PatchSite.ResidPre, 0, 0)),
            StringComparison.Ordinal);

        static string Throws(Action action) =>
            Assert.Throws<ArgumentOutOfRangeException>(action).Message;
    }

    [Fact]
    public void A_model_without_layers_and_equal_runs_are_refused()
    {
        using Transformer none = Transformer.Initial(TransformerConfig.ZeroLayer(8, 40), seed: 1);
        Assert.Contains("layers", Refused(none, Prompts(pairs: 1)), StringComparison.Ordinal);
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 1);
        int[] same = [1, 2, 3];
        Assert.Contains(
            "must differ", Refused(model, new PromptPairs([same], [same], [4], [5])),
            StringComparison.Ordinal);
        Assert.Contains(
            "versus", Refused(model, new PromptPairs([same], [[1, 2, 4]], [4])),
            StringComparison.Ordinal);
        int[] longer = [.. Enumerable.Range(0, 17)];
        Assert.Contains(
            "context is 16", Refused(model, new PromptPairs([longer], [longer], [4], [5])),
            StringComparison.Ordinal);
        Assert.Contains(
            "0 … 39", Refused(model, new PromptPairs([same], [[1, 2, 40]], [4], [5])),
            StringComparison.Ordinal);

        static string Refused(Transformer model, PromptPairs prompts) =>
            Assert.Throws<ArgumentException>(() => new PatchingExperiment(model, prompts)).Message;
    }
}
