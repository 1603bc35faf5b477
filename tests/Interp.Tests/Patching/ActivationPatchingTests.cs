using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>The batched sweeps against one whole pass for each patch, and the identities of
/// patching.</summary>
public class ActivationPatchingTests
{
    private const double Tolerance = 2e-5;

    public static TheoryData<PositionKind, NormKind, int> Models => new()
    {
        { PositionKind.Learned, NormKind.None, 1 },
        { PositionKind.Relative, NormKind.None, 2 },
        { PositionKind.Rotary, NormKind.LayerNorm, 3 },
        { PositionKind.Alibi, NormKind.None, 3 },
        { PositionKind.Shortformer, NormKind.LayerNorm, 2 },
        { PositionKind.Sinusoidal, NormKind.LayerNorm, 2 },
    };

    [Theory, MemberData(nameof(Models))]
    public void Every_cell_of_every_sweep_is_one_whole_pass(
        PositionKind positions, NormKind norm, int layers)
    {
        using Transformer model = Random(positions, norm, layers);
        using var experiment = new PatchingExperiment(model, Prompts(pairs: 2));
        foreach (PatchSite site in Enum.GetValues<PatchSite>())
        {
            foreach (PatchScope scope in Enum.GetValues<PatchScope>())
            {
                if (scope == PatchScope.Position
                    || site is not (PatchSite.ResidPre or PatchSite.AttnOut))
                {
                    SameAsWholePasses(experiment, experiment.Sweep(site, scope));
                }
            }
        }
    }

    [Theory]
    [InlineData(MetricKind.Probability)]
    [InlineData(MetricKind.Loss)]
    [InlineData(MetricKind.Kl)]
    public void Every_metric_agrees_with_whole_passes(MetricKind metric)
    {
        using Transformer model = Random(PositionKind.Relative, NormKind.None, layers: 2);
        using var experiment = new PatchingExperiment(model, Prompts(pairs: 3), metric);
        SameAsWholePasses(experiment, experiment.Sweep(PatchSite.Z));
        SameAsWholePasses(experiment, experiment.Sweep(PatchSite.ResidPre));
    }

