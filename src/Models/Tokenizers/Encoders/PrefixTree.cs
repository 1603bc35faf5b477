namespace Vitrine.Models.Tokenizers.Encoders;

/// <summary>Finds all tokens that a text begins with, a character a step.</summary>
internal sealed class PrefixTree
{
    private readonly Dictionary<(int Node, char Character), int> _children = [];
    private readonly List<int> _ids = [-1];

    /// <param name="tokens">Spellings in id order.</param>
    /// <param name="isIn">Which of them it has.</param>
    public PrefixTree(IReadOnlyList<string?> tokens, Func<int, bool> isIn)
    {
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is not { Length: > 0 } token || !isIn(id))
            {
                continue;
            }

            int node = 0;
            foreach (char character in token)
            {
                if (!_children.TryGetValue((node, character), out int child))
                {
                    child = _ids.Count;
                    _ids.Add(-1);
                    _children.Add((node, character), child);
                }

                node = child;
            }

            _ids[node] = id;
        }
    }

    /// <summary>The node one character on; −1 if no token goes on so.</summary>
    public int Child(int node, char character) =>
        _children.TryGetValue((node, character), out int child) ? child : -1;

    /// <summary>The token that ends at a node; −1 if none does.</summary>
    public int Id(int node) => _ids[node];
}
