using Vitrine.Tensors;

namespace Vitrine.Models.Positions;

/// <summary>Which positions of a batch hold no token: they are hidden as keys, and do not count as
/// positions.</summary>
internal sealed class Padding : IDisposable
{
    /// <param name="mask">int32 [batch, pos]: 1 for a token, 0 for padding.</param>
    /// <exception cref="ArgumentException">It holds something else.</exception>
    public Padding(Tensor<int> mask)
    {
        (int batch, int pos) = (mask.Shape[0], mask.Shape[1]);
        int[] given = mask.ToArray();
        var positions = new int[given.Length];
        var hidden = new float[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            if (given[i] is not (0 or 1))
            {
                throw new ArgumentException(
                    "Transformer: a mask is 1 for a token and 0 for padding; got "
                    + $"{given[i]}.", nameof(mask));
            }

            positions[i] = i % pos == 0 ? 0 : positions[i - 1] + given[i - 1];
            hidden[i] = given[i] == 1 ? 0 : float.NegativeInfinity;
        }

        Positions = Tensor.From(positions, [batch, pos], mask.Device);
        Hidden = Tensor.From(hidden, [batch, 1, 1, pos], mask.Device);
    }

    /// <summary>How many tokens of its sequence stand before each, int32 [batch, pos].</summary>
    public Tensor<int> Positions { get; }

    /// <summary>0 for a token, −∞ for padding, float32 [batch, 1, 1, pos].</summary>
    public Tensor<float> Hidden { get; }

    public void Dispose()
    {
        Positions.Dispose();
        Hidden.Dispose();
    }
}
