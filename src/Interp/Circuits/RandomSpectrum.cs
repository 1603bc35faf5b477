using System.Numerics;
using Vitrine.Interp.Heads;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>The eigenvalues of an OV circuit made of random matrices.</summary>
/// <param name="Mean">The mean copying score over the draws.</param>
/// <param name="Sd">Its sample standard deviation.</param>
/// <param name="Radius">The modulus that 95% of the random eigenvalues stay below, when each random
/// matrix has the same mean square entry as the model's.</param>
/// <param name="Draws">How many circuits were drawn.</param>
public sealed record RandomSpectrum(double Mean, double Sd, double Radius, int Draws)
{
    private const double Inside = 0.95;

    /// <summary>Draws circuits with independent normal entries and the shapes of a head.</summary>
    /// <remarks>The product <c>W_U W_E</c> over a large vocabulary is a sum of vocab independent
    /// products in every entry, so it is itself drawn as a normal matrix [dModel, dModel]; the
    /// eigenvalues are those of <c>W_O (W_U W_E) W_V</c>, [dHead, dHead]. The radius is for
    /// matrices of unit variance and has to be scaled (<see cref="For"/>); the score does not
    /// depend on scale.</remarks>
    /// <param name="dModel">The width of the residual stream.</param>
    /// <param name="dHead">The width of a head.</param>
    /// <param name="draws">How many, at least 2.</param>
    /// <param name="seed">The seed of the draws.</param>
    internal static RandomSpectrum Draw(int dModel, int dHead, int draws = 100, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        double[] scores = new double[draws];
        double[] radii = new double[draws * dHead];
        WorkerPool.For(draws, draw =>
        {
            ulong stream = 3 * (ulong)draw;
            using Tensor<float> output = Normal(seed, stream, dHead, dModel);
            using Tensor<float> between = Normal(seed, stream + 1, dModel, dModel);
            using Tensor<float> value = Normal(seed, stream + 2, dModel, dHead);
            using Tensor<float> read = Ops.MatMul(between, value);
            using Tensor<float> small = Ops.MatMul(output, read);
            Complex[] values = Eigenvalues.Of(
                Array.ConvertAll(small.ToArray(), entry => (double)entry), dHead);
            scores[draw] = Copying.ScoreOf(values);
            for (int i = 0; i < dHead; i++)
            {
                radii[(draw * dHead) + i] = values[i].Magnitude;
            }
        });
        Array.Sort(radii);
        var spread = Spread.Of(scores);
        return new RandomSpectrum(
            spread.Mean, spread.Deviation!.Value, Spread.Quantile(radii, Inside),
            draws);
    }

    /// <summary>This baseline with its radius in the units of a head.</summary>
    internal RandomSpectrum For(HeadWeights head) => this with
    {
        Radius = Radius * Deviation(head.W_V) * Deviation(head.W_O) * Deviation(head.W_E)
            * Deviation(head.W_U) * Math.Sqrt(head.W_E.Shape[0]),
    };

    private static Tensor<float> Normal(ulong seed, ulong stream, int rows, int columns) =>
        Ops.RandomNormal(Tensor.Empty<float>([rows, columns]), seed, stream);

    private static double Deviation(Tensor<float> matrix)
    {
        using Tensor<float> squares = Ops.Square(matrix);
        using Tensor<float> mean = Ops.Mean(squares);
        return Math.Sqrt(mean[[]]);
    }
}
