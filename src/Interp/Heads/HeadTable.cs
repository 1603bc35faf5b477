namespace Vitrine.Interp.Heads;

/// <summary>One score of a head.</summary>
/// <param name="Value">The mean over sequences.</param>
/// <param name="Deviation">The standard deviation over sequences; null with one.</param>
/// <param name="Rank">1 for the highest of all heads of the model.</param>
public sealed record RankedScore(double Value, double? Deviation, int Rank);

/// <summary>A head with all its scores.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Head">Its number within the layer.</param>
/// <param name="Kinds">Its kinds, by <see cref="HeadTable"/>'s rule; empty if none.</param>
/// <param name="Scores">Scores by <see cref="HeadScoreNames"/>.</param>
public sealed record HeadRow(
    int Layer, int Head, IReadOnlyList<string> Kinds,
    IReadOnlyDictionary<string, RankedScore> Scores);

/// <summary>All heads of a model with their scores and kinds.</summary>
/// <param name="Layers">Layers.</param>
/// <param name="Heads">Heads in each.</param>
/// <param name="Rows">The heads, layer by layer.</param>
/// <param name="Samples">The samples on which the scores were measured.</param>
public sealed record HeadTable(
    int Layers, int Heads, IReadOnlyList<HeadRow> Rows, IReadOnlyList<HeadScores> Samples)
    : Analysis(
        "heads",
        "What does each head do, and how sure are we?",
        "share of attention",
        "A kind is named if the mean attention to its keys is at least 0.3 and at least twice that "
        + "of uniform attention; induction is judged by prefix matching on repeated random tokens, "
        + "the other kinds on text if available.")
{
    /// <summary>The minimum score that names a kind.</summary>
    public const double LeastScore = 0.3;

    private static readonly (string Score, string Kind)[] Kinds =
    [
        (HeadScoreNames.PrefixMatching, "induction"),
        (HeadScoreNames.PreviousToken, "previous token"),
        (HeadScoreNames.DuplicateToken, "duplicate token"),
        (HeadScoreNames.FirstToken, "first token"),
        (HeadScoreNames.CurrentToken, "current token"),
    ];

    /// <summary>The score that decides on a kind.</summary>
    internal static string ScoreOf(string kind) =>
        Kinds.First(one => one.Kind == kind).Score;

    /// <summary>Combines samples; if several have a score, the last one counts.</summary>
    /// <param name="samples">Repeated tokens, then text.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static HeadTable Of(params IReadOnlyList<HeadScores> samples)
    {
        if (samples.Count == 0)
        {
            throw new ArgumentException(
                "HeadTable: at least one sample is needed; got none.", nameof(samples));
        }

        var scores = new Dictionary<string, HeadScore>();
        foreach (HeadScore score in samples.SelectMany(sample => sample.Scores))
        {
            scores[score.Name] = score;
        }

        HeadScore first = samples[0].Scores[0];
        HeadRow[] rows =
        [
            .. first.Heads.Select(head => new HeadRow(
                head.Layer,
                head.Index,
                [.. Kinds.Where(kind => IsOne(scores, kind.Score, head)).Select(kind => kind.Kind)],
                scores.ToDictionary(pair => pair.Key, pair => Ranked(pair.Value, head)))),
        ];
        return new HeadTable(first.Mean.Length, first.Mean[0].Length, rows, samples);
    }

    private static bool IsOne(Dictionary<string, HeadScore> scores, string name, Head head) =>
        scores.TryGetValue(name, out HeadScore? score)
        && score[head] >= Math.Max(LeastScore, 2 * (score.Uniform ?? 0));

    private static RankedScore Ranked(HeadScore score, Head head) => new(
        score[head], score.DeviationOf(head),
        1 + score.Mean.Sum(row => row.Count(other => other > score[head])));
}
