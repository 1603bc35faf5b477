using Vitrine.Interp.Patching;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>Results of TransformerLens on a trained model, in double precision.</summary>
public class StoredPatchingTests
{
    /// <summary>The stored results' tolerance for float32, absolute.</summary>
    private const double Tolerance = 1e-5;

    [Fact]
    public void The_logit_differences_of_both_runs()
    {
        using var stored = new StoredPatching();
        using var experiment = new PatchingExperiment(stored.Model, stored.Prompts);
        double[] wanted = stored["logit_difference"];
        Assert.Equal(wanted[0], experiment.ValueClean, 1e-4);
        Assert.Equal(wanted[1], experiment.ValueCorrupt, 1e-4);
    }

    [Theory]
    [InlineData("resid_pre", PatchSite.ResidPre, PatchScope.Position)]
    [InlineData("attn_out", PatchSite.AttnOut, PatchScope.Position)]
    [InlineData("z_all_pos", PatchSite.Z, PatchScope.AllPositions)]
    [InlineData("q_all_pos", PatchSite.Q, PatchScope.AllPositions)]
    [InlineData("k_all_pos", PatchSite.K, PatchScope.AllPositions)]
    [InlineData("v_all_pos", PatchSite.V, PatchScope.AllPositions)]
    [InlineData("pattern_all_pos", PatchSite.Pattern, PatchScope.AllPositions)]
    public void Every_sweep(string name, PatchSite site, PatchScope scope)
    {
        using var stored = new StoredPatching();
        PatchingSweep sweep = ActivationPatching.Sweep(stored.Model, stored.Prompts, site, scope);
        Close(stored[$"act_patch.{name}"], [.. sweep.Values.SelectMany(row => row)]);
    }

    [Fact]
    public void The_sweep_of_heads_by_position()
    {
        using var stored = new StoredPatching();
        PatchingSweep sweep = ActivationPatching.Sweep(stored.Model, stored.Prompts, PatchSite.Z);
        Close(stored["act_patch.z_by_pos"], LayerPosHead(sweep.Values, stored.Model.Config.Heads));
    }

    [Theory]
    [InlineData("clean_into_corrupt", false)]
    [InlineData("corrupt_into_clean", true)]
    public void Attribution_in_both_directions(string name, bool corruptIntoClean)
    {
        using var stored = new StoredPatching();
        using var experiment = new PatchingExperiment(stored.Model, stored.Prompts);
        double[][] resid =
            experiment.Attribution(PatchSite.ResidPre, PatchScope.Position, corruptIntoClean);
        double[][] z = experiment.Attribution(PatchSite.Z, PatchScope.Position, corruptIntoClean);
        double[][] heads =
            experiment.Attribution(PatchSite.Z, PatchScope.AllPositions, corruptIntoClean);
        Close(stored[$"attribution.{name}.resid_pre"], [.. resid.SelectMany(row => row)]);
        Close(stored[$"attribution.{name}.z_by_pos"], LayerPosHead(z, stored.Model.Config.Heads));
        Close(stored[$"attribution.{name}.z_all_pos"], [.. heads.SelectMany(row => row)]);
    }

    [Theory]
    [InlineData("eap", 0)]
    [InlineData("eap_ig_inputs", 5)]
    public void Edges(string name, int steps)
    {
        using var stored = new StoredPatching();
        using var experiment = new PatchingExperiment(stored.Model, stored.Prompts);
        EdgeAttribution edges = EdgeAttribution.Of(experiment, steps);
        Assert.Equal("input", edges.Sources[0]);
        Assert.Equal("a1.h3", edges.Sources[^1]);
        Assert.Equal("a0.h0.k", edges.Targets[1]);
        Assert.Equal("logits", edges.Targets[^1]);
        Close(stored[name], [.. edges.Scores.SelectMany(row => row)]);
    }

    [Fact]
    public void Paths_between_heads_and_to_the_logits()
    {
        using var stored = new StoredPatching();
        PathPatchingResult result = PathPatching.Of(stored.Model, stored.Prompts);
        double[] heads = stored["path_patch.heads.mlps_recomputed"];
        double[] logits = stored["path_patch.logits.mlps_recomputed"];
        (int layers, int count) = (stored.Model.Config.Layers, stored.Model.Config.Heads);
        Assert.Equal((3 * count * count) + (layers * count), result.Paths.Count);
        foreach (PatchedPath path in result.Paths)
        {
            int input = Array.IndexOf(["q", "k", "v"], path.Input);
            double wanted = path.Receiver is { } receiver
                ? heads[(((((((input * layers) + path.Sender.Layer) * count)
                + path.Sender.Index) * layers)
                    + receiver.Layer) * count) + receiver.Index]
                : logits[(path.Sender.Layer * count) + path.Sender.Index];
            Assert.Equal(wanted, path.Value, Tolerance);
        }
    }

    private static double[] LayerPosHead(double[][] byHead, int heads)
    {
        int layers = byHead.Length / heads;
        int length = byHead[0].Length;
        return
        [
            .. Enumerable.Range(0, layers * length * heads).Select(i =>
                byHead[(i / heads / length * heads) + (i % heads)][i / heads % length]),
        ];
    }

    private static void Close(double[] wanted, double[] got)
    {
        Assert.Equal(wanted.Length, got.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.True(Math.Abs(wanted[i] - got[i]) <= Tolerance, $"[{i}]: stored {wanted[i]}, "
                + $"computed {got[i]}");
        }
    }
}
