using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <content>Sweeps: all patches of one kind, batched.</content>
public sealed partial class PatchingExperiment
{
    private const long MostElements = 1 << 21;

    /// <summary>Patches every cell of a site.</summary>
    /// <param name="site">Which activation.</param>
    /// <param name="scope">One position per cell, or all at once.</param>
    /// <param name="approximate">Whether to add the gradient's approximation to the exact
    /// values.</param>
    /// <param name="details">How many of the strongest cells get details, with one whole pass
    /// each.</param>
    /// <param name="cancellation">Cancels the sweep.</param>
    /// <exception cref="ArgumentException">All positions of a site that belongs to no head: this is
    /// the clean run itself.</exception>
    public PatchingSweep Sweep(
        PatchSite site, PatchScope scope = PatchScope.Position, bool approximate = false,
        int details = 8, CancellationToken cancellation = default)
    {
        RequireCells("Sweep", site, scope);
        bool heads = site.IsOfHeads();
        (int layers, int count) = (Model.Config.Layers, Model.Config.Heads);
        bool byHead = heads && scope == PatchScope.Position;
        int rows = byHead ? layers * count : layers;
        int columns = scope == PatchScope.Position ? Prompts.Length : count;
        double[][] values = [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
        bool[][] skipped = [.. Enumerable.Range(0, rows).Select(_ => new bool[columns])];
        for (int layer = 0; layer < layers; layer++)
        {
            if (scope == PatchScope.AllPositions)
            {
                AllPositions(site, layer).CopyTo(values[layer].AsSpan());
                continue;
            }

            int first = byHead ? layer * count : layer;
            int each = byHead ? count : 1;
            for (int row = first; row < first + each; row++)
            {
                for (int p = 0; p < columns; p++)
                {
                    skipped[row][p] = p < Prompts.FirstDifference
                        || !site.Reaches(layer, layers, p, columns - 1);
                }
            }

            foreach ((int start, int length) in Runs(skipped[first], Chunk(each)))
            {
                cancellation.ThrowIfCancellationRequested();
                double[] found = Positions(site, layer, start, length);
                for (int i = 0; i < found.Length; i++)
                {
                    values[first + (i / length)][start + (i % length)] = found[i];
                }
            }
        }

        double[][]? approx = approximate ? Attribution(site, scope) : null;
        var sweep = new PatchingSweep(
            site, scope, byHead ? "head" : "layer",
            [.. Enumerable.Range(0, rows).Select(row => byHead
                ? new Head(row / count, row % count).ToString()
                : row.ToString(CultureInfo.InvariantCulture))],
            scope == PatchScope.Position ? "pos" : "head", columns,
            Prompts.Clean, Prompts.Corrupt, Prompts.Answers, Prompts.Versus, _metric.Kind,
            ValueClean, ValueCorrupt, values, skipped, new Dictionary<string, PatchDetail>(),
            approx);
        return sweep with
        {
            Details = Details(sweep, details),
            Residual = approx is null ? null : sweep.Strongest(int.MaxValue)
                .Max(cell => (double?)Math.Abs(approx[cell.Row][cell.Column] - cell.Value)),
        };
    }

    private static void RequireCells(string method, PatchSite site, PatchScope scope)
    {
        if (scope == PatchScope.AllPositions && !site.IsOfHeads())
        {
            throw new ArgumentException(
                $"{method}: {site} at all positions is one cell per layer; sweep it by position, "
                + "or use a site of heads.", nameof(scope));
        }
    }

    /// <summary>Patches at each position of a part: [head, position], or [position].</summary>
    private double[] Positions(PatchSite site, int layer, int start, int length)
    {
        using var tape = Tape.NoGrad();
        var suffix = new SuffixPass(Model, CorruptPass);
        Tensor<float> last;
        if (site == PatchSite.ResidPre)
        {
            last = suffix.AfterOnePosition(
                layer, CleanPass.Resid(layer).Slice(1, start, length), start);
        }
        else if (site == PatchSite.AttnOut)
        {
            Tensor<float> change =
                tape.Own(Ops.Subtract(CleanPass.AttnOut(layer), CorruptPass.AttnOut(layer)));
            var mid = new Var(tape.Own(Ops.Add(CorruptPass.Mid(tape, layer), change)));
            Tensor<float> stream = Model.Blocks[layer].AfterAttention(tape, mid).Value;
            last = suffix.AfterOnePosition(layer + 1, stream.Slice(1, start, length), start);
        }
        else if (site is PatchSite.K or PatchSite.V)
        {
            int from = layer == Model.Config.Layers - 1 ? Prompts.Length - 1 : start;
            Tensor<float> z = MixedWithOne(tape, site, layer, start, length, from);
            last = suffix.AfterAllFrom(layer + 1, suffix.Written(tape, layer, z, from), from);
        }
        else
        {
            Tensor<float> z = Mixed(tape, site, layer).Slice(1, start, length);
            last = suffix.AfterOnePosition(layer + 1, suffix.Written(tape, layer, z, start), start);
        }

        tape.Own(last);
        return [.. _metric.Of(Model, last).Select(_metric.Normalised)];
    }

    /// <summary>Patches at all positions, for each head of a layer.</summary>
    private double[] AllPositions(PatchSite site, int layer)
    {
        using var tape = Tape.NoGrad();
        int first = layer == Model.Config.Layers - 1 ? Prompts.Length - 1 : Prompts.FirstDifference;
        Tensor<float> z = Mixed(tape, site, layer).Slice(1, first, Prompts.Length - first);
        var suffix = new SuffixPass(Model, CorruptPass);
        Tensor<float> stream = suffix.Written(tape, layer, z, first);
        Tensor<float> last = tape.Own(suffix.AfterAllFrom(layer + 1, stream, first));
        return [.. _metric.Of(Model, last).Select(_metric.Normalised)];
    }

    /// <summary>Every head's mixed values with the site's clean activation at all positions. A
    /// head's z depends on no other head, and z at a position on no other query or row of the
    /// pattern: one pass serves all of them.</summary>
    private Tensor<float> Mixed(Tape tape, PatchSite site, int layer)
    {
        RecordedPass clean = CleanPass;
        RecordedPass corrupt = CorruptPass;
        AttentionLayer attention = Model.Blocks[layer].Attn;
        return site switch
        {
            PatchSite.Z => clean.Z(layer),
            PatchSite.Pattern =>
                tape.AttentionWeightedSum(
                    new Var(Clean(site).Pattern(layer)), new Var(corrupt.V(layer))).Value,
            _ => attention.Mix(
                tape,
                new Var((site == PatchSite.Q ? clean : corrupt).Q(layer)),
                new Var((site == PatchSite.K ? clean : corrupt).K(layer)),
                new Var((site == PatchSite.V ? clean : corrupt).V(layer))).Value,
        };
    }

    /// <summary>Mixed values from a position on with the clean keys or values at one position:
    /// [position · batch, pos, head, dHead].</summary>
    private Tensor<float> MixedWithOne(
        Tape tape, PatchSite site, int layer, int start, int length, int from)
    {
        RecordedPass corrupt = CorruptPass;
        Tensor<float> clean =
            (site == PatchSite.K ? CleanPass.K(layer) : CleanPass.V(layer))
                .Slice(1, start, length);
        Tensor<float> k = site == PatchSite.K
            ? SuffixPass.Replaced(tape, corrupt.K(layer), clean, start, from: 0)
            : SuffixPass.Repeated(tape, corrupt.K(layer), length, from: 0);
        Tensor<float> v = site == PatchSite.V
            ? SuffixPass.Replaced(tape, corrupt.V(layer), clean, start, from: 0)
            : SuffixPass.Repeated(tape, corrupt.V(layer), length, from: 0);
        Tensor<float> q = SuffixPass.Repeated(tape, corrupt.Q(layer), length, from);
        return Model.Blocks[layer].Attn.Mix(tape, new Var(q), new Var(k), new Var(v)).Value;
    }

    /// <summary>How many positions are patched at once: as many as their keys and values fit into a
    /// few megabytes, so that they stay in cache.</summary>
    private int Chunk(int heads)
    {
        long keys = (long)Prompts.Length * Model.Config.Heads * Model.Config.DHead;
        long each = heads * Prompts.Count * keys;
        return (int)Math.Clamp(MostElements / Math.Max(each, 1), 1, Prompts.Length);
    }

    private static IEnumerable<(int Start, int Length)> Runs(bool[] skipped, int most)
    {
        for (int start = 0; start < skipped.Length; start++)
        {
            int end = start;
            while (end < skipped.Length && end - start < most && !skipped[end])
            {
                end++;
            }

            if (end > start)
            {
                yield return (start, end - start);
                start = end - 1;
            }
        }
    }

    private Dictionary<string, PatchDetail> Details(PatchingSweep sweep, int count)
    {
        using Tensor<float> cleanRows = CleanPass.LastRows.Clone();
        using Tensor<float> corruptRows = CorruptPass.LastRows.Clone();
        float[] clean = Probabilities(cleanRows);
        float[] corrupt = Probabilities(corruptRows);
        (PredictedToken[] topClean, PredictedToken[] topCorrupt) = (Top(clean), Top(corrupt));
        var details = new Dictionary<string, PatchDetail>();
        foreach ((int row, int column, double value) in sweep.Strongest(count))
        {
            bool byHead = sweep.RowAxis == "head";
            int layer = byHead ? row / Model.Config.Heads : row;
            int? head = byHead ? row % Model.Config.Heads : sweep.ColumnAxis == "head" ? column
                : null;
            int? position = sweep.ColumnAxis == "pos" ? column : null;
            using Tensor<float> patched = PatchedRows(sweep.Site, layer, head, position);
            float[] next = Probabilities(patched);
            PredictedToken[] top = Top(next);
            details.Add($"{row},{column}", new PatchDetail(
                sweep.Site.Hook(layer), head, position, value, ValueClean, ValueCorrupt,
                _metric.Of(Model, patched)[0], sweep.Approx?[row][column], topClean, topCorrupt,
                top)
            {
                Compared =
                [
                    .. Answers.Concat(new[] { topClean, top, topCorrupt }.SelectMany(
                            run => run.Take(2).Select(token => token.Id)))
                        .Distinct()
                        .Select(id => new ComparedToken(id, clean[id], corrupt[id], next[id])),
                ],
            });
        }

        return details;
    }
}
