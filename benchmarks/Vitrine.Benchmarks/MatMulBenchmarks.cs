using BenchmarkDotNet.Attributes;
using Vitrine.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Vitrine.Benchmarks;

/// <summary>Matrix products, each operand as it is or stored transposed, compared with the plain
/// loop over rows whose innermost line is TensorPrimitives' (one thread).</summary>
[MemoryDiagnoser]
public class MatMulBenchmarks
{
    private Tensor<float> _a = null!;
    private Tensor<float> _b = null!;
    private Tensor<float> _plainA = null!;
    private Tensor<float> _plainB = null!;
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
        (_plainA, _plainB) = (_a.Contiguous(), _b.Contiguous());
        _into = Tensor.Zeros<float>([m, n]);
        Data.Check("MatMul", RowByRow, _into, MatMul, _into, 1e-3f);
    }

    [Benchmark(Baseline = true)]
    public void RowByRow()
    {
        (int m, int k, int n) = (_a.Shape[0], _a.Shape[1], _b.Shape[1]);
        ReadOnlySpan<float> a = _plainA.Span;
        ReadOnlySpan<float> b = _plainB.Span;
        Span<float> c = _into.WritableSpan;
        c.Clear();
        for (int i = 0; i < m; i++)
        {
            Span<float> row = c.Slice(i * n, n);
            for (int p = 0; p < k; p++)
            {
                TensorPrimitives.MultiplyAdd(b.Slice(p * n, n), a[(i * k) + p], row, row);
            }
        }
    }

    [Benchmark]
    public void MatMul() => Ops.MatMul(_a, _b, into: _into);
}
