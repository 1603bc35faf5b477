namespace Vitrine.Interp.Circuits;

/// <summary><c>source … destination → out</c>: the source is anywhere before the destination in its
/// document and within the context, and the out token follows the destination.</summary>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Destination">The token that attends.</param>
/// <param name="Out">The token that is raised.</param>
internal readonly record struct SkipTrigram(int Source, int Destination, int Out);

/// <summary>A skip-trigram and its strength.</summary>
/// <param name="Trigram">The tokens.</param>
/// <param name="Score">The attention score above that of an average token, in nats; where a text
/// gives the position of the source, including its distance.</param>
/// <param name="Effect">The contribution of attending to the source to the logit of the out token,
/// above that of an average token; in a text, above the destination's own effect
/// (<see cref="SkipTrigramScores.InText"/>).</param>
internal readonly record struct ScoredTrigram(SkipTrigram Trigram, double Score, double Effect)
{
    /// <summary>The rank of a skip-trigram: score × effect if both are positive, else 0.</summary>
    public double Strength => Score > 0 && Effect > 0 ? Score * Effect : 0;
}

/// <summary>The strength of skip-trigrams by the weights of one head.</summary>
/// <remarks> Scores and effects are those of <see cref="HeadCircuits.AgainstAverage"/>: differences
/// from a token drawn from the text, which to first order is the change when such a token replaces
/// the source. </remarks>
/// <param name="head">The head's place.</param>
/// <param name="circuits">The head's circuits in the form of scores, relative to the average;
/// borrowed.</param>
/// <param name="byDistance">A distance's contribution to the score
/// (<see cref="PositionShare.ScoreByDistance"/>); null for nothing.</param>
internal sealed class SkipTrigramScores(
    Head head, HeadCircuits circuits, IReadOnlyList<double>? byDistance = null)
{
    /// <summary>The head.</summary>
    public Head Head { get; } = head;

    /// <summary>The head's circuits; borrowed.</summary>
    public HeadCircuits Circuits { get; } = circuits;

    /// <summary>Each distance's contribution to the score, from 0; empty for none.</summary>
    public IReadOnlyList<double> ByDistance { get; } = byDistance ?? [];

    /// <summary>The strength of one by its tokens.</summary>
    public ScoredTrigram this[SkipTrigram trigram] => new(
        trigram,
        Circuits.QK[trigram.Destination, trigram.Source],
        Circuits.OV[trigram.Source, trigram.Out]);

    /// <summary>The strength of one where it occurs in a text.
    /// <code>
    /// score  = QK[d, s] + nearness
    /// effect = OV[s, o] − a · OV[d, o],   a = w / (w + n),   w = exp(QK[d, d] + distance 0)
    /// </code>
    /// The destination always sees itself too: a is the share of its attention that it gives itself
    /// among n average tokens, so that a source that writes the same as the destination does, the
    /// destination's own token above all, adds little.</summary>
    /// <param name="trigram">The tokens.</param>
    /// <param name="nearness">The mean contribution of the source's distance to the score.</param>
    /// <param name="others">n, the number of other tokens in the context.</param>
    public ScoredTrigram InText(SkipTrigram trigram, double nearness, int others)
    {
        double score = Circuits.QK[trigram.Destination, trigram.Source] + nearness;
        double effect = Circuits.OV[trigram.Source, trigram.Out];
        if (score <= 0 || effect <= 0)
        {
            return new ScoredTrigram(trigram, score, effect);
        }

        double itself = Circuits.QK[trigram.Destination, trigram.Destination]
            + (ByDistance.Count > 0 ? ByDistance[0] : 0);
        double share = 1 / (1 + (others * Math.Exp(-itself)));
        return new ScoredTrigram(
            trigram, score, effect - (share * Circuits.OV[trigram.Destination, trigram.Out]));
    }
}

/// <summary>The strongest of everything offered, whatever the order and the thread, with at most a
/// few per source. Strongest first; ties by source, destination, out.</summary>
internal sealed class StrongestTrigrams
{
    private readonly int _perSource;
    private readonly double[] _floors;
    private readonly List<ScoredTrigram>?[] _kept;
    private readonly Lock _gate = new();

    public StrongestTrigrams(int vocabulary, int perSource)
    {
        _perSource = perSource;
        _floors = new double[vocabulary];
        _kept = new List<ScoredTrigram>?[vocabulary];
    }

    public void Offer(ScoredTrigram scored)
    {
        double strength = scored.Strength;
        int source = scored.Trigram.Source;
        if (!(strength > 0) || strength < Volatile.Read(ref _floors[source]))
        {
            return;
        }

        lock (_gate)
        {
            List<ScoredTrigram> kept = _kept[source] ??= [];
            int at = kept.BinarySearch(scored, Stronger);
            kept.Insert(at < 0 ? ~at : at, scored);
            if (kept.Count > _perSource)
            {
                kept.RemoveAt(_perSource);
            }

            if (kept.Count == _perSource)
            {
                Volatile.Write(ref _floors[source], kept[^1].Strength);
            }
        }
    }

    public ScoredTrigram[] Falling(int count) =>
    [
        .. _kept.Where(kept => kept is not null).SelectMany(kept => kept!)
            .Order(Stronger).Take(count),
    ];

    /// <summary>The kept skip-trigrams, source by source.</summary>
    public IEnumerable<IReadOnlyList<ScoredTrigram>> BySource() =>
        _kept.OfType<List<ScoredTrigram>>();

    /// <summary>Strongest first; ties by the tokens.</summary>
    internal static Comparer<ScoredTrigram> Stronger { get; } = Comparer<ScoredTrigram>.Create(
        (x, y) => (y.Strength, x.Trigram.Source, x.Trigram.Destination, x.Trigram.Out).CompareTo(
            (x.Strength, y.Trigram.Source, y.Trigram.Destination, y.Trigram.Out)));
}
