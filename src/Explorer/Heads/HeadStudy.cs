using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;

namespace Vitrine.Explorer;

/// <summary>What the pages of heads say beside their scores: examples, what they write, partners,
/// what breaks without them, and what chance would score.</summary>
internal sealed record HeadStudy
{
    private const double LeastZ = 3;
    private const int Partners = 6;
    private const int Sources = 5;
    private const int ManyHeads = 32;
    private const int Shuffles = 8;

    /// <summary>What chance gives, by score.</summary>
    public required IReadOnlyDictionary<string, ScoreBand> Baselines { get; init; }

    /// <summary>By the head's name.</summary>
    public required IReadOnlyDictionary<string, HeadDetails> Details { get; init; }

    /// <summary>Studies every head of a model.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="table">The heads' scores.</param>
    /// <param name="repeats">Repeated random tokens.</param>
    /// <param name="pieces">Pieces of text; null for none, and then without examples.</param>
    /// <param name="tokens">The tokens whose outputs are listed; null for none.</param>
    /// <param name="seed">The seed of draws.</param>
    /// <param name="cancellation">Checked between heads.</param>
    public static HeadStudy Of(
        Transformer model, HeadTable table, RepeatedTokens repeats,
        IReadOnlyList<int[]>? pieces = null, TokenSubset? tokens = null, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        var kinds = table.Rows.Where(row => row.Kinds.Count > 0).ToDictionary(
            row => new Head(row.Layer, row.Head), row => row.Kinds[0]);
        IReadOnlyDictionary<Head, IReadOnlyList<TextExample>>? examples = pieces is null
            ? null : TextExamples.Of(model, kinds, pieces, seed, cancellation);
        var sets = new List<(string Name, AblationTrials Trials)>
        {
            ($"random repeats, {repeats.Sequences.Count} sequences",
                AblationTrials.Of(model, repeats)),
        };
        if (pieces is not null)
        {
            sets.Add((
                $"ordinary text, {pieces.Count} pieces", AblationTrials.Of(model, pieces)));
        }

        using var reading = new HeadReading(model);
        IReadOnlyList<CompositionEdge> edges =
            model.Config.Layers > 1 ? reading.Composition(seed: seed).Edges : [];
        var details = new Dictionary<string, HeadDetails>();
        foreach (HeadRow row in table.Rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var head = new Head(row.Layer, row.Head);
            (IReadOnlyList<HeadWrite>? writes, double? self) = (null, null);
            if (tokens is not null)
            {
                (writes, self) = Written(reading, head, tokens, cancellation);
            }

            details[head.ToString()] = new HeadDetails
            {
                Ablations = [.. Broken(sets, head, table.Rows.Count)],
                Examples = examples?[head].Select(HeadExample.Of).ToArray(),
                Sampled = examples is null ? null
                    : $"One place from each tenth of its score range over {pieces!.Count} pieces "
                        + $"of {pieces[0].Length} tokens, highest first.",
                Writes = writes,
                SelfOnTop = self,
                Partners = edges.Count == 0 ? null : PartnersOf(head.ToString(), edges, kinds),
            };
        }

        return new HeadStudy
        {
            Details = details,
            Baselines = Chance(model, repeats, pieces, seed),
        };
    }

    private static Dictionary<string, ScoreBand> Chance(
        Transformer model, RepeatedTokens repeats, IReadOnlyList<int[]>? pieces, ulong seed)
    {
        RepeatedTokens few = repeats.First(4);
        int[][]? text = pieces is null ? null : [.. pieces.Take(4)];
        return ShuffledHeads.Of(
            model,
            shuffled => text is null
                ? HeadTable.Of(HeadScores.OnRepeatedTokens(shuffled, few))
                : HeadTable.Of(
                    HeadScores.OnRepeatedTokens(shuffled, few), HeadScores.OnText(shuffled, text)),
            Shuffles, seed).ToDictionary(
                pair => pair.Key, pair => new ScoreBand(pair.Value.Low, pair.Value.High));
    }

    private static IEnumerable<HeadAblation> Broken(
        IEnumerable<(string Name, AblationTrials Trials)> sets, Head head, int heads)
    {
        foreach ((string name, AblationTrials trials) in sets)
        {
            AblationKind[] kinds = heads > ManyHeads || trials.Sequences < 2
                ? [AblationKind.Mean]
                : [AblationKind.Mean, AblationKind.Zero, AblationKind.Resample];
            foreach (AblationKind kind in kinds)
            {
                AblationTrial trial = trials.Without([head], kind);
                yield return new HeadAblation(
                    name, $"{kind}".ToLowerInvariant(), trial.Increase.Value, trial.Deviation);
            }
        }
    }

    private static HeadPartner[] PartnersOf(
        string head, IReadOnlyList<CompositionEdge> edges, Dictionary<Head, string> kinds) =>
    [
        .. edges.Where(edge => edge.Z >= LeastZ && (edge.From == head || edge.To == head))
            .OrderByDescending(edge => edge.Z).Take(Partners)
            .Select(edge =>
            {
                bool reads = edge.To == head;
                string other = reads ? edge.From : edge.To;
                return new HeadPartner(
                    other, kinds.GetValueOrDefault(Named(other)), edge.Kind,
                    reads ? "from" : "to", edge.Z);
            }),
    ];

    private static Head Named(string name) => Head.TryParse(name, out Head head) ? head : default;

    /// <summary>What attending to the tokens with the largest outputs raises, and how many tokens
    /// raise themselves most.</summary>
    private static (IReadOnlyList<HeadWrite>? Writes, double? Self) Written(
        HeadReading reading, Head head, TokenSubset tokens, CancellationToken cancellation)
    {
        using HeadCircuits raw = HeadCircuits.Of(reading[head], CircuitForm.Scores);
        using HeadCircuits circuits = raw.AgainstAverage(tokens.Unigram);
        using LowRank among = circuits.OV.Of(tokens.Ids, tokens.Ids);
        int[] sources =
        [
            .. LargestEntries.Of(among, 8 * Sources, cancellation: cancellation)
                .Select(entry => tokens.Ids[entry.Row]).Distinct().Take(Sources),
        ];
        var scores = new SkipTrigramScores(head, circuits);
        return (
            [
                .. sources.Select(source => new HeadWrite(
                    source,
                    [.. TokenCircuit.Of(scores, tokens, source, 2).Raises.Select(one => one.Id)])),
            ],
            Copying.Among(among).TopSelf);
    }
}
