using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>The unembedding and its loss: the fused forms compared with the composed ones, which
/// hold the logits; the losses of given logits compared with plain loops.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class LossBenchmarks
{
    private const int Few = 256;
    private readonly Tensor<float> _x = Data.Normal([Data.TokenCount, Data.Width]);
    private readonly Tensor<float> _weight =
        Data.Normal([Data.Vocabulary, Data.Width], 1).Transpose();
    private readonly Tensor<float> _bias = Data.Normal([Data.Vocabulary], 2);
    private readonly Tensor<int> _targets = Data.Tokens(Data.TokenCount);
    private readonly Tensor<float> _dLoss = Tensor.Full([Data.TokenCount], 1f / Data.TokenCount);
    private readonly Tensor<float> _dX = Tensor.Zeros<float>([Data.TokenCount, Data.Width]);
    private readonly Tensor<float> _dWeight =
        Tensor.Zeros<float>([Data.Vocabulary, Data.Width]).Transpose();
    private readonly Tensor<float> _dBias = Tensor.Zeros<float>([Data.Vocabulary]);
    private readonly Tensor<float> _losses = Tensor.Zeros<float>([Data.TokenCount]);
    private readonly Tensor<float> _logits = Data.Normal([Few, Data.Vocabulary], 3);
    private readonly Tensor<float> _logProbabilities =
        Tensor.Zeros<float>([Few, Data.Vocabulary]);
    private readonly Tensor<float> _fewLosses = Tensor.Zeros<float>([Few]);
    private readonly Tensor<int> _fewTargets = Data.Tokens(Few);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        WorkerPool.Threads = Threads;
        Data.Check("Loss", Composed, _losses, LinearCrossEntropy, _losses, 1e-5f);
        Data.Check(
            "Gradients", ComposedGradients, _dX, LinearCrossEntropyWithGradients, _dX, 1e-5f);
        Data.Check(
            "Gradients", ComposedGradients, _dBias, LinearCrossEntropyWithGradients, _dBias,
            1e-5f);
        Data.Check(
            "CrossEntropy", CrossEntropyLoop, _fewLosses, CrossEntropy, _fewLosses, 1e-4f);
        Data.Check(
            "LogSoftmax", LogSoftmaxLoop, _logProbabilities, LogSoftmax, _logProbabilities,
            1e-4f);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Loss")]
    public void Composed()
    {
        using Tensor<float> logits = Ops.MatMul(_x, _weight);
        Ops.Add(logits, _bias, into: logits);
        Ops.CrossEntropy(logits, _targets, into: _losses);
    }

    [Benchmark]
    [BenchmarkCategory("Loss")]
    public void LinearCrossEntropy()
    {
        using Tensor<float> losses = Ops.LinearCrossEntropy(
            _x, _weight, _bias, _targets);
        _losses.CopyFrom(losses);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Gradients")]
    public void ComposedGradients()
    {
        using Tensor<float> logits = Ops.MatMul(_x, _weight);
        Ops.Add(logits, _bias, into: logits);
        using Tensor<float> dLogits = Ops.CrossEntropyBackward(logits, _targets, _dLoss);
        Ops.MatMul(dLogits, _weight.Transpose(), into: _dX);
        Ops.MatMul(_x.Transpose(), dLogits, into: _dWeight);
        Ops.Sum(dLogits, axis: 0, into: _dBias);
    }

    [Benchmark]
    [BenchmarkCategory("Gradients")]
    public void LinearCrossEntropyWithGradients()
    {
        Ops.LinearCrossEntropyWithGradients(
            _x, _weight, _bias, _targets, _dLoss, _dX, _dWeight,
            _dBias).Dispose();
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("CrossEntropy")]
    public void CrossEntropyLoop()
    {
        Span<float> losses = _fewLosses.WritableSpan;
        for (int i = 0; i < Few; i++)
        {
            ReadOnlySpan<float> row = _logits.Span.Slice(i * Data.Vocabulary, Data.Vocabulary);
            losses[i] = LogSumExp(row) - row[_fewTargets[i]];
        }
    }

    [Benchmark]
    [BenchmarkCategory("CrossEntropy")]
    public void CrossEntropy() => Ops.CrossEntropy(_logits, _fewTargets, into: _fewLosses);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("LogSoftmax")]
    public void LogSoftmaxLoop()
    {
        for (int i = 0; i < Few; i++)
        {
            ReadOnlySpan<float> row = _logits.Span.Slice(i * Data.Vocabulary, Data.Vocabulary);
            Span<float> y = _logProbabilities.WritableSpan.Slice(
                i * Data.Vocabulary, Data.Vocabulary);
            float sum = LogSumExp(row);
            for (int j = 0; j < row.Length; j++)
            {
                y[j] = row[j] - sum;
            }
        }
    }

    [Benchmark]
    [BenchmarkCategory("LogSoftmax")]
    public void LogSoftmax() => Ops.LogSoftmax(_logits, into: _logProbabilities);

    private static float LogSumExp(ReadOnlySpan<float> row)
    {
        float largest = float.NegativeInfinity;
        foreach (float value in row)
        {
            largest = Math.Max(largest, value);
        }

        double sum = 0;
        foreach (float value in row)
        {
            sum += MathF.Exp(value - largest);
        }

        return largest + (float)Math.Log(sum);
    }
}
