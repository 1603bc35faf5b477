using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>What nearest neighbours by cosine share.</summary>
/// <param name="Matrix"><c>W_E</c> or <c>W_U</c>.</param>
/// <param name="Tokens">The number of tokens, each compared with all others.</param>
/// <param name="SameClassShare">The share whose nearest neighbour has the same class.</param>
/// <param name="Groups">Named groups with at least three members among the tokens.</param>
public sealed record NeighbourScore(
    string Matrix, int Tokens, double SameClassShare, IReadOnlyList<NeighbourGroup> Groups)
    : Analysis(
        "neighbours",
        "Which tokens does the model treat as similar?",
        "share of tokens",
        "The nearest other token by cosine, among the given tokens. The baseline is the share of "
        + "pairs of different tokens with the same class: the score of a random neighbour.")
{
    /// <summary>Finds the nearest neighbour of every given token.</summary>
    /// <param name="matrix">Its name.</param>
    /// <param name="weights">float32 [vocab, dModel].</param>
    /// <param name="ids">The tokens.</param>
    /// <param name="classes">The class of every token of the vocabulary.</param>
    /// <param name="groups">Names and members of groups; members outside the tokens are left
    /// out.</param>
    /// <param name="cancellation">Checked between blocks.</param>
    public static NeighbourScore Of(
        string matrix, Tensor<float> weights, ReadOnlySpan<int> ids,
        IReadOnlyList<TokenClass> classes,
        IReadOnlyList<TokenGroup> groups, CancellationToken cancellation = default)
    {
        using var neighbours = new Neighbours(weights, ids);
        int[] nearest = neighbours.NearestOfAll(cancellation);
        var nearestOf = new Dictionary<int, int>(nearest.Length);
        var sizes = new Dictionary<TokenClass, int>();
        int same = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            TokenClass own = classes[ids[i]];
            nearestOf[ids[i]] = nearest[i];
            sizes[own] = sizes.GetValueOrDefault(own) + 1;
            same += classes[nearest[i]] == own ? 1 : 0;
        }

        double pairs = (double)nearest.Length * (nearest.Length - 1);
        return new NeighbourScore(
            matrix, nearest.Length, same / (double)nearest.Length,
            [.. groups.Select(group => NeighbourGroup.Of(group, nearestOf)).Where(
                group => group.Members.Count >= 3)])
        {
            Baseline = sizes.Values.Sum(size => (double)size * (size - 1)) / pairs,
        };
    }
}

/// <summary>A group of related tokens, and how many stay together.</summary>
/// <param name="Name">The name of a member: <c>month</c>.</param>
/// <param name="Members">The members among the tokens.</param>
/// <param name="WithMemberNearest">How many have another member as their nearest neighbour.</param>
/// <param name="Expected">The expected number for random neighbours.</param>
public sealed record NeighbourGroup(
    string Name, IReadOnlyList<int> Members, int WithMemberNearest, double Expected)
{
    internal static NeighbourGroup Of(TokenGroup group, Dictionary<int, int> nearestOf)
    {
        int[] members = [.. group.Members.Where(nearestOf.ContainsKey).Distinct()];
        return new NeighbourGroup(
            group.Name, members, members.Count(member => members.Contains(nearestOf[member])),
            members.Length * (members.Length - 1.0) / (nearestOf.Count - 1));
    }
}

/// <summary>Tokens related by meaning, chosen before any model was examined.</summary>
/// <param name="Name">The name of a member, in the singular.</param>
/// <param name="Members">The tokens.</param>
public sealed record TokenGroup(string Name, IReadOnlyList<int> Members)
{
    private static readonly (string Name, string Words)[] Known =
    [
        ("month", "January February March April May June July August September October November "
            + "December"),
        ("number word", "one two three four five six seven eight nine ten"),
        ("ordinal", "first second third fourth fifth sixth seventh eighth ninth tenth"),
        ("personal pronoun", "I you he she it we they me him her us them"),
        ("modal verb", "can could may might must shall should will would"),
    ];

    /// <summary>Months, number words, ordinals, personal pronouns and modal verbs, as far as each
    /// is one token with its leading space.</summary>
    public static IReadOnlyList<TokenGroup> English(Tokenizer tokenizer)
    {
        var groups = new List<TokenGroup>();
        foreach ((string name, string words) in Known)
        {
            var members = new List<int>();
            foreach (string word in words.Split(' '))
            {
                if (tokenizer.TrySingle(" " + word, out int id))
                {
                    members.Add(id);
                }
            }

            groups.Add(new TokenGroup(name, members));
        }

        return groups;
    }
}
