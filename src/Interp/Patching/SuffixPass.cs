using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>
/// What a change of the residual stream does to the rest of a pass, for many changes at once.
/// </summary>
/// <remarks>
/// <para>Layers before the change are the recorded pass's. Positions before the change cannot see
/// it, so in every later layer their keys and values are the recorded ones too, and only the
/// positions from the change on are computed again; in the layer right after a change at one
/// position even the later positions keep their queries, keys and values, since only what they
/// attend to has changed. In the last layer one query is computed, that of the last
/// position.</para>
/// <para>Every change is a run of its own. Tensors [run · batch, ..] hold the runs' sequences, the
/// batch innermost.</para>
/// </remarks>
internal sealed class SuffixPass(Transformer model, RecordedPass pass)
{
    private int Layers => model.Config.Layers;

    private int Last => pass.Length - 1;

    /// <summary>The last rows of runs that each change the stream at one position.</summary>
    /// <param name="layer">The layer that reads the changed stream first; the number of layers for
    /// none.</param>
    /// <param name="x">float32 [change · batch, positions, dModel]: the changed stream at each
    /// position, as the only one that is changed.</param>
    /// <param name="first">The position of x's first row.</param>
    /// <returns>float32 [change · positions · batch, dModel]; the caller owns it.</returns>
    public Tensor<float> AfterOnePosition(int layer, Tensor<float> x, int first)
    {
        using var tape = Tape.NoGrad();
        if (layer == Layers)
        {
            return Replaced(tape, pass.Resid(layer), x, first, Last).Select(1, -1).Clone();
        }

        Block block = model.Blocks[layer];
        (Var newQ, Var newK, Var newV) = block.Read(tape, new Var(x), new(first));
        int from = layer == Layers - 1 ? Last : first;
        var q = new Var(Replaced(tape, pass.Q(layer), newQ.Value, first, from));
        var k = new Var(Replaced(tape, pass.K(layer), newK.Value, first, from: 0));
        var v = new Var(Replaced(tape, pass.V(layer), newV.Value, first, from: 0));
        var resid = new Var(Replaced(tape, pass.Resid(layer), x, first, from));
        return Through(tape, layer + 1, block.Write(tape, resid, q, k, v), from).Clone();
    }

    /// <summary>The last rows of runs that change the stream at all positions from one
    /// on.</summary>
    /// <param name="layer">The layer that reads the changed stream first.</param>
    /// <param name="x">float32 [change · batch, pos − first, dModel].</param>
    /// <param name="first">The first changed position.</param>
    /// <returns>float32 [change · batch, dModel]; the caller owns it.</returns>
    public Tensor<float> AfterAllFrom(int layer, Tensor<float> x, int first)
    {
        using var tape = Tape.NoGrad();
        return Through(tape, layer, new Var(x), first).Clone();
    }

    /// <summary>The stream after a layer with one head's mixed values changed in each run.
    /// <code>resid_mid + (z_h − z_h,recorded) W_O,h</code> and what follows attention in the
    /// layer.</summary>
    /// <param name="tape">What owns the result.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="z">float32 [change · batch, positions, head, dHead].</param>
    /// <param name="first">The position of z's first row.</param>
    /// <returns>float32 [head · change · batch, positions, dModel].</returns>
    public Tensor<float> Written(Tape tape, int layer, Tensor<float> z, int first)
    {
        (int heads, int dHead) = (model.Config.Heads, model.Config.DHead);
        (int sequences, int positions) = (z.Shape[0], z.Shape[1]);
        int changes = sequences / pass.Batch;
        Block block = model.Blocks[layer];
        Tensor<float> was = pass.Z(layer).Slice(1, first, positions).Unsqueeze(0);
        Tensor<float> now = Contiguous(tape, z)
            .Reshape(changes, pass.Batch, positions, heads, dHead);
        Tensor<float> change = tape.Own(Ops.Subtract(now, was));
        Tensor<float> byHead = tape.Own(change.Permute(3, 0, 1, 2, 4).Clone())
            .Reshape(heads, sequences * positions, dHead);
        Tensor<float> written = tape.Own(Ops.MatMul(byHead, block.Attn.W_O.Value))
            .Reshape(heads * changes, pass.Batch, positions, model.Config.DModel);
        Tensor<float> mid = pass.Mid(tape, layer).Slice(1, first, positions).Unsqueeze(0);
        var moved = new Var(tape.Own(Ops.Add(written, mid))
            .Reshape(heads * sequences, positions, model.Config.DModel));
        return block.AfterAttention(tape, moved).Value;
    }

