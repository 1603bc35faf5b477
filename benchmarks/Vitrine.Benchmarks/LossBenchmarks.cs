using BenchmarkDotNet.Attributes;
using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>The unembedding and its loss: fused forms, and the composed one on fewer
/// tokens.</summary>
[MemoryDiagnoser]
public class LossBenchmarks
{
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
    private readonly Tensor<float> _logits = Data.Normal([256, Data.Vocabulary], 3);
    private readonly Tensor<int> _fewTargets = Data.Tokens(256);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => WorkerPool.Threads = Threads;

    [Benchmark]
    public void LinearCrossEntropy()
    {
        Ops.LinearCrossEntropy(_x, _weight, _bias, _targets, out Tensor<float> logSumExp).Dispose();
        logSumExp.Dispose();
    }

    [Benchmark]
    public void LinearCrossEntropyWithGradients()
    {
        Ops.LinearCrossEntropyWithGradients(
            _x, _weight, _bias, _targets, _dLoss, out Tensor<float> logSumExp, _dX, _dWeight,
            _dBias).Dispose();
        logSumExp.Dispose();
    }

    [Benchmark]
    public void CrossEntropy256() => Ops.CrossEntropy(_logits, _fewTargets).Dispose();

    [Benchmark]
    public void LogSoftmax256() => Ops.LogSoftmax(_logits).Dispose();
}
