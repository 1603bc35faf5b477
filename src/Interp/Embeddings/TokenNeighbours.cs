using Vitrine.Interp.Bigrams;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>The tokens that point most nearly the same way as one, in a matrix.</summary>
/// <param name="Matrix"><c>W_E</c> or <c>W_U</c>.</param>
/// <param name="Nearest">The nearest, best first.</param>
internal sealed record MatrixNeighbours(string Matrix, IReadOnlyList<Neighbour> Nearest);

/// <summary>The nearest neighbours of a token in the embedding and in the unembedding.</summary>
/// <param name="Token">The token.</param>
/// <param name="Matrices">W_E, then W_U.</param>
internal sealed record TokenNeighbours(int Token, IReadOnlyList<MatrixNeighbours> Matrices)
    : Analysis(
        "token-neighbours",
        "Which tokens point the same way?",
        "cosine",
        "The cosine between rows of W_E, and between columns of W_U, exact.")
{
    /// <summary>Finds them.</summary>
    /// <param name="path">The matrices.</param>
    /// <param name="ids">The tokens that can be found; the token is among them.</param>
    /// <param name="token">The token.</param>
    /// <param name="top">How many in each matrix.</param>
    public static TokenNeighbours Of(DirectPath path, ReadOnlySpan<int> ids, int token, int top)
    {
        return new TokenNeighbours(
            token, [In("W_E", path.Embed, ids), In("W_U", path.Unembed, ids)]);

        MatrixNeighbours In(string name, Tensor<float> weights, ReadOnlySpan<int> found)
        {
            using var neighbours = new Neighbours(weights, found);
            return new MatrixNeighbours(name, neighbours.Of(token, top));
        }
    }
}
