using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>Single entries of a linear layer's output, without the others; differentiable.
    /// <code>y[i] = x[rows[i]] · weight[:, columns[i]] + bias[columns[i]]</code></summary>
    /// <param name="tape">Where it is recorded.</param>
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
        using Tensor<float> products = Ops.GatherRows(x.Value, rows);
        Tensor<float> weightRows = weight.Value.Transpose();
        using Tensor<float> chosen = Ops.GatherRows(weightRows, columns);
        using Tensor<float> offsets = Ops.GatherRows(bias.Value.Unsqueeze(1), columns);
        Ops.Multiply(products, chosen, into: products);
        Tensor<float> y = Ops.Sum(products, axis: 1);
        Ops.Add(y, offsets.Reshape(-1), into: y);
        return tape.Record(new LinearAtRule(x, weight, weightRows, bias, rows, columns), y);
    }
}

/// <summary>
/// <code>
/// dX[rows[i]] += dY[i] · weight[:, columns[i]]
/// dWeight[:, columns[i]] += dY[i] · x[rows[i]],  dBias[columns[i]] += dY[i]
/// </code>
/// </summary>
internal sealed class LinearAtRule(
    Var x, Var weight, Tensor<float> weightRows, Var bias, Tensor<int> rows, Tensor<int> columns)
    : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _weightRows = new(weightRows);
    private readonly Saved<int> _rows = new(rows);
    private readonly Saved<int> _columns = new(columns);

    public override void Backward(Tensor<float> dY)
    {
        Tensor<float> column = dY.Unsqueeze(1);
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
