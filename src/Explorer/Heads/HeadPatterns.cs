using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>The attention patterns of some heads on one passage, small enough to be
/// pictures.</summary>
/// <param name="Name">What the passage is called: <c>random repeats</c>.</param>
/// <param name="Size">Cells along each side.</param>
/// <param name="Heads">The heads, as <c>1.2</c>.</param>
/// <param name="Cells">Weights as bytes, 255 for 1: <c>[head, query, key]</c>, each the largest
/// weight that falls into its cell.</param>
internal sealed record HeadPatterns(
    string Name, int Size, IReadOnlyList<string> Heads, byte[] Cells)
{
    /// <summary>The most cells along a side.</summary>
    public const int Largest = 64;

    /// <summary>Pictures of patterns; by maximum, since a mean would lose thin diagonals.</summary>
    /// <param name="name">What the passage is called.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="patterns">Attention weights, float32 <c>[head, queryPos, keyPos]</c>.</param>
    /// <exception cref="ArgumentException">There are not as many patterns as heads, or they are not
    /// square.</exception>
    public static HeadPatterns Of(string name, IReadOnlyList<Head> heads, Tensor<float> patterns)
    {
        int positions = patterns.Shape.Rank == 3 ? patterns.Shape[1] : 0;
        if (positions == 0 || patterns.Shape[0] != heads.Count || patterns.Shape[2] != positions)
        {
            throw new ArgumentException(
                $"HeadPatterns: patterns of {heads.Count} heads must be [{heads.Count}, pos, pos]; "
                    + $"got {patterns.Shape}.",
                nameof(patterns));
        }

        float[] weights = patterns.ToArray();
        int size = Math.Min(Largest, positions);
        int each = positions * positions;
        byte[][] cells =
        [
            .. heads.Select((_, i) => Pooled(weights.AsSpan(i * each, each), positions, size)),
        ];
        return new HeadPatterns(
            name,
            size,
            [.. heads.Select(head => head.ToString())],
            [.. cells.SelectMany(one => one)]);
    }

    /// <summary>Pictures of the patterns of all heads on a passage.</summary>
    /// <param name="name">What the passage is called.</param>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The passage.</param>
    public static HeadPatterns Of(string name, Transformer model, int[] tokens)
    {
        using Tensor<int> row = model.Batch(tokens);
        using ActivationCache cache = model.RunWithCache(row, "blocks.*.attn.hook_pattern");
        Head[] heads =
        [
            .. from layer in Enumerable.Range(0, model.Config.Layers)
               from index in Enumerable.Range(0, model.Config.Heads)
               select new Head(layer, index),
        ];
        using Tensor<float> all = Tensor.From<float>(
            [
                .. heads.SelectMany(head => cache.Head(HookNames.Pattern(head.Layer), head.Index)
                    .Select(0, 0).ToArray()),
            ],
            [heads.Length, tokens.Length, tokens.Length]);
        return Of(name, heads, all);
    }

    /// <summary>One pattern as bytes, the largest weight of each cell.</summary>
    internal static byte[] Pooled(ReadOnlySpan<float> weights, int positions, int size)
    {
        byte[] cells = new byte[size * size];
        for (int query = 0; query < positions; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                int at = (query * size / positions * size) + (key * size / positions);
                float weight = Math.Clamp(weights[(query * positions) + key], 0, 1);
                cells[at] = Math.Max(cells[at], (byte)Math.Round(255 * weight));
            }
        }

        return cells;
    }
}
