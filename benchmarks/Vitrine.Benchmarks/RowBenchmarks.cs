using BenchmarkDotNet.Attributes;
using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>Embedding, its gradient, and the optimizer's pass over an embedding's
/// weights.</summary>
[MemoryDiagnoser]
public class RowBenchmarks
{
    private readonly Tensor<float> _table = Data.Normal([Data.Vocabulary, Data.Width]);
    private readonly Tensor<float> _gradient = Data.Normal([Data.Vocabulary, Data.Width], 1);
    private readonly Tensor<float> _mean = Tensor.Zeros<float>([Data.Vocabulary, Data.Width]);
    private readonly Tensor<float> _variance = Tensor.Zeros<float>([Data.Vocabulary, Data.Width]);
    private readonly Tensor<int> _tokens = Data.Tokens(Data.TokenCount);
    private readonly Tensor<float> _rows = Data.Normal([Data.TokenCount, Data.Width], 2);
    private readonly AdamWSettings _settings = new(1e-3f, 0.9f, 0.99f, 1e-8f, 0);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => WorkerPool.Threads = Threads;

    [Benchmark]
    public void GatherRows() => Ops.GatherRows(_table, _tokens).Dispose();

    [Benchmark]
    public void ScatterAddRows() => Ops.ScatterAddRows(_gradient, _tokens, _rows);

    [Benchmark]
    public void AdamWStep() => Ops.AdamWStep(_table, _gradient, _mean, _variance, 10, _settings);

    [Benchmark]
    public double SumOfSquares() => Ops.SumOfSquares(_gradient);
}
