using Vitrine.Autograd;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Induction;

/// <summary>Measures the induction circuit of a model, claim by claim.</summary>
internal sealed class InductionMeasurement
{
    private const int Offsets = 6;
    private const int SampleTokens = 10;
    private const ulong LengthStream = 0x4C656E67;
    private readonly Transformer _model;
    private readonly InductionOptions _options;
    private readonly TokenSubset _common;
    private readonly IReadOnlyList<int[]> _text;
    private readonly Corpus _corpus;

    public InductionMeasurement(
        Transformer model, Corpus corpus, TokenSubset common, InductionOptions options)
    {
        if (model.Config.Layers < 2)
        {
            throw new ArgumentException(
                "InductionCircuit: a circuit of two heads in series needs at least 2 layers; got "
                + $"{model.Config.Layers}; use a model of two layers.", nameof(model));
        }

        (_model, _corpus, _options) = (model, corpus, options);
        _common = options.OnlyTypes ? common.Among(corpus.CommonTokens(options.Types[0])) : common;
        _text = TextWindows.HeldOut(corpus, model.Config.Context, options.TextWindows);
    }

    /// <param name="repeats">Tokens of the first types and length, repeated.</param>
    /// <param name="scores">Every head on them.</param>
    public InductionCircuit Measure(RepeatedTokens repeats, HeadScores scores)
    {
        HeadScore matching = scores[HeadScoreNames.PrefixMatching];
        Head best = matching.Best();
        Head[] heads =
            [.. matching.Heads.Where(head => matching[head] >= InductionOptions.LeastScore)];
        PreviousTokenClaim previous = Previous(best.Layer, out Head writer);
        return new InductionCircuit(
            best.ToString(),
            matching[best],
            [.. heads.Select(head => head.ToString())],
            Passage(repeats, best),
            previous,
            Composed(best, writer),
            Matched(best, writer),
            Copies(best),
            InductionAblation.Of(
                _model, repeats, heads.Length == 0 ? [best] : heads, _options.Seed),
            [Result(scores, Occurring(_options.Types[0]), repeats), .. OtherRepeats(), Varied()],
            HeadScores.OnText(_model, _text).InContext!);
    }

    private IEnumerable<PrefixMatchingResult> OtherRepeats()
    {
        var others = _options.Types.Skip(1).Select(types => (types, _options.Lengths[0]))
            .Concat(_options.Lengths.Skip(1).Select(length => (_options.Types[0], length)));
        foreach ((int types, int length) in others)
        {
            RepeatedTokens repeats = _options.Repeats(_corpus, _model, types, length);
            yield return Result(
                HeadScores.OnRepeatedTokens(_model, repeats, copying: false), Occurring(types),
                repeats);
        }
    }

    /// <summary>How many of that many types occur in the text.</summary>
    private int Occurring(int types) => _corpus.CommonTokens(types).Length;

    /// <summary>With a length of copies drawn for each sequence, from an eighth to half the
    /// context.</summary>
    private PrefixMatchingResult Varied()
    {
        int longest = (_model.Config.Context - 1) / 2;
        int shortest = Math.Max(1, _model.Config.Context / 8);
        var random = new CounterRandom(_options.Seed, LengthStream);
        var each = new HeadScores[_options.Sequences];
        for (int i = 0; i < each.Length; i++)
        {
            int length = shortest + random.Integer((ulong)i, longest - shortest + 1);
            each[i] = HeadScores.OnRepeatedTokens(
                _model,
                RepeatedTokens.OfCommon(
                    _corpus, _options.Types[0], _model.Config.Context, length, 1,
                    _options.Seed + (ulong)i),
                copying: false);
        }

        double[][][] scores = [.. each.Select(one => one[HeadScoreNames.PrefixMatching].Mean)];
        Head best = Head.All(_model.Config).MaxBy(
            head => scores.Sum(one => one[head.Layer][head.Index]));
        double[] own = [.. scores.Select(one => one[best.Layer][best.Index])];
        var spread = Spread.Of(own);
        return new PrefixMatchingResult(
            Occurring(_options.Types[0]), null, each.Length, best.ToString(), spread.Mean,
            spread.Deviation, each.Average(one => one.Repeats!.First),
            each.Average(one => one.Repeats!.Second));
    }

    private static PrefixMatchingResult Result(HeadScores scores, int types, RepeatedTokens repeats)
    {
        HeadScore matching = scores[HeadScoreNames.PrefixMatching];
        Head best = matching.Best();
        return new PrefixMatchingResult(
            types, repeats.Length, scores.Sequences, best.ToString(),
            matching[best], matching.DeviationOf(best),
            scores.Repeats!.First, scores.Repeats.Second);
    }

