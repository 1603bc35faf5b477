using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The output of all heads to the stream, differentiable.
    /// <code>y[.., m] = Σ_h,d z[.., h, d] · weight[h, d, m] + bias[m]</code></summary>
    /// <param name="tape">The tape that records it.</param>
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

        if (weight.Stored is { } stored)
        {
            Var product = tape.ProjectFromHeads(z, stored);
            return bias is null ? product : tape.Add(product, bias);
        }

        Tensor<float> y = Ops.Contract(z.Value, weight.Value, axes: 2);
        if (bias is not null)
        {
            Ops.Add(y, bias.Value, into: y);
        }

        return tape.Record(new ProjectFromHeadsRule(z, weight, bias), y);
    }

    /// <summary>The output of all heads to the stream, with a weight of any element type, which is
    /// a constant: differentiable by <paramref name="z"/>.
    /// <code>y[.., m] = Σ_h,d z[.., h, d] · weight[h, d, m]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="z">float32 [.., head, dHead].</param>
    /// <param name="weight">[head, dHead, dModel], row-major.</param>
    /// <returns>float32 [.., dModel].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var ProjectFromHeads(this Tape tape, Var z, Weight weight) => tape.Record(
        new ProjectFromHeadsByWeightRule(z, weight), Ops.Contract(z.Value, weight, axes: 2));
}

/// <summary><c>dZ[.., h, d] += Σ_m dY[.., m] · weight[h, d, m]</c>; the weight is a
/// constant.</summary>
internal sealed class ProjectFromHeadsByWeightRule(Var z, Weight weight) : Rule(z)
{
    private readonly SavedWeight _weight = new(weight);

    public override void Backward(Tensor<float> dY)
    {
        Weight turned = _weight.For(this).Transpose(1, 2).Transpose(0, 1);  // [dModel, head, dHead]
        Ops.Contract(dY, turned, axes: 1, into: Into(z), accumulate: true);
    }
}

/// <summary>
/// <code>
/// dZ[.., h, d] += Σ_m dY[.., m] · weight[h, d, m]
/// dWeight[h, d, m] += Σ z[.., h, d] · dY[.., m],  dBias[m] += Σ dY[.., m]
/// </code>
/// </summary>
internal sealed class ProjectFromHeadsRule(Var z, Var weight, Var? bias) : Rule(z, weight, bias)
{
    private readonly Saved<float> _z = new(z.Value);
    private readonly Saved<float> _weight = new(weight.Value);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(z))
        {
            Tensor<float> turned = _weight.For(this).Permute(2, 0, 1);  // [dModel, head, dHead]
            Ops.Contract(dY, turned, axes: 1, into: Into(z), accumulate: true);
        }

        if (Wants(weight))
        {
            Tensor<float> columns = HeadRows.LastFirst(_z.For(this), axes: 2);  // [head, dHead, ..]
            Ops.Contract(
                columns, dY, axes: dY.Rank - 1, into: Into(weight), accumulate: true);
        }

        if (Wants(bias))
        {
            HeadRows.AddSum(Into(bias!), dY);
        }
    }
}
