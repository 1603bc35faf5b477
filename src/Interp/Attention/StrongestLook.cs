namespace Vitrine.Interp.Attention;

/// <summary>The strongest attention back to an occurrence of the actual next token; if there is
/// none, to any earlier token but the first.</summary>
/// <param name="Passage">The passage's name.</param>
/// <param name="Head">The head.</param>
/// <param name="Query">The position that attends.</param>
/// <param name="Key">The position attended to.</param>
/// <param name="Weight">The weight; 0 if there is no earlier token.</param>
/// <param name="QueryToken">The token that attends.</param>
/// <param name="KeyToken">The token attended to.</param>
/// <param name="Next">The token after the query; null at the end.</param>
internal sealed record StrongestLook(
    string Passage, Head Head, int Query, int Key, float Weight, int QueryToken, int KeyToken,
    int? Next)
{
    private const float LeastSaid = 0.05f;

    /// <summary>The strongest over named passages.</summary>
    public static StrongestLook Of(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages) =>
        Of(passages, followed: true) is { Weight: >= LeastSaid } good
            ? good : Of(passages, followed: false);

    private static StrongestLook Of(
        IReadOnlyList<(string Name, PassageAttention Attention)> passages,
        bool followed)
    {
        var best = new StrongestLook("", default, 0, 0, 0, 0, 0, null);
        foreach ((string name, PassageAttention attention) in passages)
        {
            int[] tokens = attention.Tokens;
            int n = tokens.Length;
            for (int layer = 0; layer < attention.Layers.Count; layer++)
            {
                float[] weight = attention.Layers[layer].Weight;
                for (int row = 0; row < weight.Length / n; row++)
                {
                    int query = row % n;
                    int? next = query + 1 < n ? tokens[query + 1] : null;
                    for (int k = 1; k < query; k++)
                    {
                        if (weight[(row * n) + k] > best.Weight && (!followed || tokens[k] == next))
                        {
                            best = new StrongestLook(
                                name, new Head(layer, row / n), query, k, weight[(row * n) + k],
                                tokens[query], tokens[k], next);
                        }
                    }
                }
            }
        }

        return best;
    }
}