    /// <summary>What was recorded from a position on, once for each run.</summary>
    public static Tensor<float> Repeated(Tape tape, Tensor<float> recorded, int runs, int from)
    {
        (int batch, int length, _) = Sizes(recorded);
        Tensor<float> part = recorded.Slice(1, from, length - from);
        Tensor<float> result =
            tape.Own(Tensor.Empty<float>(Like(recorded, runs * batch, length - from), recorded.Device));
        for (int run = 0; run < runs; run++)
        {
            result.Slice(0, run * batch, batch).CopyFrom(part);
        }

        return result;
    }

    /// <summary>The layers in which every position from one on has changed; a view of the last
    /// rows.</summary>
    private Tensor<float> Through(Tape tape, int layer, Var x, int first)
    {
        if (layer < Layers)
        {
            var at = new StepPositions(first, new Prefix(pass, first));
            x = model.Through(tape, x, layer, Layers - 1, at: at);
            x = model.Blocks[^1].Step(tape, x, at with { Queries = 1 });
        }

        return x.Value.Select(1, -1);
    }

    /// <summary>What was recorded from a position on, in each run with one position
    /// replaced.</summary>
    public static Tensor<float> Replaced(
        Tape tape, Tensor<float> recorded, Tensor<float> x, int first, int from)
    {
        Tensor<float> values = Contiguous(tape, x);
        (int batch, int length, int row) = Sizes(recorded);
        int positions = x.Shape[1];
        int runs = x.Shape[0] / batch * positions;
        int kept = (length - from) * row;
        Tensor<float> result =
            tape.Own(Tensor.Empty<float>(Like(recorded, runs * batch, length - from), recorded.Device));
        WorkerPool.For(runs * batch, n =>
        {
            (int run, int b) = Math.DivRem(n, batch);
            (int change, int p) = Math.DivRem(run, positions);
            Span<float> to = result.WritableSpan.Slice(n * kept, kept);
            recorded.Span.Slice(((b * length) + from) * row, kept).CopyTo(to);
            if (first + p >= from)
            {
                values.Span.Slice(((((change * batch) + b) * positions) + p) * row, row)
                    .CopyTo(to[((first + p - from) * row)..]);
            }
        });
        return result;
    }

    /// <summary>What was recorded up to a position, in each run with its own values
    /// after.</summary>
    public static Tensor<float> Appended(
        Tape tape, Tensor<float> recorded, Tensor<float> x, int first)
    {
        if (first == 0)
        {
            return x;
        }

        Tensor<float> values = Contiguous(tape, x);
        (int batch, int length, int row) = Sizes(recorded);
        int sequences = x.Shape[0];
        (int before, int after) = (first * row, (length - first) * row);
        Tensor<float> result = tape.Own(Tensor.Empty<float>(
            Like(recorded, sequences, length), recorded.Device));
        WorkerPool.For(sequences, n =>
        {
            Span<float> to = result.WritableSpan.Slice(n * length * row, length * row);
            recorded.Span.Slice(n % batch * length * row, before).CopyTo(to);
            values.Span.Slice(n * after, after).CopyTo(to[before..]);
        });
        return result;
    }

    private static Tensor<float> Contiguous(Tape tape, Tensor<float> x) =>
        x.IsContiguous ? x : tape.Own(x.Clone());

    private static (int Batch, int Length, int Row) Sizes(Tensor<float> recorded) => (
        recorded.Shape[0], recorded.Shape[1],
        (int)(recorded.Length / recorded.Shape[0] / recorded.Shape[1]));

    private static Shape Like(Tensor<float> recorded, int sequences, int length) =>
        recorded.Shape.With(0, sequences).With(1, length);

    /// <summary>The recorded keys and values of the positions before a change.</summary>
    private sealed class Prefix(RecordedPass pass, int first) : KeyValues
    {
        public override (Var K, Var V) Extend(Tape tape, int layer, Var k, Var v) => (
            new Var(Appended(tape, pass.K(layer), k.Value, first)),
            new Var(Appended(tape, pass.V(layer), v.Value, first)));
    }
}
