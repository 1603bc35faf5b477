using Vitrine.Tensors;

namespace Vitrine.Autograd;

public static partial class TapeOps
{
    /// <summary>The position of the largest value. It has no derivative: on a tape that records,
    /// <paramref name="x"/> must not require a gradient.</summary>
    /// <returns>int32, owned by the tape; see <see cref="Ops.ArgMax"/>.</returns>
    /// <exception cref="NotSupportedException">A gradient would stop here silently.</exception>
    public static Tensor<int> ArgMax(this Tape tape, Var x, int? axis = null, bool keepAxis = false)
    {
        RefuseGradient(tape, "ArgMax", x);
        return tape.Own(Ops.ArgMax(x.Value, axis, keepAxis));
    }

    /// <summary>The k largest values and their positions along the last axis. They have no
    /// derivative rule: on a tape that records, <paramref name="x"/> must not require a
    /// gradient.</summary>
    /// <returns>float32 and int32 [.., k], owned by the tape; see <see cref="Ops.TopK"/>.</returns>
    /// <exception cref="NotSupportedException">A gradient would stop here silently.</exception>
    public static (Tensor<float> Values, Tensor<int> Indices) TopK(this Tape tape, Var x, int k)
    {
        RefuseGradient(tape, "TopK", x);
        (Tensor<float> values, Tensor<int> indices) = Ops.TopK(x.Value, k);
        return (tape.Own(values), tape.Own(indices));
    }

    private static void RefuseGradient(Tape tape, string op, Var x)
    {
        if (tape.Records && x.RequiresGrad)
        {
            throw new NotSupportedException(
                $"{op}: there is no derivative rule, and its input {x.Name ?? "a value"} {x.Shape} "
                + $"requires a gradient; call Ops.{op}(x.Value) for a constant, or use "
                + "Tape.NoGrad().");
        }
    }
}
