namespace Vitrine.Tensors;

/// <content>Rotary positions.</content>
public static unsafe partial class Ops
{
    /// <summary>Rotates pairs of entries by an angle that grows with the position (Su et al. 2021),
    /// so that q · k depends only on the distance.
    /// <code>
    /// (y_a, y_b) = (x_a cos θ − x_b sin θ, x_b cos θ + x_a sin θ),  θ[pos, i] for pair i
    /// </code></summary>
    /// <remarks>The angles are given as tables, because model families differ in them. The first
    /// rotaryDim entries (twice the tables' columns) are rotated, the others copied.</remarks>
    /// <param name="x">float32 [batch, pos, head, dHead], any strides.</param>
    /// <param name="cos">float32 [pos, rotaryDim / 2]; a slice of a longer table gives an
    /// offset.</param>
    /// <param name="sin">float32 [pos, rotaryDim / 2].</param>
    /// <param name="pairing">Which entries make a pair.</param>
    /// <param name="into">Where the result goes, may be x itself; a new tensor, owned by the
    /// caller, if null.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor<float> Rotary(
        Tensor<float> x, Tensor<float> cos, Tensor<float> sin,
        RotaryPairing pairing = RotaryPairing.Halves, Tensor<float>? into = null) =>
        Turn("Rotary", x, cos, sin, pairing, 1, into, accumulate: false);

    /// <summary>The gradient of <see cref="Rotary"/>: the rotation by −θ.
    /// <code>(dX_a, dX_b) = (dY_a cos θ + dY_b sin θ, dY_b cos θ − dY_a sin θ)</code></summary>
    /// <param name="cos">float32 [pos, rotaryDim / 2], as in the forward pass.</param>
    /// <param name="sin">float32 [pos, rotaryDim / 2], as in the forward pass.</param>
    /// <param name="dY">float32 [batch, pos, head, dHead].</param>
    /// <param name="pairing">As in the forward pass.</param>
    /// <param name="into">Where dX goes; a new tensor, owned by the caller, if null.</param>
    /// <param name="accumulate">Whether dX is added to <paramref name="into"/>.</param>
    /// <returns>The destination.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException"><paramref name="accumulate"/> without
    /// <paramref name="into"/>.</exception>
    public static Tensor<float> RotaryBackward(
        Tensor<float> cos, Tensor<float> sin, Tensor<float> dY,
        RotaryPairing pairing = RotaryPairing.Halves, Tensor<float>? into = null,
        bool accumulate = false) =>
        Turn("RotaryBackward", dY, cos, sin, pairing, -1, into, accumulate);

    private static Tensor<float> Turn(
        string op, Tensor<float> x, Tensor<float> cos, Tensor<float> sin, RotaryPairing pairing,
        float direction, Tensor<float>? into, bool accumulate)
    {
        if (x.Rank != 4 || cos.Rank != 2 || cos.Shape[0] != x.Shape[1]
            || 2L * cos.Shape[1] > x.Shape[3])
        {
            throw new ShapeException(
                $"{op}: x must be [batch, pos, head, dHead] and cos [pos, rotaryDim / 2], "
                + $"rotaryDim at most dHead; got {x.Shape} and {cos.Shape}; Slice a longer table.");
        }

        RequireShape(op, "sin", sin, cos.Shape);
        Device.RequireCpu(op, x, cos, sin, into);
        Tensor<float> y = Destination.For(op, x.Shape, into, accumulate, x.Device);
        RotaryCpu(x, cos, sin, pairing, direction, y, accumulate);
        return y;
    }
}
