using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The largest value along one axis or, without one, of all elements, differentiable;
    /// see <see cref="Ops.Max"/>. Among equal values, the first receives the gradient.</summary>
    /// <inheritdoc cref="Tape.Record" path="/exception"/>
    public static Var Max(this Tape tape, Var x, int? axis = null, bool keepAxis = false) =>
        tape.Record(new MaxRule(x, axis), Ops.Max(x.Value, axis, keepAxis));
}

/// <summary><c>y = max x = x[m], m = argmax x: dX[m] += dY</c></summary>
internal sealed class MaxRule(Var x, int? axis) : Rule(x)
{
    private readonly Saved<float> _x = new(x.Value);

    public override void Backward(Tensor<float> dY)
    {
        // Elements are rows of length 1, numbered in row-major order: (outer, along the axis,
        // inner).
        Shape shape = x.Shape;
        int along = axis is { } given ? shape[given] : checked((int)shape.Length);
        int inner = 1;
        for (int i = axis is { } a ? shape.Axis(a) + 1 : shape.Rank; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        using Tensor<int> at = Ops.ArgMax(_x.For(this), axis);
        using Tensor<int> host = at.To(Device.Cpu);
        Span<int> rows = host.WritableSpan;
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (((i / inner * along) + rows[i]) * inner) + (i % inner);
        }

        at.CopyFrom(host);
        using Tensor<float> dX = Tensor.Zeros<float>(shape, dY.Device);
        Ops.ScatterAddRows(dX.Reshape(-1, 1), at.Reshape(-1), dY.Reshape(-1, 1));
        AddTo(x, dX);
    }
}
