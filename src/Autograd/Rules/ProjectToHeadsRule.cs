using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The stream read by every head, differentiable.
    /// <code>y[.., h, d] = Σ_m x[.., m] · weight[h, m, d] + bias[h, d]</code></summary>
    /// <remarks>One matrix product for all heads where the weight is stored as
    /// [dModel, head, dHead].</remarks>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="weight">float32 [head, dModel, dHead].</param>
    /// <param name="bias">float32 [head, dHead], or null.</param>
    /// <returns>float32 [.., head, dHead].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var ProjectToHeads(this Tape tape, Var x, Var weight, Var? bias = null)
    {
        Shape heads = weight.Shape;
        if (heads.Rank != 3 || x.Value.Rank == 0 || x.Shape[-1] != heads[1])
        {
            throw new ShapeException(
                "ProjectToHeads: weight must be [head, dModel, dHead] with the last axis of x as "
                + $"dModel; got x {x.Shape} and weight {heads}.");
        }

        Tensor<float> rows = HeadRows.Of(tape, x.Value, axes: 1);
        Tensor<float> flat = HeadRows.Of(tape, weight.Value.Transpose(0, 1), axes: 2);
        Tensor<float> y = Tensor.Empty<float>(
            HeadRows.Join(x.Shape.Without(-1), heads[0], heads[2]), x.Value.Device);
        Tensor<float> into = HeadRows.Of(tape, y, axes: 2);
        Ops.MatMul(rows, flat, into: into);
        if (bias is not null)
        {
            Ops.Add(y, bias.Value, into: y);
        }

        return tape.Record(new ProjectToHeadsRule(x, weight, bias, rows, flat), y);
    }
}

/// <summary>
/// <code>
/// dX[.., m] += Σ_h,d dY[.., h, d] · weight[h, m, d]
/// dWeight[h, m, d] += Σ x[.., m] · dY[.., h, d],  dBias[h, d] += Σ dY[.., h, d]
/// </code>
/// </summary>
internal sealed class ProjectToHeadsRule(
    Var x, Var weight, Var? bias, Tensor<float> rows, Tensor<float> flat) : Rule(x, weight, bias)
{
    private readonly Saved<float> _rows = new(rows);
    private readonly Saved<float> _flat = new(flat);

    public override void Backward(Tensor<float> dY)
    {
        Tensor<float> dRows = dY.Reshape(rows.Shape[0], flat.Shape[1]);
        if (Wants(x))
        {
            HeadRows.AddProduct(Into(x), dRows, _flat.For(this).Transpose());
        }

        if (Wants(weight))
        {
            HeadRows.AddProduct(
                Into(weight).Transpose(0, 1), _rows.For(this).Transpose(), dRows);
        }

        if (Wants(bias))
        {
            HeadRows.AddSum(Into(bias!), dRows);
        }
    }
}
