using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>The number of threads is one for the process: other tests would set it back.</summary>
[Collection(nameof(Alone))]
public class PatchingDeterminismTests
{
    [Theory]
    [InlineData(PatchSite.Z)]
    [InlineData(PatchSite.Pattern)]
    [InlineData(PatchSite.ResidPre)]
    public void The_same_bits_for_any_number_of_threads(PatchSite site)
    {
        // Many pairs, so that the passes have pieces for every thread.
        using Transformer model = ActivationPatchingTests.Random(
            PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        PromptPairs prompts = ActivationPatchingTests.Prompts(pairs: 130);
        var sweeps = new List<PatchingSweep>();
        foreach (int threads in (int[])[1, 2, 3, 8])
        {
            Samples.WithThreads(threads, () => sweeps.Add(
                ActivationPatching.Sweep(model, prompts, site, approximate: true)));
        }

        Assert.Contains(sweeps[0].Values.SelectMany(row => row), value => value is not (0 or 1));
        Assert.All(sweeps, sweep => Assert.Equal(sweeps[0].Values, sweep.Values));
        Assert.All(sweeps, sweep => Assert.Equal(sweeps[0].Approx, sweep.Approx));
    }
}
