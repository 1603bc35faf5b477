using Vitrine.Models;

namespace Vitrine.Interp.Patching;

/// <summary>Activation patching: clean activations are patched into the corrupt run, one at a time,
/// to find which carry a behaviour (Vig et al. 2020; Meng et al. 2022; Wang et al. 2022).
/// <code>
/// cell = (metric(corrupt run with the clean activation) − corrupt) / (clean − corrupt)
/// </code></summary>
public static class ActivationPatching
{
    /// <summary>Patches every cell of a site.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The clean and corrupt prompts.</param>
    /// <param name="site">Which activation.</param>
    /// <param name="scope">One position per cell, or all at once.</param>
    /// <param name="metric">The metric for the patches.</param>
    /// <param name="approximate">Whether to add the gradient's approximation to the exact
    /// values.</param>
    /// <exception cref="ArgumentException">The model has no layers, the prompts do not fit it, the
    /// metric is the same for both runs, or the site has no cells in this scope.</exception>
    public static PatchingSweep Sweep(
        Transformer model, PromptPairs prompts, PatchSite site,
        PatchScope scope = PatchScope.Position,
        MetricKind metric = MetricKind.LogitDifference, bool approximate = false)
    {
        using var experiment = new PatchingExperiment(model, prompts, metric);
        return experiment.Sweep(site, scope, approximate);
    }
}