    /// <summary>The place in the first sequence where the head looks back and what it finds there
    /// is predicted: weight × probability is largest.</summary>
    private InductionPassage Passage(RepeatedTokens repeats, Head head)
    {
        int[] tokens = repeats.Sequences[0];
        using Tensor<int> batch = _model.Batch(tokens);
        using ActivationCache cache = _model.RunWithCache(
            batch, HookNames.Pattern(head.Layer), HookNames.UnembedOut);
        Tensor<float> pattern = cache.Head(HookNames.Pattern(head.Layer), head.Index);
        int first = repeats.Start + repeats.Length;
        int destination = Enumerable.Range(first, repeats.Length - 1).MaxBy(query =>
        {
            int found = query - repeats.Length + 1;
            using Tensor<float> next = Probabilities(query);
            return pattern[0, query, found] * next[0, tokens[found]];
        });
        int source = destination - repeats.Length;
        using Tensor<float> probabilities = Probabilities(destination);
        using Tensor<int> likeliest = Ops.ArgMax(probabilities, -1);
        int predicted = likeliest[0];
        return new InductionPassage(
            tokens, source, destination, predicted, pattern[0, destination, source + 1],
            probabilities[0, predicted]);

        Tensor<float> Probabilities(int position) =>
            Ops.Softmax(cache.Position(HookNames.UnembedOut, position));
    }

    /// <summary>The head below a layer that attends most to the previous token.</summary>
    private PreviousTokenClaim Previous(int below, out Head writer)
    {
        var pass = new HeadPass(
            _model,
            [
                .. Enumerable.Range(1, Offsets).Select(offset => new Detector(
                    offset.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    row => DetectionPattern.AtDistance(row.Length, offset))),
            ],
            copying: false);
        pass.Run(_text, CancellationToken.None);
        IReadOnlyList<HeadScore> scores = pass.Scores();
        HeadScore previous = scores[0];
        Head best = Head.All(Math.Max(below, 1), _model.Config.Heads)
            .MaxBy(head => previous[head]);
        writer = best;
        double[] others =
        [
            .. previous.Heads.Where(head => head != best).Select(head => previous[head]).Order(),
        ];
        double score = previous[best];
        return new PreviousTokenClaim(
            best.ToString(),
            score,
            previous.DeviationOf(best),
            [.. scores.Select(offset => offset[best])],
            others.Length == 0 ? null : new Band(
                Spread.Quantile(others, 0.05), Spread.Quantile(others, 0.95)),
            FormattableString.Invariant($"at least {InductionOptions.LeastScore}"),
            best.Layer < below && score >= InductionOptions.LeastScore);
    }

    private CompositionClaim Composed(Head head, Head writer)
    {
        using var reading = new HeadReading(_model);
        CompositionEdge[] edges =
        [
            .. reading.Composition(seed: _options.Seed).Edges
                .Where(edge => edge.Kind == "K" && edge.To == head.ToString()),
        ];
        if (edges.Length == 0)
        {
            return new CompositionClaim(
                "K", "–", 0, 0, 0, 0, "a head of an earlier layer", Holds: false);
        }

        CompositionEdge strongest = edges.MaxBy(edge => edge.Value)!;
        return new CompositionClaim(
            "K", strongest.From, strongest.Value, strongest.Mean, strongest.Sd, strongest.Z,
            FormattableString.Invariant(
                $"the previous-token head's is strongest, z ≥ {InductionOptions.LeastZ}"),
            strongest.From == writer.ToString() && strongest.Z >= InductionOptions.LeastZ);
    }

    private MatchingClaim Matched(Head head, Head writer)
    {
        using var reading = new HeadReading(_model);
        HeadWeights reader = reading[head];
        HeadWeights written = reading[writer];
        using Tensor<float> values = Ops.MatMul(reader.W_E, written.W_V);        // [vocab, dHead]
        using Tensor<float> stream = Ops.MatMul(values, written.W_O);            // [vocab, dModel]
        using var all = new LowRank(
            Ops.MatMul(reader.W_E, reader.W_Q), Ops.MatMul(stream, reader.W_K));
        using LowRank among = all.Of(_common.Ids, _common.Ids);
        CopyingAmong diagonal = Copying.Among(among);
        double chance = 1.0 / among.Rows;
        int[] places =
        [
            .. Enumerable.Range(0, Math.Min(SampleTokens, among.Rows))
                .Select(i => (int)((long)i * among.Rows / SampleTokens)),
        ];
        return new MatchingClaim(
            diagonal.TopSelf, chance, among.Rows,
            [.. places.Select(row => Scaled([.. places.Select(column => among[row, column])]))],
            [.. places.Select(place => _common.Ids[place])],
            FormattableString.Invariant($"at least {InductionOptions.LeastMatching}"),
            diagonal.TopSelf >= InductionOptions.LeastMatching);
    }

    private CopyingClaim Copies(Head head)
    {
        using var reading = new HeadReading(_model);
        RandomSpectrum random = RandomSpectrum.Draw(
            _model.Config.DModel, _model.Config.DHead, seed: _options.Seed);
        Copying copying = Copying.Of(head, reading[head], _common, random, all: false);
        CopyingAmong among = copying.Tokens;
        double least = random.Mean + (2 * random.Sd);
        return new CopyingClaim(
            among.Score, copying.Eigenvalues, copying.Baseline, among.RaiseSelf,
            FormattableString.Invariant(
                $"above {least:F2}, two standard deviations above random matrices"),
            among.Score > least);
    }

    /// <summary>A row minus its mean, divided by its largest modulus.</summary>
    private static double[] Scaled(double[] row)
    {
        double mean = row.Average();
        double most = row.Max(value => Math.Abs(value - mean));
        return most == 0 ? row : [.. row.Select(value => (value - mean) / most)];
    }
}
