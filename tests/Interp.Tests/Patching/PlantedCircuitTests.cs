using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>A circuit built by hand: head 0.1 carries the token at position 2 to position 4, head
/// 1.0 turns it into the prediction at position 5. Every method must find just that.</summary>
public sealed class PlantedCircuitTests : IDisposable
{
    private const int Tokens = 8;
    private const int Length = 6;
    private const int Carried = Tokens + Length;
    private const int Written = Carried + Tokens;
    private const float Strong = 30;

    private static readonly PromptPairs Prompts = new(
        [[0, 1, 2, 3, 4, 5], [5, 1, 6, 3, 4, 0]], [[0, 1, 7, 3, 4, 5], [5, 1, 3, 3, 4, 0]], [2, 6],
        [7, 3]);

    private readonly Transformer _model = Planted();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Sweeps_find_the_heads_at_their_positions()
    {
        Only(PatchSite.Z, ("0.1", 4), ("1.0", 5));
        Only(PatchSite.V, ("0.1", 2), ("1.0", 4));
        Only(PatchSite.Q);
        Only(PatchSite.K);
        Only(PatchSite.ResidPre, ("0", 2), ("1", 4));
        Only(PatchSite.AttnOut, ("0", 4), ("1", 5));
    }

    [Fact]
    public void Paths_find_the_edge_and_the_last_head()
    {
        PathPatchingResult result = PathPatching.Of(_model, Prompts);
        foreach (PatchedPath path in result.Paths)
        {
            bool planted =
                (path.Sender == new Head(0, 1) && path.Receiver == new Head(1, 0)
                    && path.Input == "v")
                || (path.Sender == new Head(1, 0) && path.Receiver is null);
            Assert.Equal(planted ? 0 : 1, path.Value, 1e-3);
        }
    }

    [Fact]
    public void Edges_find_the_same()
    {
        using var experiment = new PatchingExperiment(_model, Prompts);
        EdgeAttribution edges = EdgeAttribution.Of(experiment);
        (string, string)[] strong =
            [.. edges.Strongest(100).Where(edge => Math.Abs(edge.Score) > 1e-3).Select(
                edge => (edge.Source, edge.Target)).Order()];
        Assert.Equal([("a0.h1", "a1.h0.v"), ("a1.h0", "logits"), ("input", "a0.h1.v")], strong);
        Assert.Equal(-1, edges.Strongest(1)[0].Score, 1e-3);
        Assert.Equal(
            edges.Sources.SelectMany(source => edges.Targets, (source, target) => (source, target))
                .Where(edge => edge.source == "input" || edge.target == "logits"
                    || (edge.source[1] == '0' && edge.target[1] == '1')).Order(),
            edges.Strongest(int.MaxValue).Select(edge => (edge.Source, edge.Target)).Order());
        Assert.True(edges.Residual < 1e-3);
    }

    [Fact]
    public void Ablating_the_circuit_changes_the_loss_and_ablating_others_does_not()
    {
        using Tensor<int> tokens =
            Tensor.From<int>([0, 1, 2, 3, 4, 5, 2, 5, 1, 6, 3, 4, 0, 6], [2, 7]);
        foreach (AblationKind kind in Enum.GetValues<AblationKind>())
        {
            Assert.True(Math.Abs(Increase(kind, new Head(0, 1))) > 0.02, $"{kind} 0.1");
            Assert.True(Math.Abs(Increase(kind, new Head(1, 0))) > 0.02, $"{kind} 1.0");
            Assert.Equal(0, Increase(kind, new Head(0, 0), new Head(1, 1)), 1e-6);
        }

        double Increase(AblationKind kind, params Head[] heads) =>
            Ablation.Losses(_model, tokens, heads, kind).Increase.Value;
    }

    private void Only(PatchSite site, params (string Row, int Column)[] planted)
    {
        PatchingSweep sweep = ActivationPatching.Sweep(_model, Prompts, site, approximate: true);
        for (int row = 0; row < sweep.Rows.Count; row++)
        {
            for (int column = 0; column < sweep.Columns; column++)
            {
                double wanted = planted.Contains((sweep.Rows[row], column)) ? 1 : 0;
                Assert.Equal(wanted, sweep.Values[row][column], 1e-3);
                Assert.Equal(wanted, sweep.Approx![row][column], 1e-3);
            }
        }
    }

    /// <summary>The stream holds one-hot tokens, one-hot positions, what 0.1 carries and what 1.0
    /// writes.</summary>
    private static Transformer Planted()
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 2, dModel: Written + Tokens, dHead: Tokens, Tokens, context: 8,
            PositionKind.Learned);
        Transformer model = Transformer.Initial(config, seed: 1, standardDeviation: 0, _ => 0);
        for (int i = 0; i < Tokens; i++)
        {
            model.Embed.W_E.Value[i, i] = 1;
            model.Unembed.W_U.Value[Written + i, i] = 5;
            Plant(model, new Head(0, 1), reads: i, writes: Carried + i, i);
            Plant(model, new Head(1, 0), reads: Carried + i, writes: Written + i, i);
        }

        for (int position = 0; position < Length; position++)
        {
            model.PositionEmbed!.W_pos!.Value[position, Tokens + position] = 1;
        }

        Look(model, new Head(0, 1), query: 4, key: 2);
        Look(model, new Head(1, 0), query: 5, key: 4);
        return model;
    }

    private static void Plant(Transformer model, Head head, int reads, int writes, int i)
    {
        AttentionLayer attention = model.Blocks[head.Layer].Attn;
        attention.W_V.Value[head.Index, reads, i] = 1;
        attention.W_O.Value[head.Index, i, writes] = 1;
    }

    private static void Look(Transformer model, Head head, int query, int key)
    {
        AttentionLayer attention = model.Blocks[head.Layer].Attn;
        attention.W_Q.Value[head.Index, Tokens + query, 0] = Strong;
        attention.W_K.Value[head.Index, Tokens + key, 0] = Strong;
    }
}
