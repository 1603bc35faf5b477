using System.Globalization;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Losses;
using Vitrine.Models;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-skip-trigrams</c> shows: the tables of some heads, with places in a text. A
/// single <see cref="SkipTrigramTable"/> can be its data as well.</summary>
/// <param name="Tables">One a head.</param>
internal sealed record SkipTrigramFigure(IReadOnlyList<SkipTrigramTable> Tables)
{
    /// <summary>Places where rows occur, by <c>source destination out</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SkipTrigramPassage>> Passages { get; init; } =
        new Dictionary<string, IReadOnlyList<SkipTrigramPassage>>();

    /// <summary>The tables with a few places of each row.</summary>
    /// <param name="tables">One a head.</param>
    /// <param name="text">The text.</param>
    /// <param name="most">Places of each row.</param>
    /// <param name="model">The model whose losses stand beside; null for none.</param>
    /// <param name="zero">A 0-layer model of the same vocabulary beside it; null for none.</param>
    public static SkipTrigramFigure Of(
        IReadOnlyList<SkipTrigramTable> tables, SkipTrigramText text, int most = 3,
        Transformer? model = null, Transformer? zero = null) =>
        new(tables)
        {
            Passages = tables
                .SelectMany(table => table.Rows)
                .Select(row => new SkipTrigram(row.Source, row.Destination, row.Out))
                .Distinct()
                .ToDictionary(
                    NameOf,
                    trigram => SkipTrigramPassage.Of(text, trigram, most, model, zero)),
        };

    private static string NameOf(SkipTrigram trigram) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{trigram.Source} {trigram.Destination} {trigram.Out}");
}

/// <summary>A place where a skip-trigram occurs.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Source">The position of the source.</param>
/// <param name="Destination">The position of the destination; the out token follows.</param>
internal sealed record SkipTrigramPassage(IReadOnlyList<int> Tokens, int Source, int Destination)
{
    private const int Before = 6;
    private const int Most = 40;

    /// <summary>The model's loss on each token but the first, nats; null where it was not
    /// measured.</summary>
    public IReadOnlyList<float>? Losses { get; init; }

    /// <summary>The 0-layer model's.</summary>
    public IReadOnlyList<float>? LossesZero { get; init; }

    /// <summary>Places of a skip-trigram, spread evenly over the text: from a few tokens before the
    /// nearest source, 40 tokens at most, to the out token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="trigram">The skip-trigram.</param>
    /// <param name="most">How many places.</param>
    /// <param name="model">The model whose losses are measured, with all that it sees there; null
    /// for none.</param>
    /// <param name="zero">A 0-layer model beside it; null for none.</param>
    public static IReadOnlyList<SkipTrigramPassage> Of(
        SkipTrigramText text, SkipTrigram trigram, int most, Transformer? model = null,
        Transformer? zero = null)
    {
        int[] places = text.Places(trigram);
        int shown = Math.Min(most, places.Length);
        var found = new List<SkipTrigramPassage>();
        for (int i = 0; i < shown; i++)
        {
            int place = places[(int)((long)i * places.Length / shown)];
            ReadOnlySpan<int> context = text.Context(place);
            int source = context[..^1].LastIndexOf(trigram.Source);
            int from = Math.Max(0, source - Before);
            if (context.Length - from < Most)
            {
                int[] seen = [.. context, text.Next(place)];
                int[] tokens = seen[from..];
                found.Add(new SkipTrigramPassage(tokens, source - from, tokens.Length - 2)
                {
                    Losses = model is null ? null : PassageLosses.Of(model, seen, from + 1),
                    LossesZero = zero is null ? null : PassageLosses.Of(zero, seen, from + 1),
                });
            }
        }

        return found;
    }
}
