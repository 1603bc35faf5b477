using Vitrine.Autograd;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Heads;

/// <summary>A place in text where a head is active.</summary>
/// <param name="Tokens">The piece of text, <c>[pos]</c>.</param>
/// <param name="Query">The position that attends.</param>
/// <param name="Weights">Its attention weights on <c>Tokens[..(Query + 1)]</c>.</param>
/// <param name="Score">The weight on the keys that heads of its kind attend to.</param>
/// <param name="Next">The actual next token.</param>
/// <param name="Effect">That token's logit minus its logit with the head replaced by its
/// mean.</param>
/// <param name="LossChange">Its loss with the head replaced by its mean minus its loss,
/// nats.</param>
internal sealed record TextExample(
    int[] Tokens, int Query, float[] Weights, double Score, int Next, double Effect,
    double LossChange);

/// <summary>Places in text for every head, one from each of ten bands of its score: not only the
/// best.</summary>
/// <remarks>The score of a place is the attention weight on the keys of the head's kind: for
/// induction heads the tokens that followed earlier copies of the token, for previous-token heads
/// the previous token. A head of no kind is shown where it attends most strongly back to one token
/// after the first. Effects are those of <see cref="Ablation"/> by the mean over the same pieces,
/// so they include effects through later heads.</remarks>
internal static class TextExamples
{
    private const int Bands = 10;
    private const int Together = 8;

    /// <summary>Finds the places.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="kinds">The kind of each head that has one, as <see cref="HeadTable"/> names
    /// it.</param>
    /// <param name="pieces">Pieces of text of the same length of at least 3 tokens.</param>
    /// <param name="seed">The seed for the place within a band.</param>
    /// <param name="cancellation">Checked between heads.</param>
    /// <returns>For every head its places, by falling score.</returns>
    public static IReadOnlyDictionary<Head, IReadOnlyList<TextExample>> Of(
        Transformer model, IReadOnlyDictionary<Head, string> kinds, IReadOnlyList<int[]> pieces,
        ulong seed = 0, CancellationToken cancellation = default)
    {
        TextWindows.RequireOneLength("TextExamples", pieces, least: 3);
        Head[] heads = [.. Head.All(model.Config)];
        float[][][] scores = Scores(model, heads, kinds, pieces, cancellation);
        using Tensor<int> reference = model.Batch([.. pieces]);
        var found = new Dictionary<Head, IReadOnlyList<TextExample>>();
        for (int h = 0; h < heads.Length; h++)
        {
            cancellation.ThrowIfCancellationRequested();
            (int Piece, int Query)[] places = Chosen(scores[h], seed + (ulong)h);
            found[heads[h]] = places.Length == 0
                ? [] : Measured(model, heads[h], pieces, reference, places, scores[h]);
        }

        return found;
    }

    /// <summary>[head][piece][query]; NaN where a head of its kind has nothing to look at, or what
    /// follows is not known.</summary>
    private static float[][][] Scores(
        Transformer model, Head[] heads, IReadOnlyDictionary<Head, string> kinds,
        IReadOnlyList<int[]> pieces, CancellationToken cancellation)
    {
        float[][][] scores =
            [.. heads.Select(_ => pieces.Select(piece => new float[piece.Length]).ToArray())];
        for (int start = 0; start < pieces.Count; start += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            int[][] some = [.. pieces.Skip(start).Take(Together)];
            using Tensor<int> tokens = model.Batch(some);
            using Tape tape = Tape.NoGrad();
            int first = start;
            Hooks hooks = new Hooks().Observe("blocks.*.attn.hook_pattern", (point, pattern) =>
            {
                foreach ((Head head, int h) in heads.Select((head, h) => (head, h))
                    .Where(one => one.head.Layer == point.Layer))
                {
                    for (int b = 0; b < some.Length; b++)
                    {
                        Score(
                            pattern.Select(0, b).Select(0, head.Index).Span, some[b],
                            kinds.GetValueOrDefault(head), scores[h][first + b]);
                    }
                }
            });
            _ = model.Through(
                tape, model.Embedded(tape, tokens), 0, model.Config.Layers, hooks);
        }

        return scores;
    }

