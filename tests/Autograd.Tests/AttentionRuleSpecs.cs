using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>Attention, fused and explicit, with its formula in float64.</summary>
internal static class AttentionRuleSpecs
{
    private const int Heads = 4;
    private const int KvHeads = 2;
    private const int Dim = 3;

    private static readonly Shape Query = [2, 5, Heads, Dim];
    private static readonly Shape Key = [2, 7, KvHeads, Dim];

    /// <summary>Two of the seven keys hidden from the fourth query.</summary>
    private static readonly Array64 Mask = new(
        [5, 7],
        [.. Enumerable.Range(0, 35).Select(i => i is 22 or 24 ? double.NegativeInfinity : i % 3)]);

    public static IEnumerable<RuleSpec> All =>
    [
        new()
        {
            Op = "Attention",
            Case = "causal",
            Inputs = [Query, Key, Key],
            Run = (t, v) => t.Attention(v[0], v[1], v[2]),
            Reference = v => Z(Softmax(Hidden(Scores(v[0], v[1], 1 / Math.Sqrt(Dim)))), v[2]),
        },
        new()
        {
            Op = "Attention",
            Case = "causal, with a relative bias and a mask",
            Inputs = [Query, Key, Key, [Heads, 7]],
            Run = (t, v) => t.Attention(
                v[0], v[1], v[2], new() { Scale = 0.5f }, v[3], mask: t.Own(Mask.ToTensor())),
            Reference = v => Z(
                Softmax(Add(Hidden(Biased(Scores(v[0], v[1], 0.5), v[3], 2)), Mask)), v[2]),
        },
        new()
        {
            Op = "Attention",
            Case = "both ways, with a relative bias",
            Inputs = [Query, Key, Key, [Heads, 11]],
            Run = (t, v) => t.Attention(
                v[0], v[1], v[2], new() { BothWays = true, Scale = 0.5f }, v[3]),
            Reference = v => Z(Softmax(Biased(Scores(v[0], v[1], 0.5), v[3], 6)), v[2]),
        },
        new()
        {
            Op = "AttentionScores",
            Inputs = [Query, Key, [Heads, 11]],
            Run = (t, v) => t.AttentionScores(
                v[0], v[1], new() { BothWays = true, Scale = 0.5f }, v[2]),
            Reference = v => Biased(Scores(v[0], v[1], 0.5), v[2], 6),
        },
        new()
        {
            Op = "AttentionScores",
            Case = "causal, seen through the pattern",
            Inputs = [Query, Key],
            Run = (t, v) => t.AttentionPattern(t.AttentionScores(v[0], v[1])),
            Reference = v => Softmax(Hidden(Scores(v[0], v[1], 1 / Math.Sqrt(Dim)))),
        },
        new()
        {
            Op = "Attention",
            Case = "a cap and sinks",
            Inputs = [Query, Key, Key, [Heads]],
            Run = (t, v) => t.Attention(
                v[0], v[1], v[2], new() { BothWays = true, Scale = 0.5f, SoftCap = 0.8f },
                sinks: v[3]),
            Reference = v => Z(WithSinks(
                Scores(v[0], v[1], 0.5).Map(x => 0.8f * Math.Tanh(x / 0.8f)), v[3]), v[2]),
        },
        new()
        {
            Op = "AttentionScores",
            Case = "a cap",
            Inputs = [Query, Key],
            Run = (t, v) => t.AttentionScores(
                v[0], v[1], new() { BothWays = true, Scale = 0.5f, SoftCap = 0.8f }),
            Reference = v =>
                Scores(v[0], v[1], 0.5).Map(x => 0.8f * Math.Tanh(x / 0.8f)),
        },
        new()
        {
            Op = "AttentionPattern",
            Case = "sinks",
            Inputs = [[2, Heads, 5, 7], [Heads]],
            Run = (t, v) => t.AttentionPattern(v[0], v[1]),
            Reference = v => WithSinks(v[0], v[1]),
        },
        new()
        {
            Op = "AttentionPattern",
            Inputs = [[2, Heads, 5, 7]],
            Run = (t, v) => t.AttentionPattern(v[0]),
            Reference = v => Softmax(v[0]),
        },
        new()
        {
            Op = "AttentionWeightedSum",
            Inputs = [[2, Heads, 5, 7], Key],
            Run = (t, v) => t.AttentionWeightedSum(v[0], v[1]),
            Reference = v => Z(v[0], v[1]),
        },
    ];

    /// <summary>[batch, pos, kvHead, dHead] as [batch, head, pos, dHead]: each key head
    /// repeated.</summary>
    private static Array64 Repeated(Array64 x)
    {
        Array64 turned = x.Transpose(1, 2);
        int size = x.Shape[1] * Dim;
        return new Array64(
            [2, Heads, x.Shape[1], Dim],
            [.. Enumerable.Range(0, 2 * Heads).SelectMany(head =>
                turned.Values.AsSpan(head / (Heads / KvHeads) * size, size).ToArray())]);
    }

    private static Array64 Scores(Array64 q, Array64 k, double scale) => Array64
        .MatMul(q.Transpose(1, 2), Repeated(k).Transpose(2, 3)).Map(score => scale * score);

    /// <summary>Query i stands at position i + 2.</summary>
    private static Array64 Hidden(Array64 scores) => new(
        scores.Shape,
        [.. scores.Values.Select((score,
            at) => at % 7 > (at / 7 % 5) + 2 ? double.NegativeInfinity : score)]);

    private static Array64 Biased(Array64 scores, Array64 bias, int first) => new(
        scores.Shape,
        [.. scores.Values.Select((score, at) =>
        {
            int n = (at / 7 % 5) - (at % 7) + first;
            return n < 0 ? score : score + bias.Values[(at / 35 % Heads * bias.Shape[1]) + n];
        })]);

    private static Array64 Add(Array64 a, Array64 b) => Array64.Zip(a, b, (x, y) => x + y);

    private static Array64 Softmax(Array64 scores) => scores.Along(-1, row =>
    {
        double[] powers = [.. row.Select(Math.Exp)];
        return [.. powers.Select(power => power / powers.Sum())];
    });

    private static Array64 WithSinks(Array64 scores, Array64 sinks) => new(
        scores.Shape,
        [.. Enumerable.Range(0, scores.Values.Length / 7).SelectMany(row =>
        {
            double[] powers = [.. scores.Values.AsSpan(7 * row, 7).ToArray().Select(Math.Exp)];
            double sum = powers.Sum() + Math.Exp(sinks.Values[row / 5 % Heads]);
            return powers.Select(power => power / sum);
        })]);

    private static Array64 Z(Array64 pattern, Array64 v) =>
        Array64.MatMul(pattern, Repeated(v)).Transpose(1, 2);
}
