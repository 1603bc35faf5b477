using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Induction;

/// <summary>Scores that show an induction circuit forming, measured often during
/// training.</summary>
/// <remarks>The names of the numbers are <see cref="PrefixMatching"/> and
/// <see cref="PreviousToken"/> followed by a head (<c>prefixMatching.1.0</c>), and the three below;
/// the sequences are the same at every step. For <c>TrainerOptions.Measure</c>.</remarks>
public sealed class FormationScores
{
    /// <summary>Prefix matching of a head on repeated random tokens; the prefix of a head's
    /// name.</summary>
    public const string PrefixMatching = "prefixMatching.";

    /// <summary>Attention of a head to the previous token, on held-out text.</summary>
    public const string PreviousToken = "previousToken.";

    /// <summary>The in-context-learning score on held-out text.</summary>
    public const string InContext = "inContext";

    /// <summary>The loss in the first copy of repeated random tokens.</summary>
    public const string RepeatFirst = "repeatFirst";

    /// <summary>The loss in the second copy.</summary>
    public const string RepeatSecond = "repeatSecond";

    /// <summary>The shortest context in which the scores can be measured.</summary>
    public const int LeastContext = 9;

    /// <summary>How many sequences of repeats, and windows of text, are measured each time; the
    /// findings about the trained model are measured on more.</summary>
    internal const int Sequences = 8;

    private const int Length = 50;
    private readonly RepeatedTokens _repeats;
    private readonly IReadOnlyList<int[]> _text;

    /// <summary>Draws the sequences.</summary>
    /// <param name="corpus">The text of the run.</param>
    /// <param name="context">The model's longest sequence, at least
    /// <see cref="LeastContext"/>.</param>
    /// <param name="types">How many of the commonest types random tokens are drawn from.</param>
    public FormationScores(Corpus corpus, int context, int types = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, LeastContext);
        _repeats = RepeatedTokens.OfCommon(corpus, types, context, Length, Sequences, seed: 0);
        _text = TextWindows.HeldOut(corpus, context, Sequences);
    }

    /// <summary>Measures a model: two forward passes.</summary>
    public IReadOnlyDictionary<string, double> Of(Transformer model)
    {
        HeadScores repeats = HeadScores.OnRepeatedTokens(model, _repeats, copying: false);
        HeadScores text = HeadScores.OnText(model, _text);
        var scores = new Dictionary<string, double>();
        Add(scores, PrefixMatching, repeats[HeadScoreNames.PrefixMatching]);
        Add(scores, PreviousToken, text[HeadScoreNames.PreviousToken]);
        scores[InContext] = text.InContext!.Score;
        scores[RepeatFirst] = repeats.Repeats!.First;
        scores[RepeatSecond] = repeats.Repeats.Second;
        return scores;
    }

    /// <summary>The highest of a score over heads.</summary>
    /// <param name="scores">The result of <see cref="Of"/>.</param>
    /// <param name="prefix"><see cref="PrefixMatching"/> or <see cref="PreviousToken"/>.</param>
    public static double Best(IReadOnlyDictionary<string, double> scores, string prefix) =>
        scores.Where(score => score.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Max(score => score.Value);

    private static void Add(Dictionary<string, double> scores, string prefix, HeadScore score)
    {
        foreach (Head head in score.Heads)
        {
            scores[prefix + head] = score[head];
        }
    }
}
