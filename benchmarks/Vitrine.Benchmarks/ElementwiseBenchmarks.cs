using BenchmarkDotNet.Attributes;
using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>Elementwise ops, reductions and random numbers over four million elements.</summary>
[MemoryDiagnoser]
public class ElementwiseBenchmarks
{
    private readonly Tensor<float> _x = Data.Normal([2048, 2048]);
    private readonly Tensor<float> _row = Data.Normal([2048], 1);
    private readonly Tensor<float> _into = Tensor.Zeros<float>([2048, 2048]);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => WorkerPool.Threads = Threads;

    [Benchmark]
    public void Add() => Ops.Add(_x, _x, into: _into);

    [Benchmark]
    public void AddRow() => Ops.Add(_x, _row, into: _into);

    [Benchmark]
    public void MultiplyTransposed() => Ops.Multiply(_x, _x.Transpose(), into: _into);

    [Benchmark]
    public void Exp() => Ops.Exp(_x, into: _into);

    [Benchmark]
    public void Tanh() => Ops.Tanh(_x, into: _into);

    [Benchmark]
    public void SumRows() => Ops.Sum(_x, axis: 1).Dispose();

    [Benchmark]
    public void SumColumns() => Ops.Sum(_x, axis: 0).Dispose();

    [Benchmark]
    public void Softmax() => Ops.Softmax(_x, into: _into);

    [Benchmark]
    public void TopK() => Ops.TopK(_x, 10).Values.Dispose();

    [Benchmark]
    public void RandomNormal() => Ops.RandomNormal(_into, seed: 1);
}