    [Fact]
    public void Many_pairs_and_chunks_give_what_few_give()
    {
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 2);
        PromptPairs many = Prompts(pairs: 130);
        PatchingSweep together = ActivationPatching.Sweep(model, many, PatchSite.V);
        using var experiment = new PatchingExperiment(model, many);
        SameAsWholePasses(experiment, together);
    }

    [Fact]
    public void Patching_the_whole_first_stream_at_its_changed_positions_gives_the_clean_metric()
    {
        using Transformer model = Random(PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        int[] clean = [1, 2, 3, 4, 5, 6];
        int[] corrupt = [1, 2, 9, 4, 5, 6];
        using var experiment =
            new PatchingExperiment(model, new PromptPairs([clean], [corrupt], [7], [8]));
        Assert.Equal(1, experiment.Patched(PatchSite.ResidPre, 0), Tolerance);
        PatchingSweep sweep = experiment.Sweep(PatchSite.ResidPre);
        Assert.Equal(1, sweep.Values[0][2], Tolerance);
        Assert.Equal(0, sweep.Values[0][3], Tolerance);
    }

    [Fact]
    public void A_clean_activation_in_the_clean_run_changes_nothing()
    {
        using Transformer model = Random(PositionKind.Rotary, NormKind.LayerNorm, layers: 2);
        PromptPairs prompts = Prompts(pairs: 2);
        using Tensor<int> tokens = prompts.CleanTensor(model);
        using var pass = new RecordedPass(model, tokens);
        using Vitrine.Autograd.Tape tape = Vitrine.Autograd.Tape.NoGrad();
        var suffix = new SuffixPass(model, pass);
        for (int layer = 0; layer < 2; layer++)
        {
            Tensor<float> stream =
                suffix.Written(tape, layer, pass.Z(layer).Slice(1, 3, 5), first: 3);
            using Tensor<float> rows = suffix.AfterOnePosition(layer + 1, stream, first: 3);
            float[] wanted = pass.LastRows.ToArray();
            float[] got = rows.ToArray();
            for (int i = 0; i < got.Length; i++)
            {
                Assert.Equal(wanted[i % wanted.Length], got[i], 1e-5f);
            }
        }
    }

    [Fact]
    public void Cells_that_causality_decides_are_marked_and_zero()
    {
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 2);
        PromptPairs prompts = Prompts(pairs: 1);
        int first = prompts.FirstDifference;
        Assert.True(first > 0);
        PatchingSweep sweep = ActivationPatching.Sweep(model, prompts, PatchSite.Z);
        int last = prompts.Length - 1;
        for (int row = 0; row < sweep.Rows.Count; row++)
        {
            for (int p = 0; p <= last; p++)
            {
                Assert.Equal(p < first || (row >= 2 && p < last), sweep.Skipped[row][p]);
                Assert.True(!sweep.Skipped[row][p] || sweep.Values[row][p] == 0);
            }
        }

        Assert.All(sweep.Details.Keys, key => Assert.False(
            sweep.Skipped[int.Parse(key.Split(',')[0])][int.Parse(key.Split(',')[1])]));
        PatchDetail detail = sweep.Details.Values.First();
        Assert.Equal(
            detail.Restored, (detail.Patched - detail.Corrupt) / (detail.Clean - detail.Corrupt),
            1e-4);
        Assert.Equal(
            [prompts.Answers[0], prompts.Versus![0]],
            detail.Compared.Take(2).Select(token => token.Id));
        Assert.All(detail.Compared, token =>
        {
            Assert.InRange(Math.Min(token.Clean, Math.Min(token.Corrupt, token.Patched)), 1e-30, 1);
            Assert.True(detail.TopClean.All(
                one => one.Id != token.Id || one.Probability == token.Clean));
        });
        Assert.Equal(
            1, detail.TopPatched.Count(
                token => token.Probability == detail.TopPatched[0].Probability));
    }

    [Fact]
    public void The_approximation_is_exact_where_the_metric_is_linear()
    {
        // Behind the last layer without a norm, the logit difference is linear in z.
        using Transformer model = Random(PositionKind.Learned, NormKind.None, layers: 2);
        PatchingSweep sweep = ActivationPatching.Sweep(
            model, Prompts(pairs: 2), PatchSite.Z, PatchScope.AllPositions, approximate: true);
        Assert.Equal(sweep.Values[1], sweep.Approx![1], (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.True(sweep.Residual > Tolerance, "the first layer is not linear");
        Assert.InRange(sweep.ApproxCorrelation!.Value, -1, 1);
    }

    [Theory]
    [InlineData(MetricKind.LogitDifference)]
    [InlineData(MetricKind.Probability)]
    [InlineData(MetricKind.Loss)]
    [InlineData(MetricKind.Kl)]
    public void The_differentiable_metric_is_0_at_the_corrupt_run_and_1_at_the_clean_one(
        MetricKind metric)
    {
        using Transformer model = Random(PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        using var experiment = new PatchingExperiment(model, Prompts(pairs: 3), metric);
        Assert.Equal(0, experiment.Gradients(cleanRun: false, Watched()), Tolerance);
        Assert.Equal(1, experiment.Gradients(cleanRun: true, Watched()), Tolerance);

        static Hooks Watched() => new Hooks().OnGradient(HookNames.ResidPre(0), (_, _) => { });
    }

    [Theory]
    [InlineData(PatchSite.Q)]
    [InlineData(PatchSite.K)]
    [InlineData(PatchSite.V)]
    [InlineData(PatchSite.Pattern)]
    [InlineData(PatchSite.AttnOut)]
    [InlineData(PatchSite.ResidPre)]
    [InlineData(PatchSite.ResidPre, MetricKind.Probability)]
    [InlineData(PatchSite.Z, MetricKind.Loss)]
    public void The_gradient_is_the_limit_of_small_patches(
        PatchSite site, MetricKind metric = MetricKind.LogitDifference)
    {
        // Clean and corrupt embeddings that nearly agree: exact and approximate effects do too.
        using Transformer model = Random(PositionKind.Relative, NormKind.LayerNorm, layers: 2);
        PromptPairs prompts = Prompts(pairs: 2);
        Tensor<float> embed = model.Embed.W_E.Storage;
        for (int i = 0; i < prompts.Length; i++)
        {
            for (int b = 0; b < prompts.Count; b++)
            {
                Tensor<float> corrupt = embed.Select(0, prompts.Corrupt[b][i]);
                using Tensor<float> shift = Ops.Scale(
                    Ops.RandomNormal(Tensor.Empty<float>([embed.Shape[1]]), seed: (ulong)i + 50),
                    0.004f);
                Ops.Add(embed.Select(0, prompts.Clean[b][i]), shift, into: corrupt);
            }
        }

        PatchingSweep sweep =
            ActivationPatching.Sweep(model, prompts, site, metric: metric, approximate: true);
        Assert.InRange(sweep.ApproxCorrelation!.Value, 0.99, 1);
    }

    internal static Transformer Random(PositionKind positions, NormKind norm, int layers)
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers, heads: 2, dModel: 12, dHead: 4, vocabulary: 40, context: 16, positions) with
        {
            Norm = norm,
        };
        config = config.WithAttention(heads => heads with { Biases = true });
        Transformer model = Transformer.Initial(config, seed: 3, standardDeviation: 0.7f);
        ulong stream = 100;
        foreach (Vitrine.Autograd.Parameter parameter in model.Parameters)
        {
            if (parameter.Name!.Contains(".b_", StringComparison.Ordinal)
                || parameter.Name.Contains("rel_pos", StringComparison.Ordinal))
            {
                Ops.RandomNormal(parameter.Storage, seed: 3, stream++, 0, 0.5f);
            }
        }

        return model;
    }

    /// <summary>Pairs of 10 tokens that differ at positions 2, 5 and 9.</summary>
    internal static PromptPairs Prompts(int pairs)
    {
        var random = new Random(5);
        int[][] clean =
            [.. Enumerable.Range(0, pairs).Select(
                _ => Enumerable.Range(0, 10).Select(_ => random.Next(20)).ToArray())];
        int[][] corrupt =
            [.. clean.Select(
                row => row.Select((id, i) => i is 2 or 5 or 9 ? 20 + id : id).ToArray())];
        return new PromptPairs(
            clean, corrupt, [.. clean.Select((_, i) => i % 40)],
            [.. clean.Select((_, i) => (i + 7) % 40)]);
    }

    private static void SameAsWholePasses(PatchingExperiment experiment, PatchingSweep sweep)
    {
        int heads = experiment.Model.Config.Heads;
        for (int row = 0; row < sweep.Rows.Count; row++)
        {
            for (int column = 0; column < sweep.Columns; column++)
            {
                bool byHead = sweep.RowAxis == "head";
                double wanted = experiment.Patched(
                    sweep.Site,
                    byHead ? row / heads : row,
                    byHead ? row % heads : sweep.ColumnAxis == "head" ? column : null,
                    sweep.ColumnAxis == "pos" ? column : null);
                double got = sweep.Values[row][column];
                Assert.True(
                    Math.Abs(wanted - got) <= Tolerance * Math.Max(1, Math.Abs(wanted)),
                    $"{sweep.Site} {sweep.Scope} [{row}, {column}]: {got} instead of {wanted}");
            }
        }
    }
}
