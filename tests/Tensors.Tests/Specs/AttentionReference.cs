namespace Vitrine.Tensors.Tests.Specs;

/// <summary>Inputs on which careless attention fails, whole or in its parts.</summary>
internal static class AttentionHazards
{
    /// <summary>Whole numbers: the scores, up to ±1e4, are exact.</summary>
    public static (AttentionSetting Setting, Values[] Inputs) LargeScores
    {
        get
        {
            AttentionSetting s = new("scores of ±1e4", 1, 40, 40, 1, 1, 4) { Scale = 1 };
            Values[] x = s.Inputs();
            x[0] = x[0].Map(value => Math.Round(value * 30));
            x[1] = x[1].Map(value => Math.Round(value * 30));
            return (s, x);
        }
    }

    /// <summary>Every key hidden from some rows.</summary>
    public static (AttentionSetting Setting, Values[] Inputs) HiddenRows
    {
        get
        {
            AttentionSetting s =
                new("rows that see nothing", 1, 6, 300, 2, 2, 4) { Mask = [6, 300] };
            Values[] x = s.Inputs();
            x[3] = Values.From([6, 300], i => i / 300 is 2 or 5 ? double.NegativeInfinity : 0);
            return (s, x);
        }
    }

    /// <summary>NaN in a key: the rows that see it are NaN, no earlier ones.</summary>
    public static (AttentionSetting Setting, Values[] Inputs) NaNKey
    {
        get
        {
            AttentionSetting s = new("NaN in a key where it is seen", 1, 40, 40, 1, 1, 4);
            Values[] x = s.Inputs();
            x[1][4 * 30] = double.NaN;
            return (s, x);
        }
    }
}

/// <summary>Attention and its gradients from the formulas, in plain loops over float64.</summary>
internal static class AttentionReference
{
    public static Values Scores(AttentionSetting s, Values[] x)
    {
        var scores = new Values([s.Batch, s.Heads, s.Queries, s.Keys]);
        double scale = s.Form.Scale ?? (s.Dim == 0 ? 0 : (float)(1 / Math.Sqrt(s.Dim)));
        int first = s.Keys - s.Queries;
        foreach ((int b, int h, int i, int j, int at) in Pairs(s))
        {
            double dot = 0;
            for (int d = 0; d < s.Dim; d++)
            {
                dot += x[0][Q(s, b, i, h, d)] * x[1][K(s, b, j, h, d)];
            }

            double score = scale * dot;
            if (s.SoftCap is { } cap)
            {
                score = cap * Math.Tanh(score / cap);
            }

            if (s.Bias(x) is { } bias)
            {
                int n = i + first - j + (s.Causal ? 0 : s.Queries - 1);
                score += n < 0 ? 0 : bias[h, n];
            }

            if (s.MaskOf(x) is { } mask)
            {
                score += mask[MaskAt(mask.Shape, b, h, i, j)];
            }

            scores[at] = s.Sees(i, j) ? score : double.NegativeInfinity;
        }

        return scores;
    }

    /// <summary>The largest score of each query, and log Σ exp(score − largest).</summary>
    public static Values Normaliser(AttentionSetting s, Values scores, Values? sinks = null)
    {
        var result = new Values([s.Batch, s.Heads, s.Queries, 2]);
        for (int row = 0; 2 * row < result.Length; row++)
        {
            double[] line = Line(scores, row, s.Keys);
            if (sinks is not null)
            {
                line = [.. line, sinks[row / s.Queries % s.Heads]];
            }

            double max = line.DefaultIfEmpty(double.NegativeInfinity).Max();
            result[2 * row] = line.Any(double.IsNaN) ? double.NaN : max;
            result[(2 * row) + 1] = double.IsNegativeInfinity(max) ? max
                : Math.Log(line.Sum(score => Math.Exp(score - max)));
        }

        return result;
    }

    public static Values LogSumExp(AttentionSetting s, Values scores, Values? sinks = null)
    {
        Values normaliser = Normaliser(s, scores, sinks);
        var result = new Values([s.Batch, s.Heads, s.Queries]);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = normaliser[2 * i] + normaliser[(2 * i) + 1];
        }

