using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The bias added to attention scores by distance, read from a table of buckets as in
    /// T5 (Raffel et al. 2020), differentiable by the table.
    /// <code>y[h, n] = table[buckets[n], h]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="table">float32 [bucket, head].</param>
    /// <param name="buckets">int32 [distance], each in 0 … bucket − 1.</param>
    /// <returns>float32 [head, distance].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var RelativeBias(this Tape tape, Var table, Tensor<int> buckets)
    {
        Tensor<float> rows = tape.Own(Ops.GatherRows(table.Value, buckets));
        return tape.Record(new RelativeBiasRule(table, buckets), rows.Transpose());
    }
}

/// <summary><c>y[h, n] = table[buckets[n], h]: dTable[buckets[n], h] += dY[h, n]</c></summary>
internal sealed class RelativeBiasRule(Var table, Tensor<int> buckets) : Rule(table)
{
    private readonly Saved<int> _buckets = new(buckets);

    public override void Backward(Tensor<float> dY) =>
        Ops.ScatterAddRows(Into(table), _buckets.For(this), dY.Transpose());
}
