using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>What the parts of a model compose from recorded ops.</summary>
internal static class Activate
{
    /// <summary>The function of neurons, element by element; SoLU along the last axis.</summary>
    public static Var Forward(Tape tape, ActivationKind activation, Var x) => activation switch
    {
        ActivationKind.Relu => tape.Relu(x),
        ActivationKind.ReluSquared => tape.Square(tape.Relu(x)),
        ActivationKind.Gelu => tape.Gelu(x),
        ActivationKind.GeluTanh => tape.GeluTanh(x),
        ActivationKind.QuickGelu => tape.Multiply(x, tape.Sigmoid(tape.Scale(x, 1.702f))),
        ActivationKind.Silu => tape.Silu(x),
        ActivationKind.Solu => tape.Multiply(x, tape.Softmax(x)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };

    /// <summary>x W + b as one product for all rows.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [.., in].</param>
    /// <param name="weight">float32 [in, out].</param>
    /// <param name="bias">float32 [out], or null.</param>
    /// <returns>float32 [.., out].</returns>
    public static Var Linear(Tape tape, Var x, Parameter weight, Parameter? bias)
    {
        Var rows = x.Value.Rank == 2 ? x : tape.Reshape(x, -1, x.Shape[-1]);
        Var y = tape.MatMul(rows, tape.Use(weight));
        y = bias is null ? y : tape.Add(y, tape.Use(bias));
        if (x.Value.Rank == 2)
        {
            return y;
        }

        Span<int> lengths = stackalloc int[x.Value.Rank];
        x.Shape.CopyTo(lengths);
        lengths[^1] = y.Shape[-1];
        return tape.Reshape(y, lengths);
    }
}
