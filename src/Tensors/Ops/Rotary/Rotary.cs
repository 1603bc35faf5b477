namespace Vitrine.Tensors;

/// <content>Rotary positions.</content>
public static unsafe partial class Ops
{
    /// <summary>Turns pairs of entries by an angle that grows with the position (Su et al. 2021),
    /// so that q · k depends on the distance alone.
    /// <code>
    /// (y_a, y_b) = (x_a cos θ − x_b sin θ, x_b cos θ + x_a sin θ),  θ[pos, i] for pair i
    /// </code></summary>
    /// <remarks>The angles come as tables, because families differ in them. The first rotaryDim
    /// entries (twice the tables' columns) are turned, the others copied.</remarks>
    /// <param name="x">float32 [batch, pos, head, dHead], any strides.</param>
    /// <param name="cos">float32 [pos, rotaryDim / 2]; a slice of a longer table gives an
    /// offset.</param>
    /// <param name="sin">float32 [pos, rotaryDim / 2].</param>
    /// <param name="pairing">Which entries make a pair.</param>
    /// <param name="into">Where the result goes, x itself if wished; a new tensor, owned by the
    /// caller, if null.</param>
    /// <returns>The destination, of x's shape.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor<float> Rotary(
        Tensor<float> x, Tensor<float> cos, Tensor<float> sin,
        RotaryPairing pairing = RotaryPairing.Halves, Tensor<float>? into = null) =>
        RotaryCpu("Rotary", x, cos, sin, pairing, 1, into, accumulate: false);

    /// <summary>The gradient of <see cref="Rotary"/>: the turn by −θ.
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
        RotaryCpu("RotaryBackward", dY, cos, sin, pairing, -1, into, accumulate);
}