        return result;
    }

    public static Values Pattern(AttentionSetting s, Values scores, Values? sinks = null)
    {
        Values logSumExp = LogSumExp(s, scores, sinks);
        var pattern = new Values(scores.Shape);
        for (int i = 0; i < pattern.Length; i++)
        {
            double shift = logSumExp[i / s.Keys];
            pattern[i] = double.IsNegativeInfinity(shift) ? 0 : Math.Exp(scores[i] - shift);
        }

        return pattern;
    }

    public static Values Mix(AttentionSetting s, Values pattern, Values v)
    {
        var z = new Values(s.QShape);
        foreach ((int b, int h, int i, int j, int at) in Pairs(s))
        {
            for (int d = 0; d < s.Dim; d++)
            {
                z[Q(s, b, i, h, d)] += pattern[at] * v[K(s, b, j, h, d)];
            }
        }

        return z;
    }

    public static Values Z(AttentionSetting s, Values[] x) =>
        Mix(s, Pattern(s, Scores(s, x), s.Sinks(x)), x[2]);

    /// <summary>dPattern of the mixing, and dV.</summary>
    public static (Values DPattern, Values DV) MixBackward(
        AttentionSetting s, Values pattern, Values v, Values dZ)
    {
        var dPattern = new Values(pattern.Shape);
        var dV = new Values(s.KShape);
        foreach ((int b, int h, int i, int j, int at) in Pairs(s))
        {
            for (int d = 0; d < s.Dim; d++)
            {
                dPattern[at] += dZ[Q(s, b, i, h, d)] * v[K(s, b, j, h, d)];
                dV[K(s, b, j, h, d)] += pattern[at] * dZ[Q(s, b, i, h, d)];
            }
        }

        return (dPattern, dV);
    }

    /// <summary>dQ, dK and dRelativeBias of the scores; what causal attention hides is
    /// constant.</summary>
    public static (Values DQ, Values DK, Values DBias) ScoresBackward(
        AttentionSetting s, Values q, Values k, Values dScores)
    {
        double scale = s.Form.Scale ?? (s.Dim == 0 ? 0 : (float)(1 / Math.Sqrt(s.Dim)));
        int first = s.Keys - s.Queries;
        var dQ = new Values(s.QShape);
        var dK = new Values(s.KShape);
        var dBias = new Values([s.Heads, s.Distances]);
        foreach ((int b, int h, int i, int j, int at) in Pairs(s))
        {
            if (!s.Sees(i, j))
            {
                continue;
            }

            double dProduct = scale * dScores[at];
            if (s.SoftCap is { } cap)
            {
                double dot = 0;
                for (int d = 0; d < s.Dim; d++)
                {
                    dot += q[Q(s, b, i, h, d)] * k[K(s, b, j, h, d)];
                }

                dProduct *= 1 - Math.Pow(Math.Tanh(scale * dot / cap), 2);
            }

            for (int d = 0; d < s.Dim; d++)
            {
                dQ[Q(s, b, i, h, d)] += dProduct * k[K(s, b, j, h, d)];
                dK[K(s, b, j, h, d)] += dProduct * q[Q(s, b, i, h, d)];
            }

            dBias[h, i + first - j + (s.Causal ? 0 : s.Queries - 1)] += dScores[at];
        }

        return (dQ, dK, dBias);
    }

    /// <summary>dQ, dK, dV, dRelativeBias and dSinks of the whole.</summary>
    public static Values[] Backward(AttentionSetting s, Values[] x, Values dZ)
    {
        Values pattern = Pattern(s, Scores(s, x), s.Sinks(x));
        var dSinks = new Values([s.Heads]);
        (Values dPattern, Values dV) = MixBackward(s, pattern, x[2], dZ);
        var dScores = new Values(pattern.Shape);
        for (int row = 0; row < s.Batch * s.Heads * s.Queries; row++)
        {
            double mean = 0;
            double seen = 0;
            for (int j = 0; j < s.Keys; j++)
            {
                seen += pattern[(row * s.Keys) + j];
                mean += pattern[(row * s.Keys) + j] * dPattern[(row * s.Keys) + j];
            }

            for (int at = row * s.Keys; at < (row + 1) * s.Keys; at++)
            {
                dScores[at] = pattern[at] * (dPattern[at] - mean);
            }

            dSinks[row / s.Queries % s.Heads] -= (1 - seen) * mean;
        }

        (Values dQ, Values dK, Values dBias) = ScoresBackward(s, x[0], x[1], dScores);
        return [dQ, dK, dV, dBias, dSinks];
    }

    private static IEnumerable<(int B, int H, int I, int J, int At)> Pairs(AttentionSetting s)
    {
        int at = 0;
        for (int b = 0; b < s.Batch; b++)
        {
            for (int h = 0; h < s.Heads; h++)
            {
                for (int i = 0; i < s.Queries; i++)
                {
                    for (int j = 0; j < s.Keys; j++)
                    {
                        yield return (b, h, i, j, at++);
                    }
                }
            }
        }
    }

    private static double[] Line(Values x, int row, int length) =>
        x.Data[(row * length)..((row + 1) * length)];

    private static int Q(AttentionSetting s, int b, int i, int h, int d) =>
        (((((b * s.Queries) + i) * s.Heads) + h) * s.Dim) + d;

    private static int K(AttentionSetting s, int b, int j, int h, int d) =>
        (((((b * s.Keys) + j) * s.KvHeads) + (h * s.KvHeads / s.Heads)) * s.Dim) + d;

    private static int MaskAt(Shape shape, int b, int h, int i, int j)
    {
        ReadOnlySpan<int> index =
            shape.Rank switch { 2 => [i, j], 3 => [b, i, j], _ => [b, h, i, j] };
        int at = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            at = (at * shape[axis]) + (shape[axis] == 1 ? 0 : index[axis]);
        }

        return at;
    }
}
