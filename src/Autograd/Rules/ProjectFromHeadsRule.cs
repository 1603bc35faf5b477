using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>What all heads write to the stream together, differentiable.
    /// <code>y[.., m] = Σ_h,d z[.., h, d] · weight[h, d, m] + bias[m]</code></summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="z">float32 [.., head, dHead].</param>
    /// <param name="weight">float32 [head, dHead, dModel].</param>
    /// <param name="bias">float32 [dModel], or null.</param>
    /// <returns>float32 [.., dModel].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var ProjectFromHeads(this Tape tape, Var z, Var weight, Var? bias = null)
    {
        Shape heads = weight.Shape;
        if (heads.Rank != 3 || z.Value.Rank < 2 || z.Shape[-2] != heads[0]
            || z.Shape[-1] != heads[1])
        {
            throw new ShapeException(
                "ProjectFromHeads: weight must be [head, dHead, dModel] with the last axes of z as "
                + $"head and dHead; got z {z.Shape} and weight {heads}.");
        }

        Tensor<float> rows = HeadRows.Of(tape, z.Value, axes: 2);
        Tensor<float> flat = HeadRows.Of(tape, weight.Value, axes: 1);
        Tensor<float> y = Tensor.Empty<float>(
            HeadRows.Join(z.Shape.Without(-1).Without(-1), heads[2]), z.Value.Device);
        Ops.MatMul(rows, flat, into: HeadRows.Of(tape, y, axes: 1));
        if (bias is not null)
        {
            Ops.Add(y, bias.Value, into: y);
        }

        return tape.Record(new ProjectFromHeadsRule(z, weight, bias, rows, flat), y);
    }
}

/// <summary>
/// <code>
/// dZ[.., h, d] += Σ_m dY[.., m] · weight[h, d, m]
/// dWeight[h, d, m] += Σ z[.., h, d] · dY[.., m],  dBias[m] += Σ dY[.., m]
/// </code>
/// </summary>
internal sealed class ProjectFromHeadsRule(
    Var z, Var weight, Var? bias, Tensor<float> rows, Tensor<float> flat) : Rule(z, weight, bias)
{
    private readonly Saved<float> _rows = new(rows);
    private readonly Saved<float> _flat = new(flat);

    public override void Backward(Tensor<float> dY)
    {
        Tensor<float> dRows = dY.Reshape(rows.Shape[0], flat.Shape[1]);
        if (Wants(z))
        {
            HeadRows.AddProduct(Into(z), dRows, _flat.For(this).Transpose());
        }

        if (Wants(weight))
        {
            HeadRows.AddProduct(Into(weight), _rows.For(this).Transpose(), dRows);
        }

        if (Wants(bias))
        {
            HeadRows.AddSum(Into(bias!), dRows);
        }
    }
}
