using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>One number for the predictions after the prompts, and its place between the corrupt
/// run's and the clean run's.
/// <code>
/// logit difference = mean over pairs of logit[answer] − logit[versus]
/// probability      = mean of p[answer],   loss = mean of −log p[answer]
/// kl               = mean of Σ_v p_clean[v] (log p_clean[v] − log p[v])
/// normalised       = (value − corrupt) / (clean − corrupt)          0 = corrupt, 1 = clean
/// </code></summary>
/// <remarks>Sums run in double precision over float32 logits. The logit difference reads two
/// columns of W_U only; the others take all logits, at the last position alone.</remarks>
internal sealed class PatchMetric
{
    private const double Indistinct = 1e-5;
    private const int MostLogitRows = 128;
    private readonly PromptPairs _prompts;
    private readonly double[][] _clean = [];
    private readonly double _cleanEntropy;

    /// <param name="model">The model.</param>
    /// <param name="prompts">The prompts with their answers.</param>
    /// <param name="kind">The metric.</param>
    /// <param name="cleanRows">float32 [pair, dModel]: the clean stream after the last layer, at
    /// the last position.</param>
    /// <param name="corruptRows">As cleanRows, for the corrupt run.</param>
    /// <exception cref="ArgumentException">The metric needs tokens that the pairs lack, or is the
    /// same for the clean and the corrupt run.</exception>
    public PatchMetric(
        Transformer model, PromptPairs prompts, MetricKind kind, Tensor<float> cleanRows,
        Tensor<float> corruptRows)
    {
        (_prompts, Kind) = (prompts, kind);
        if (kind == MetricKind.LogitDifference && prompts.Versus is null)
        {
            throw new ArgumentException(
                "Metric: the logit difference needs a second answer to compare with; give `versus`, "
                + "or use the metric probability, loss or kl.");
        }

        if (kind == MetricKind.Kl)
        {
            using var tape = Tape.NoGrad();
            Tensor<float> logits = model.Logits(tape, new Var(cleanRows)).Value;
            Tensor<float> logSumExp = tape.Own(Ops.LogSumExp(logits, axis: -1));
            _clean = [.. Enumerable.Range(0, prompts.Count).Select(
                pair => Probabilities(Row(logits, pair), logSumExp[pair]))];
            _cleanEntropy = -_clean.Average(p => p.Sum(x => x > 0 ? x * Math.Log(x) : 0));
        }

        Clean = Of(model, cleanRows)[0];
        Corrupt = Of(model, corruptRows)[0];
        if (!(Math.Abs(Clean - Corrupt) > Indistinct * Math.Max(
            Math.Abs(Clean), Math.Abs(Corrupt))))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Metric: {kind} must differ between the clean and the corrupt run; got {Clean:G4} "
                + $"and {Corrupt:G4}; choose prompts or answers that the model treats "
                + $"differently."));
        }
    }

    public MetricKind Kind { get; }

    /// <summary>The value of the clean run.</summary>
    public double Clean { get; }

    /// <summary>The value of the corrupt run.</summary>
    public double Corrupt { get; }

    /// <summary>0 for the corrupt run's value, 1 for the clean run's.</summary>
    public double Normalised(double value) => (value - Corrupt) / (Clean - Corrupt);

    /// <summary>The metric of several runs at once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">float32 [run · pair, dModel], pairs innermost: the stream after the last
    /// layer at the last position.</param>
    /// <returns>One value for each run.</returns>
    public double[] Of(Transformer model, Tensor<float> rows)
    {
        int pairs = _prompts.Count;
        int runs = rows.Shape[0] / pairs;
        var values = new double[runs];
        int most = Math.Max(1, MostLogitRows / pairs);
        for (int start = 0; start < runs; start += most)
        {
            int count = Math.Min(most, runs - start);
            Part(model, rows.Slice(0, start * pairs, count * pairs), values.AsMemory(start, count));
        }

        return values;
    }

    /// <summary>The metric of one run, differentiable and normalised.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="logits">float32 [pair, vocab].</param>
    /// <returns>float32 [].</returns>
    public Var Normalised(Tape tape, Var logits)
    {
        int pairs = _prompts.Count;
        int vocabulary = logits.Shape[1];
        Tensor<float> weights = Tensor.Zeros<float>(logits.Shape);
        float factor = (float)(1 / (pairs * (Clean - Corrupt)));
        Var read = Kind == MetricKind.LogitDifference ? logits : tape.LogSoftmax(logits);
        if (Kind == MetricKind.Probability)
        {
            read = tape.Exp(read);
        }

        for (int pair = 0; pair < pairs; pair++)
        {
            switch (Kind)
            {
                case MetricKind.LogitDifference:
                    weights[pair, _prompts.Answers[pair]] += factor;
                    weights[pair, _prompts.Versus![pair]] -= factor;
                    break;
                case MetricKind.Kl:
                    for (int v = 0; v < vocabulary; v++)
                    {
                        weights[pair, v] = -factor * (float)_clean[pair][v];
                    }

                    break;
                default:
                    weights[pair, _prompts.Answers[pair]] = Kind == MetricKind.Loss ? -factor
                        : factor;
                    break;
            }
        }

        Device device = logits.Value.Device;
        tape.Own(weights = weights.MoveTo(device));
        Var sum = tape.Sum(tape.Multiply(read, new Var(weights)));
        double constant = Kind == MetricKind.Kl ? -_cleanEntropy : 0;
        float offset = (float)((constant - Corrupt) / (Clean - Corrupt));
        return tape.Add(sum, new Var(tape.Own(Tensor.Full([], offset, device))));
    }

    private void Part(Transformer model, Tensor<float> rows, Memory<double> values)
    {
        using var tape = Tape.NoGrad();
        int pairs = _prompts.Count;
        var resid = new Var(rows);
        bool columns = Kind == MetricKind.LogitDifference;
        Tensor<float> read = columns
            ? (model.LnFinal?.Forward(tape, resid) ?? resid).Value           // [run · pair, dModel]
            : model.Logits(tape, resid).Value;                               // [run · pair, vocab]
        Tensor<float>? logSumExp = columns ? null : tape.Own(Ops.LogSumExp(read, axis: -1));
        WorkerPool.For(values.Length, run =>
        {
            double sum = 0;
            for (int row = run * pairs; row < (run + 1) * pairs; row++)
            {
                int pair = row % pairs;
                sum += logSumExp is null
                    ? Logit(model, Row(read, row), _prompts.Answers[pair])
                        - Logit(model, Row(read, row), _prompts.Versus![pair])
                    : OfLogits(Row(read, row), logSumExp[row], pair);
            }

            values.Span[run] = sum / pairs;
        });
    }

    private double OfLogits(ReadOnlySpan<float> logits, double logSumExp, int pair) => Kind switch
    {
        MetricKind.Probability => Math.Exp(logits[_prompts.Answers[pair]] - logSumExp),
        MetricKind.Loss => logSumExp - logits[_prompts.Answers[pair]],
        _ => logSumExp - _cleanEntropy - DoubleSum.Dot(_clean[pair], logits),
    };

    private static double[] Probabilities(ReadOnlySpan<float> logits, double logSumExp)
    {
        var p = new double[logits.Length];
        for (int v = 0; v < p.Length; v++)
        {
            p[v] = Math.Exp(logits[v] - logSumExp);
        }

        return p;
    }

    private static double Logit(Transformer model, ReadOnlySpan<float> x, int token)
    {
        ReadOnlySpan<float> weights = model.Unembed.W_U.Storage.Select(0, token).Span;
        return DoubleSum.Dot(x, weights, model.Unembed.B_U.Value[token]);
    }

    private static ReadOnlySpan<float> Row(Tensor<float> x, int row) => x.Select(0, row).Span;
}