    private static void Score(
        ReadOnlySpan<float> pattern, int[] tokens, string? kind, float[] scores)
    {
        int n = tokens.Length;
        DetectionPattern? keys = kind switch
        {
            "induction" => DetectionPattern.Induction(tokens),
            "previous token" => DetectionPattern.PreviousToken(tokens),
            "duplicate token" => DetectionPattern.DuplicateToken(tokens),
            "first token" => DetectionPattern.FirstToken(tokens),
            "current token" => DetectionPattern.CurrentToken(tokens),
            _ => null,
        };
        for (int query = 0; query < n; query++)
        {
            ReadOnlySpan<float> row = pattern.Slice(query * n, query + 1);
            scores[query] = float.NaN;
            if (query + 1 == n)
            {
                continue;
            }

            if (keys is null)
            {
                for (int key = 1; key < query; key++)
                {
                    scores[query] = float.IsNaN(scores[query])
                        ? row[key] : Math.Max(scores[query], row[key]);
                }

                continue;
            }

            foreach (int key in keys.Keys(query))
            {
                scores[query] = (float.IsNaN(scores[query]) ? 0 : scores[query]) + row[key];
            }
        }
    }

    /// <summary>One place of each tenth between 0 and the highest score that has any, drawn at
    /// random; the highest of all for the uppermost.</summary>
    private static (int Piece, int Query)[] Chosen(float[][] scores, ulong seed)
    {
        var places = scores.SelectMany((piece, p) => piece.Select((score, query) =>
            (Score: score, Piece: p, Query: query))).Where(one => !float.IsNaN(one.Score)).ToList();
        if (places.Count == 0)
        {
            return [];
        }

        var random = new CounterRandom(seed, Bands);
        (float Score, int Piece, int Query) best = places.MaxBy(one => one.Score);
        float most = Math.Max(best.Score, float.Epsilon);
        return
        [
            .. places.GroupBy(one => Math.Min(Bands - 1, (int)(Bands * one.Score / most)))
                .OrderByDescending(band => band.Key)
                .Select((band, i) =>
                {
                    var all = band.ToList();
                    return i == 0 ? best : all[random.Integer((ulong)band.Key, all.Count)];
                })
                .OrderByDescending(one => one.Score)
                .Select(one => (one.Piece, one.Query)),
        ];
    }

    private static TextExample[] Measured(
        Transformer model, Head head, IReadOnlyList<int[]> pieces, Tensor<int> reference,
        (int Piece, int Query)[] places, float[][] scores)
    {
        using Tensor<int> tokens = model.Batch([.. places.Select(place => pieces[place.Piece])]);
        float[][] weights = new float[places.Length][];
        Hooks looking = new Hooks().Observe(HookNames.Pattern(head.Layer), (_, pattern) =>
        {
            for (int i = 0; i < places.Length; i++)
            {
                Tensor<float> one = pattern.Select(0, i).Select(0, head.Index);
                weights[i] = one.Span.Slice(
                    places[i].Query * one.Shape[1], places[i].Query + 1).ToArray();
            }
        });
        int[] rows = [.. places.Select((place, i) => (i * tokens.Shape[1]) + place.Query)];
        int[] next = [.. places.Select(place => pieces[place.Piece][place.Query + 1])];
        (double Logit, double Loss)[] with = PassageLosses.At(model, tokens, rows, next, looking);
        (double Logit, double Loss)[] without = PassageLosses.At(
            model, tokens, rows, next,
            Ablation.HooksFor(model, tokens, [head], AblationKind.Mean, reference));
        return
        [
            .. places.Select((place, i) => new TextExample(
                pieces[place.Piece], place.Query, weights[i], scores[place.Piece][place.Query],
                next[i], with[i].Logit - without[i].Logit,
                without[i].Loss - with[i].Loss)),
        ];
    }
}
