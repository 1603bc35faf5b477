using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Vitrine.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Vitrine.Benchmarks;

/// <summary>Elementwise ops, reductions and softmax over four million elements, each beside a
/// plain loop and, where it has the op, TensorPrimitives (one thread). Its SoftMax is not here: it
/// does not subtract the maximum.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ElementwiseBenchmarks
{
    private const int Side = 2048;
    private readonly Tensor<float> _x = Data.Normal([Side, Side]);
    private readonly Tensor<float> _row = Data.Normal([Side], 1);
    private readonly Tensor<float> _into = Tensor.Zeros<float>([Side, Side]);
    private readonly Tensor<float> _sums = Tensor.Zeros<float>([Side]);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        WorkerPool.Threads = Threads;
        Data.Check("Add", AddLoop, _into, Add, _into, 0);
        Data.Check("Add", AddLoop, _into, AddPrimitives, _into, 0);
        Data.Check("AddRow", AddRowLoop, _into, AddRow, _into, 0);
        Data.Check(
            "MultiplyTransposed", MultiplyTransposedLoop, _into, MultiplyTransposed, _into, 0);
        Data.Check("Exp", ExpLoop, _into, Exp, _into, 1e-6f);
        Data.Check("Exp", ExpLoop, _into, ExpPrimitives, _into, 1e-6f);
        Data.Check("Tanh", TanhLoop, _into, Tanh, _into, 1e-6f);
        Data.Check("Tanh", TanhLoop, _into, TanhPrimitives, _into, 1e-6f);
        Data.Check("SumRows", SumRowsLoop, _sums, SumRows, _sums, 1e-3f);
        Data.Check("SumRows", SumRowsLoop, _sums, SumRowsPrimitives, _sums, 1e-3f);
        Data.Check("SumColumns", SumColumnsLoop, _sums, SumColumns, _sums, 1e-3f);
        Data.Check("Softmax", SoftmaxLoop, _into, Softmax, _into, 1e-6f);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Add")]
    public void AddLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> y = _into.WritableSpan;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] + x[i];
        }
    }

    [Benchmark]
    [BenchmarkCategory("Add")]
    public void AddPrimitives() => TensorPrimitives.Add(_x.Span, _x.Span, _into.WritableSpan);

    [Benchmark]
    [BenchmarkCategory("Add")]
    public void Add() => Ops.Add(_x, _x, into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("AddRow")]
    public void AddRowLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        ReadOnlySpan<float> row = _row.Span;
        Span<float> y = _into.WritableSpan;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] + row[i % Side];
        }
    }

    [Benchmark]
    [BenchmarkCategory("AddRow")]
    public void AddRow() => Ops.Add(_x, _row, into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("MultiplyTransposed")]
    public void MultiplyTransposedLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> y = _into.WritableSpan;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] * x[(i % Side * Side) + (i / Side)];
        }
    }

    [Benchmark]
    [BenchmarkCategory("MultiplyTransposed")]
    public void MultiplyTransposed() => Ops.Multiply(_x, _x.Transpose(), into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Exp")]
    public void ExpLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> y = _into.WritableSpan;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = MathF.Exp(x[i]);
        }
    }

    [Benchmark]
    [BenchmarkCategory("Exp")]
    public void ExpPrimitives() => TensorPrimitives.Exp(_x.Span, _into.WritableSpan);

    [Benchmark]
    [BenchmarkCategory("Exp")]
    public void Exp() => Ops.Exp(_x, into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Tanh")]
    public void TanhLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> y = _into.WritableSpan;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = MathF.Tanh(x[i]);
        }
    }

    [Benchmark]
    [BenchmarkCategory("Tanh")]
    public void TanhPrimitives() => TensorPrimitives.Tanh(_x.Span, _into.WritableSpan);

    [Benchmark]
    [BenchmarkCategory("Tanh")]
    public void Tanh() => Ops.Tanh(_x, into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("SumRows")]
    public void SumRowsLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> sums = _sums.WritableSpan;
        for (int i = 0; i < Side; i++)
        {
            double sum = 0;
            foreach (float value in x.Slice(i * Side, Side))
            {
                sum += value;
            }

            sums[i] = (float)sum;
        }
    }

    [Benchmark]
    [BenchmarkCategory("SumRows")]
    public void SumRowsPrimitives()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> sums = _sums.WritableSpan;
        for (int i = 0; i < Side; i++)
        {
            sums[i] = TensorPrimitives.Sum(x.Slice(i * Side, Side));
        }
    }

    [Benchmark]
    [BenchmarkCategory("SumRows")]
    public void SumRows() => Ops.Sum(_x, axis: 1, into: _sums);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("SumColumns")]
    public void SumColumnsLoop()
    {
        ReadOnlySpan<float> x = _x.Span;
        Span<float> sums = _sums.WritableSpan;
        sums.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            sums[i % Side] += x[i];
        }
    }

    [Benchmark]
    [BenchmarkCategory("SumColumns")]
    public void SumColumns() => Ops.Sum(_x, axis: 0, into: _sums);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Softmax")]
    public void SoftmaxLoop()
    {
        for (int i = 0; i < Side; i++)
        {
            ReadOnlySpan<float> x = _x.Span.Slice(i * Side, Side);
            Span<float> y = _into.WritableSpan.Slice(i * Side, Side);
            float largest = TensorPrimitives.Max(x);
            float sum = 0;
            for (int j = 0; j < Side; j++)
            {
                sum += y[j] = MathF.Exp(x[j] - largest);
            }

            for (int j = 0; j < Side; j++)
            {
                y[j] /= sum;
            }
        }
    }

    [Benchmark]
    [BenchmarkCategory("Softmax")]
    public void Softmax() => Ops.Softmax(_x, into: _into);
}
