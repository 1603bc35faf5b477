using Vitrine.Interp.Bigrams;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>What is known of a token.</summary>
/// <param name="Id">The token.</param>
/// <param name="Count">How often it occurs in the training text.</param>
/// <param name="Rank">Its place among the tokens by count, from 1; null if it never occurs.</param>
/// <param name="NormE">The length of its row of W_E.</param>
/// <param name="NormU">The length of its column of W_U.</param>
/// <param name="NearestE">The tokens nearest by cosine in W_E.</param>
/// <param name="NearestU">The tokens nearest by cosine in W_U.</param>
public sealed record TokenCard(
    int Id, int Count, int? Rank, double NormE, double NormU, IReadOnlyList<Neighbour> NearestE,
    IReadOnlyList<Neighbour> NearestU)
    : Analysis(
        "token-card",
        "What is this token?",
        "cosine",
        "Neighbours by cosine among the tokens that the training text has; its own row and column "
        + "of the "
        + "float32 weights.")
{
    /// <summary>Looks a token up.</summary>
    /// <param name="path">The weights.</param>
    /// <param name="counts">Pairs of the training text.</param>
    /// <param name="token">The token.</param>
    /// <param name="nearest">How many neighbours.</param>
    /// <exception cref="ArgumentOutOfRangeException">The token is outside the
    /// vocabulary.</exception>
    public static TokenCard Of(DirectPath path, BigramCounts counts, int token, int nearest = 10)
    {
        if ((uint)token >= (uint)path.Vocabulary)
        {
            throw new ArgumentOutOfRangeException(
                nameof(token), token, $"TokenCard: tokens are 0 … {path.Vocabulary - 1}.");
        }

        // A token that the text never has is asked too, beside those that it has.
        int[] ids = counts.MostFrequentTokens(counts.Vocabulary);
        int rank = Array.IndexOf(ids, token) + 1;
        int[] asked = rank > 0 ? ids : [.. ids, token];
        return new TokenCard(
            token, counts.TokenCount(token), rank > 0 ? rank : null, Norm(path.Embed, token),
            Norm(path.Unembed, token), Nearest(path.Embed, asked, token, nearest),
            Nearest(path.Unembed, asked, token, nearest));
    }

    private static IReadOnlyList<Neighbour> Nearest(
        Tensor<float> matrix, int[] ids, int token, int count)
    {
        using var neighbours = new Neighbours(matrix, ids);
        return neighbours.Of(token, count);
    }

    private static double Norm(Tensor<float> matrix, int row)
    {
        double squares = 0;
        for (int i = 0; i < matrix.Shape[1]; i++)
        {
            squares += (double)matrix[row, i] * matrix[row, i];
        }

        return Math.Sqrt(squares);
    }
}
