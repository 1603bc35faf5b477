using BenchmarkDotNet.Attributes;
using Vitrine.Tensors;

namespace Vitrine.Benchmarks;

/// <summary>Matrix products, each operand as it is or stored transposed.</summary>
[MemoryDiagnoser]
public class MatMulBenchmarks
{
    private Tensor<float> _a = null!;
    private Tensor<float> _b = null!;
    private Tensor<float> _into = null!;

    [Params("512x512x512", "2048x2048x2048", "2048x768x3072", "2048x64x64", "256x256x64",
        "2048x64x50257")]
    public string Shape { get; set; } = "";

    [Params("NN", "TN", "NT")]
    public string Layout { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        WorkerPool.Threads = Threads;
        int[] lengths = [.. Shape.Split('x').Select(int.Parse)];
        (int m, int k, int n) = (lengths[0], lengths[1], lengths[2]);
        _a = Layout[0] == 'T' ? Data.Normal([k, m]).Transpose() : Data.Normal([m, k]);
        _b = Layout[1] == 'T' ? Data.Normal([n, k], 1).Transpose() : Data.Normal([k, n], 1);
        _into = Tensor.Zeros<float>([m, n]);
    }

    [Benchmark]
    public void MatMul() => Ops.MatMul(_a, _b, into: _into);
}
