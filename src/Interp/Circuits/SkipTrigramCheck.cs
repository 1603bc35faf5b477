using Vitrine.Interp.Losses;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>One skip-trigram, read from the weights and tested on the model.</summary>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Source">The token that is attended to.</param>
/// <param name="Destination">The token that attends.</param>
/// <param name="Out">The token that is raised.</param>
/// <param name="Score">The attention score above an average token's; in the ranking by the text,
/// including the source's distance at its places.</param>
/// <param name="Effect">The effect on the logit above an average token's; in the ranking by the
/// text, above the destination's own effect.</param>
/// <param name="Occurrences">How often it occurs in the text.</param>
/// <param name="Places">At how many of these places it was tested.</param>
/// <param name="With">The mean log-probability of the out token, in nats.</param>
/// <param name="Without">The same with the source replaced.</param>
/// <param name="Difference">The source's contribution: with minus without.</param>
/// <param name="Error">The standard error of the difference over places; null for one
/// place.</param>
/// <param name="Reason">Why it adds nothing; null if it does.</param>
public sealed record SkipTrigramTrial(
    string Head, int Source, int Destination, int Out, double Score, double Effect, int Occurrences,
    int Places, double With, double Without, double Difference, double? Error, string? Reason);

/// <summary>Whether the model does what its weights predict: the strongest skip-trigrams in a text,
/// with and without their source.</summary>
/// <remarks>
/// <code>difference = mean over places of
/// [ log p(out | context) − 1/16 Σ log p(out | context with r for the source) ]</code>
/// with r drawn from the training text's unigram distribution, anew for every place and trial, and
/// substituted wherever the source occurs before the destination.
/// <para>The strongest are found twice: by the attention score × effect of the weights alone, and
/// by both at the places in the text (<see cref="SkipTrigramScores.InText"/>), including the
/// distance of the source and without the destination's own effect.</para>
/// </remarks>
/// <param name="Trials">The strongest by score × effect in the text, by falling strength.</param>
/// <param name="Positive">For how many the source raises the out token's log-probability.</param>
/// <param name="Replacements">The number of replacement tokens at each place.</param>
/// <param name="MinOccurrences">The minimum number of occurrences of each in the text.</param>
/// <param name="Window">The context.</param>
public sealed record SkipTrigramCheck(
    IReadOnlyList<SkipTrigramTrial> Trials, int Positive, int Replacements, int MinOccurrences,
    int Window)
    : Analysis(
        "skip-trigram-check",
        "Does the model do what the weights predict?",
        "nats",
        "The strongest skip-trigrams by score × effect among those in the held-out text, by two "
        + "rankings: in the text, with the score for the source's distance and without the "
        + "destination's own effect; and by the weights alone. At up to 64 places each, the "
        + "log-probability of the out token minus its mean with the source replaced by 16 tokens "
        + "drawn from the unigram distribution of the training text.")
{
    private const int MostPlaces = 64;
    private const int Replaced = 16;
    private const double NoRoom = -0.1;

    /// <summary>The strongest by score × effect of the weights alone, by falling
    /// strength.</summary>
    public IReadOnlyList<SkipTrigramTrial> WeightTrials { get; init; } = [];

    /// <summary>For how many of <see cref="WeightTrials"/> the source raises the out token's
    /// log-probability.</summary>
    public int WeightPositive { get; init; }

    /// <summary>Tests the strongest skip-trigrams of all heads together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Its heads as read from the weights.</param>
    /// <param name="tokens">The included tokens and their frequencies.</param>
    /// <param name="heldOut">A text not used for training.</param>
    /// <param name="count">How many to test.</param>
    /// <param name="minOccurrences">The minimum number of occurrences of each in the text.</param>
    /// <param name="seed">The seed of the replacements.</param>
    /// <param name="cancellation">Checked between batches.</param>
    internal static SkipTrigramCheck Of(
        Transformer model, IReadOnlyList<SkipTrigramScores> heads, TokenSubset tokens,
        SkipTrigramText heldOut, int count = 20, int minOccurrences = 5, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        StrongestTrigrams[][] found = SkipTrigramSearch.Occurring(
            heads, tokens, heldOut, minOccurrences, perSource: count,
            [SkipTrigramSearch.InText, SkipTrigramSearch.ByWeights], cancellation);
        var replacements = new Unigram(tokens.Unigram, seed);
        var tried = new Dictionary<SkipTrigram, SkipTrigramTrial>();
        SkipTrigramTrial[] inText = [.. Strongest(found[0]).Select(Tried)];
        SkipTrigramTrial[] byWeights = [.. Strongest(found[1]).Select(Tried)];
        return new SkipTrigramCheck(
            inText, Positives(inText), Replaced, minOccurrences, heldOut.Window)
        {
            WeightTrials = byWeights,
            WeightPositive = Positives(byWeights),
        };

        List<(SkipTrigramScores Head, ScoredTrigram Scored)> Strongest(StrongestTrigrams[] best) =>
        [
            .. best.SelectMany((one, i) => one.Falling(count).Select(scored => (heads[i], scored)))
                .OrderBy(pair => pair.scored, StrongestTrigrams.Stronger)
                .DistinctBy(pair => pair.scored.Trigram)
                .Take(count),
        ];

        // What both rankings name is tried once.
        SkipTrigramTrial Tried((SkipTrigramScores Head, ScoredTrigram Scored) one)
        {
            SkipTrigram trigram = one.Scored.Trigram;
            if (!tried.TryGetValue(trigram, out SkipTrigramTrial? trial))
            {
                trial = Try(
                    model, one.Head.Head, one.Scored, heldOut, replacements, cancellation);
                tried.Add(trigram, trial);
            }

            trial = trial with
            {
                Head = one.Head.Head.ToString(),
                Score = one.Scored.Score,
                Effect = one.Scored.Effect,
            };
            return trial.Difference > 0
                ? trial : trial with { Reason = Why(trial, one.Head, heads) };
        }

        static int Positives(SkipTrigramTrial[] trials) =>
            trials.Count(trial => trial.Difference > 0);
    }

    /// <summary>At most that many of the places, evenly spread.</summary>
    internal static int[] Sampled(int[] places, int most) => places.Length <= most
        ? places
        : [.. Enumerable.Range(0, most).Select(i => places[(int)((long)i * places.Length / most)])];

    private static SkipTrigramTrial Try(
        Transformer model, Head head, ScoredTrigram scored, SkipTrigramText text,
        Unigram replacements, CancellationToken cancellation)
    {
        SkipTrigram trigram = scored.Trigram;
        int[] all = text.Places(trigram);
        int[] places = Sampled(all, MostPlaces);
        var cases = new List<(int[] Context, int Next)>();
        foreach (int place in places)
        {
            int[] context = text.Context(place).ToArray();
            cases.Add((context, trigram.Out));
            for (int i = 0; i < Replaced; i++)
            {
                int[] changed = [.. context];
                changed.AsSpan(0, changed.Length - 1).Replace(trigram.Source, replacements.Next());
                cases.Add((changed, trigram.Out));
            }
        }

        double[] losses = PassageLosses.After(model, cases, cancellation);
        double[] with = new double[places.Length];
        double[] without = new double[places.Length];
        double[] differences = new double[places.Length];
        for (int place = 0; place < places.Length; place++)
        {
            int first = place * (Replaced + 1);
            with[place] = -losses[first];
            without[place] = -losses.AsSpan(first + 1, Replaced).ToArray().Average();
            differences[place] = with[place] - without[place];
        }

        return new SkipTrigramTrial(
            head.ToString(), trigram.Source, trigram.Destination, trigram.Out, scored.Score,
            scored.Effect, all.Length, places.Length, with.Average(), without.Average(),
            differences.Average(),
            Spread.Of(differences).Deviation / Math.Sqrt(differences.Length), null);
    }

    private static string Why(
        SkipTrigramTrial trial, SkipTrigramScores head, IReadOnlyList<SkipTrigramScores> heads)
    {
        var trigram = new SkipTrigram(trial.Source, trial.Destination, trial.Out);
        double others = heads.Where(other => other != head)
            .Select(other => other[trigram]).Sum(
                scored => Math.Max(0, scored.Score) * scored.Effect);
        if (trial.Error is { } error && Math.Abs(trial.Difference) < 2 * error)
        {
            return FormattableString.Invariant(
                $"not distinguishable from 0 at {trial.Places} places (standard error {error:F2})");
        }

        if (trial.With > NoRoom)
        {
            return FormattableString.Invariant(
                $"no room: the out token already has probability {Math.Exp(trial.With):F2}");
        }

        return others < -trial.Score * trial.Effect / 2
            ? FormattableString.Invariant(
                $"other heads that attend to the source lower it (score × effect {others:F1})")
            : "this head's terms do not explain it: the rest of the context outweighs them";
    }

    /// <summary>Tokens drawn by how common they are.</summary>
    private sealed class Unigram
    {
        private readonly double[] _upTo;
        private readonly CounterRandom _random;
        private ulong _drawn;

        public Unigram(double[] probabilities, ulong seed)
        {
            _upTo = new double[probabilities.Length];
            _random = new CounterRandom(seed, stream: 0x5b);
            double sum = 0;
            for (int token = 0; token < _upTo.Length; token++)
            {
                _upTo[token] = sum += probabilities[token];
            }
        }

        public int Next()
        {
            double at = _random.Uniform(_drawn++) * _upTo[^1];
            int low = 0;
            int high = _upTo.Length - 1;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _upTo[middle] > at ? (low, middle) : (middle + 1, high);
            }

            return low;
        }
    }
}
