using Vitrine.Tensors;

namespace Vitrine.Interp.Induction;

/// <summary>Sets of other heads that an ablation is compared with.</summary>
internal static class ControlHeads
{
    /// <summary>The maximum number of sets; if there are more, this many are drawn.</summary>
    public const int Most = 16;

    private const ulong Stream = 0x436F_6E74_726F_6C73;

    /// <summary>For each layer, as many other heads as are ablated, or as exist.</summary>
    /// <param name="heads">The heads that are ablated.</param>
    /// <param name="perLayer">How many heads a layer has.</param>
    /// <param name="seed">Which sets are drawn.</param>
    /// <returns>All sets in the order of their heads, or <see cref="Most"/> different ones; none if
    /// the layers have no other heads.</returns>
    public static IReadOnlyList<Head[]> Of(IReadOnlyList<Head> heads, int perLayer, ulong seed)
    {
        (Head[] Others, int Count)[] layers =
        [
            .. from layer in heads.Distinct().GroupBy(head => head.Layer)
               orderby layer.Key
               let others = Enumerable.Range(0, perLayer)
                   .Select(index => new Head(layer.Key, index)).Except(layer).ToArray()
               where others.Length > 0
               select (others, Math.Min(layer.Count(), others.Length)),
        ];
        if (layers.Length == 0)
        {
            return [];
        }

        double sets = layers.Aggregate(
            1.0, (product, layer) => product * Choices(layer.Others.Length, layer.Count));
        if (sets > Most)
        {
            return Drawn(layers, seed);
        }

        IEnumerable<Head[]> all = [[]];
        foreach ((Head[] others, int count) in layers)
        {
            all = [.. all.SelectMany(set => Subsets(others, count).Select(
                more => (Head[])[.. set, .. more]))];
        }

        return [.. all];
    }

    private static List<Head[]> Drawn((Head[] Others, int Count)[] layers, ulong seed)
    {
        var random = new CounterRandom(seed, Stream);
        var drawn = new List<Head[]>();
        ulong at = 0;
        while (drawn.Count < Most)
        {
            Head[] set =
                [.. layers.SelectMany(layer => Draw(layer.Others, layer.Count)).Order(ByPlace)];
            if (!drawn.Exists(other => other.AsSpan().SequenceEqual(set)))
            {
                drawn.Add(set);
            }
        }

        return drawn;

        IEnumerable<Head> Draw(Head[] others, int count)
        {
            Head[] left = [.. others];
            for (int i = 0; i < count; i++)
            {
                int other = i + random.Integer(at++, left.Length - i);
                (left[i], left[other]) = (left[other], left[i]);
            }

            return left.Take(count);
        }
    }

    private static Comparer<Head> ByPlace { get; } = Comparer<Head>.Create(
        (a, b) => (a.Layer, a.Index).CompareTo((b.Layer, b.Index)));

    private static IEnumerable<Head[]> Subsets(Head[] others, int count) => count == 0
        ? [[]]
        : Enumerable.Range(0, others.Length - count + 1).SelectMany(first =>
            Subsets(others[(first + 1)..], count - 1).Select(
                rest => (Head[])[others[first], .. rest]));

    private static double Choices(int of, int count)
    {
        double choices = 1;
        for (int i = 0; i < count; i++)
        {
            choices = choices * (of - i) / (i + 1);
        }

        return choices;
    }
}
