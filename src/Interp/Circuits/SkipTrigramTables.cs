using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Circuits;

/// <summary>A corpus prepared for looking skip-trigrams up.</summary>
/// <param name="Train">The training text.</param>
/// <param name="HeldOut">The held-out text.</param>
internal sealed record SkipTrigramTexts(SkipTrigramText Train, SkipTrigramText HeldOut)
{
    /// <summary>Sorts both texts.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="window">The context.</param>
    public static SkipTrigramTexts Of(Corpus corpus, int window)
    {
        int end = corpus.Tokenizer.EndOfText;
        int vocabulary = corpus.Tokenizer.VocabularySize;
        return new SkipTrigramTexts(
            new SkipTrigramText(corpus.Train, end, vocabulary, window),
            new SkipTrigramText(corpus.HeldOut, end, vocabulary, window));
    }
}

/// <summary>Makes the skip-trigram tables of heads.</summary>
/// <param name="tokens">Which tokens are searched.</param>
/// <param name="texts">Where they are counted; null without a text.</param>
/// <param name="model">The model whose losses are measured; null for none.</param>
/// <param name="zero">The 0-layer model to compare with; null for none.</param>
/// <param name="text">The text of a token, used to recognise copies; null for the same token
/// only.</param>
/// <param name="options">How much to show; null for the defaults.</param>
internal sealed class SkipTrigramTables(
    TokenSubset tokens, SkipTrigramTexts? texts, Transformer? model, Transformer? zero = null,
    Func<int, string>? text = null, SkipTrigramOptions? options = null)
{
    private readonly SkipTrigramOptions _options = options ?? new SkipTrigramOptions();

    /// <summary>The tables of some heads; the text is walked over once for all of them.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="cancellation">Checked between steps.</param>
    public IReadOnlyList<SkipTrigramTable> Of(
        IReadOnlyList<SkipTrigramScores> heads, CancellationToken cancellation = default)
    {
        StrongestTrigrams[]? occurring = texts is null
            ? null
            : SkipTrigramSearch.Occurring(
                heads, tokens, texts.Train, _options.MinOccurrences, _options.PerSource,
                cancellation);
        return [.. heads.Select((head, i) => Table(head, occurring?[i], cancellation))];
    }

    private SkipTrigramTable Table(
        SkipTrigramScores scores, StrongestTrigrams? occurring, CancellationToken cancellation)
    {
        ScoredTrigram[] strongest = SkipTrigramSearch.Strongest(
            scores, tokens, _options.Rows, _options.PerSource);
        ScoredTrigram[] copying = SkipTrigramSearch.Copying(scores, tokens, _options.Examples);
        Dictionary<SkipTrigram, ForcedTrigram> bugs = occurring is null || texts is null
            ? []
            : SkipTrigramSearch.UnintendedTrigrams(
                occurring, scores, texts.Train, _options.Examples)
                .ToDictionary(bug => bug.Scored.Trigram);
        ScoredTrigram[] all =
        [
            .. (occurring?.Falling(_options.Rows) ?? []).Concat(strongest).Concat(copying)
                .Concat(bugs.Values.Select(bug => bug.Scored))
                .DistinctBy(scored => scored.Trigram)
                .Order(StrongestTrigrams.Stronger),
        ];
        return new SkipTrigramTable(
            scores.Head.ToString(),
            [.. all.Select(scored => Row(scored, bugs, cancellation))],
            tokens.Ids.Length,
            tokens.LeftOut,
            tokens.MinCount,
            texts?.Train.Window ?? 0);
    }

    private SkipTrigramRow Row(
        ScoredTrigram scored, Dictionary<SkipTrigram, ForcedTrigram> bugs,
        CancellationToken cancellation)
    {
        SkipTrigram trigram = scored.Trigram;
        int[] places = texts?.HeldOut.Places(trigram) ?? [];
        bool isBug = bugs.TryGetValue(trigram, out ForcedTrigram bug);
        return new SkipTrigramRow(
            trigram.Source,
            trigram.Destination,
            trigram.Out,
            scored.Score,
            scored.Effect,
            texts?.Train.Count(trigram),
            texts is null ? null : places.Length,
            MeanLoss(model, places, cancellation),
            MeanLoss(zero, places, cancellation),
            IsCopy(trigram),
            isBug,
            isBug ? [bug.KnownOut, bug.KnownDestination] : null);
    }

    private double? MeanLoss(Transformer? measured, int[] places, CancellationToken cancellation)
    {
        if (measured is null || texts is null || places.Length == 0)
        {
            return null;
        }

        var cases = SkipTrigramCheck.Sampled(places, _options.LossPlaces)
            .Select(place => (texts.HeldOut.Context(place).ToArray(), texts.HeldOut.Next(place)))
            .ToList();
        return PassageLosses.After(measured, cases, cancellation).Average();
    }

    private bool IsCopy(SkipTrigram trigram) =>
        trigram.Source == trigram.Out
        || (text is not null && string.Equals(
            text(trigram.Source).Trim(), text(trigram.Out).Trim(),
            StringComparison.OrdinalIgnoreCase));
}
