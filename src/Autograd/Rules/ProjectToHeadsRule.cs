using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The stream read by every head, differentiable.
    /// <code>y[.., h, d] = Σ_m x[.., m] · weight[h, m, d] + bias[h, d]</code></summary>
    /// <remarks>One matrix product for all heads where the weight is stored as
    /// [dModel, head, dHead].</remarks>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="weight">float32 [head, dModel, dHead].</param>
    /// <param name="bias">float32 [head, dHead], or null.</param>
    /// <returns>float32 [.., head, dHead].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var ProjectToHeads(this Tape tape, Var x, Var weight, Var? bias = null)
    {
        if (weight.Stored is { } stored)
        {
            Var product = tape.ProjectToHeads(x, stored);
            return bias is null ? product : tape.Add(product, bias);
        }

        Shape heads = weight.Shape;
        if (heads.Rank != 3 || x.Value.Rank == 0 || x.Shape[-1] != heads[1])
        {
            throw new ShapeException(
                "ProjectToHeads: weight must be [head, dModel, dHead] with the last axis of x as "
                + $"dModel; got x {x.Shape} and weight {heads}.");
        }

        Tensor<float> flat = weight.Value.Transpose(0, 1);           // [dModel, head, dHead]
        Tensor<float> y = Ops.Contract(x.Value, flat, axes: 1);      // [.., head, dHead]
        if (bias is not null)
        {
            Ops.Add(y, bias.Value, into: y);
        }

        return tape.Record(new ProjectToHeadsRule(x, weight, bias, flat), y);
    }

    /// <summary>The stream read by every head with a weight of any element type, which is a
    /// constant: differentiable by <paramref name="x"/>.
    /// <code>y[.., h, d] = Σ_m x[.., m] · weight[h, m, d]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [.., dModel].</param>
    /// <param name="weight">[head, dModel, dHead], in any layout.</param>
    /// <returns>float32 [.., head, dHead].</returns>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var ProjectToHeads(this Tape tape, Var x, Weight weight)
    {
        if (weight.Shape.Rank != 3 || x.Value.Rank == 0 || x.Shape[-1] != weight.Shape[1])
        {
            throw new ShapeException(
                "ProjectToHeads: weight must be [head, dModel, dHead] with the last axis of x as "
                + $"dModel; got x {x.Shape} and weight {weight.Shape}.");
        }

        Span<int> lengths = stackalloc int[x.Value.Rank + 1];
        x.Shape.CopyTo(lengths);
        (lengths[^2], lengths[^1]) = (weight.Shape[0], weight.Shape[2]);
        Tensor<float> y = Tensor.Empty<float>(Shape.Create(lengths), x.Value.Device);
        using Tensor<float> rows = x.Value.Contiguous();
        Ops.MatMul(
            rows.Reshape(1, -1, x.Shape[-1]), weight,
            into: y.Reshape(-1, lengths[^2], lengths[^1]).Transpose(0, 1));  // [head, n, dHead]
        return tape.Record(new ProjectToHeadsByWeightRule(x, weight), y);
    }
}

/// <summary><c>dX[.., m] += Σ_h,d dY[.., h, d] · weight[h, m, d]</c>, head by head; the weight is
/// a constant.</summary>
internal sealed class ProjectToHeadsByWeightRule(Var x, Weight weight) : Rule(x)
{
    private readonly SavedWeight _weight = new(weight);

    public override void Backward(Tensor<float> dY)
    {
        Weight weight = _weight.For(this);
        for (int head = 0; head < weight.Shape[0]; head++)
        {
            Ops.Contract(
                dY.Select(-2, head), weight.Select(0, head).Transpose(), axes: 1, into: Into(x),
                accumulate: true);
        }
    }
}

/// <summary>
/// <code>
/// dX[.., m] += Σ_h,d dY[.., h, d] · weight[h, m, d]
/// dWeight[h, m, d] += Σ x[.., m] · dY[.., h, d],  dBias[h, d] += Σ dY[.., h, d]
/// </code>
/// </summary>
internal sealed class ProjectToHeadsRule(Var x, Var weight, Var? bias, Tensor<float> flat)
    : Rule(x, weight, bias)
{
    private readonly Saved<float> _x = new(x.Value);
    private readonly Saved<float> _flat = new(flat);

    public override void Backward(Tensor<float> dY)
    {
        if (Wants(x))
        {
            Tensor<float> turned = _flat.For(this).Permute(1, 2, 0);  // [head, dHead, dModel]
            Ops.Contract(dY, turned, axes: 2, into: Into(x), accumulate: true);
        }

        if (Wants(weight))
        {
            Tensor<float> columns = HeadRows.LastFirst(_x.For(this), axes: 1);  // [dModel, ..]
            Ops.Contract(
                columns, dY, axes: dY.Rank - 2, into: Into(weight).Transpose(0, 1),
                accumulate: true);
        }

        if (Wants(bias))
        {
            HeadRows.AddSum(Into(bias!), dY);
        }
    }
}
