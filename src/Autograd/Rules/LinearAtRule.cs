using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Single entries of a linear layer's output, without the others; differentiable.
    /// <code>y[i] = x[rows[i]] · weight[:, columns[i]] + bias[columns[i]]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab]; the transposed view of a contiguous
    /// [vocab, dModel] is the fast layout.</param>
    /// <param name="bias">float32 [vocab].</param>
    /// <param name="rows">int32 [m], each in 0 … n − 1.</param>
    /// <param name="columns">int32 [m], each in 0 … vocab − 1.</param>
    /// <returns>float32 [m].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearAt(
        this Tape tape, Var x, Var weight, Var bias, Tensor<int> rows, Tensor<int> columns)
    {
        var rule = new LinearAtRule(x, weight, bias, rows, columns, null);
        return tape.Record(rule, tape.Own(rule.Entries()).Reshape(-1));
    }

    /// <summary>The weighted sum of <see cref="LinearAt"/>; differentiable.
    /// <code>
    /// y = Σᵢ weights[i] · (x[rows[i]] · weight[:, columns[i]] + bias[columns[i]])
    /// </code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="weight">float32 [dModel, vocab], as in <see cref="LinearAt"/>.</param>
    /// <param name="bias">float32 [vocab].</param>
    /// <param name="rows">int32 [m], each in 0 … n − 1.</param>
    /// <param name="columns">int32 [m], each in 0 … vocab − 1.</param>
    /// <param name="weights">float32 [m].</param>
    /// <returns>float32 [].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var LinearAtSum(
        this Tape tape, Var x, Var weight, Var bias, Tensor<int> rows, Tensor<int> columns,
        Tensor<float> weights)
    {
        var rule = new LinearAtRule(x, weight, bias, rows, columns, weights.Unsqueeze(1));
        using Tensor<float> entries = rule.Entries();
        return tape.Record(rule, Ops.Sum(entries));
    }
}

/// <summary>
/// <code>
/// dX[rows[i]] += dY[i] · weight[:, columns[i]]
/// dWeight[:, columns[i]] += dY[i] · x[rows[i]],  dBias[columns[i]] += dY[i]
/// </code>
/// </summary>
/// <remarks>In a weighted sum dY[i] is weights[i] · dY.</remarks>
internal sealed class LinearAtRule(
    Var x, Var weight, Var bias, Tensor<int> rows, Tensor<int> columns, Tensor<float>? weights)
    : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _weightRows = new(weight.Value.Transpose());
    private readonly Saved<int> _rows = new(rows);
    private readonly Saved<int> _columns = new(columns);
    private readonly Saved<float>? _weights = weights is null ? null : new(weights);

    /// <summary>The entries, weighted where there are weights: float32 [m, 1], owned by the
    /// caller.</summary>
    public Tensor<float> Entries()
    {
        using Tensor<float> products = Ops.GatherRows(x.Value, rows);
        using Tensor<float> chosen = Ops.GatherRows(_weightRows.For(this), columns);
        Ops.Multiply(products, chosen, into: products);
        Tensor<float> y = Ops.GatherRows(bias.Value.Unsqueeze(1), columns);
        Ops.Sum(products, axis: 1, keepAxis: true, into: y, accumulate: true);
        return weights is null ? y : Ops.Multiply(y, weights, into: y);
    }

    public override void Backward(Tensor<float> dY)
    {
        using Tensor<float>? weighted = _weights is { } saved
            ? Ops.Multiply(saved.For(this), dY) : null;
        Tensor<float> column = weighted ?? dY.Unsqueeze(1);
        if (Wants(x))
        {
            using Tensor<float> dX = Ops.GatherRows(_weightRows.For(this), _columns.For(this));
            Ops.Multiply(dX, column, into: dX);
            Ops.ScatterAddRows(Into(x), _rows.For(this), dX);
        }

        if (Wants(weight))
        {
            using Tensor<float> dWeight = Ops.GatherRows(_x.For(this), _rows.For(this));
            Ops.Multiply(dWeight, column, into: dWeight);
            Ops.ScatterAddRows(Into(weight).Transpose(), _columns.For(this), dWeight);
        }

        if (Wants(bias))
        {
            Ops.ScatterAddRows(Into(bias).Unsqueeze(1), _columns.For(this), column);
        }
    }
}
