using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Vitrine.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Vitrine.Benchmarks;

/// <summary>Embedding, its gradient, and the optimizer's pass over an embedding's weights, each
/// beside a plain loop.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class RowBenchmarks
{
    private const int Step = 10;
    private readonly Tensor<float> _table = Data.Normal([Data.Vocabulary, Data.Width]);
    private readonly Tensor<float> _gradient = Data.Normal([Data.Vocabulary, Data.Width], 1);
    private readonly Tensor<float> _mean = Tensor.Zeros<float>([Data.Vocabulary, Data.Width]);
    private readonly Tensor<float> _variance = Tensor.Zeros<float>([Data.Vocabulary, Data.Width]);
    private readonly Tensor<int> _tokens = Data.Tokens(Data.TokenCount);
    private readonly Tensor<float> _rows = Data.Normal([Data.TokenCount, Data.Width], 2);
    private readonly Tensor<float> _into = Tensor.Zeros<float>([Data.TokenCount, Data.Width]);
    private readonly Tensor<float> _sum = Tensor.Zeros<float>([1]);
    private readonly AdamWSettings _settings = new(1e-3f, 0.9f, 0.99f, 1e-8f, 0);

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        WorkerPool.Threads = Threads;
        Data.Check("GatherRows", GatherRowsLoop, _into, GatherRows, _into, 0);
        Data.Check(
            "ScatterAddRows", FromZero(ScatterAddRowsLoop), _gradient, FromZero(ScatterAddRows),
            _gradient, 1e-6f);
        Ops.RandomNormal(_gradient, seed: 1, 1);
        Data.Check(
            "AdamWStep", FromStart(AdamWStepLoop), _table, FromStart(AdamWStep), _table, 1e-6f);
        Data.Check(
            "SumOfSquares", () => _sum.Fill((float)SumOfSquaresLoop()), _sum,
            () => _sum.Fill((float)SumOfSquares()), _sum, 1e-6f);
        Data.Check(
            "SumOfSquares", () => _sum.Fill((float)SumOfSquaresLoop()), _sum,
            () => _sum.Fill(SumOfSquaresPrimitives()), _sum, 1e-4f);

        Action FromZero(Action op) => () =>
        {
            _gradient.Fill(0);
            op();
        };

        Action FromStart(Action op) => () =>
        {
            Ops.RandomNormal(_table, seed: 1);
            _mean.Fill(0.1f);
            _variance.Fill(0.1f);
            op();
        };
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("GatherRows")]
    public void GatherRowsLoop()
    {
        Span<float> into = _into.WritableSpan;
        for (int i = 0; i < Data.TokenCount; i++)
        {
            _table.Span.Slice(_tokens.Span[i] * Data.Width, Data.Width)
                .CopyTo(into.Slice(i * Data.Width, Data.Width));
        }
    }

    [Benchmark]
    [BenchmarkCategory("GatherRows")]
    public void GatherRows() => Ops.GatherRows(_table, _tokens, into: _into);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("ScatterAddRows")]
    public void ScatterAddRowsLoop()
    {
        Span<float> gradient = _gradient.WritableSpan;
        for (int i = 0; i < Data.TokenCount; i++)
        {
            for (int d = 0; d < Data.Width; d++)
            {
                gradient[(_tokens.Span[i] * Data.Width) + d] += _rows.Span[(i * Data.Width) + d];
            }
        }
    }

    [Benchmark]
    [BenchmarkCategory("ScatterAddRows")]
    public void ScatterAddRows() => Ops.ScatterAddRows(_gradient, _tokens, _rows);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("AdamWStep")]
    public void AdamWStepLoop()
    {
        Span<float> parameter = _table.WritableSpan;
        Span<float> mean = _mean.WritableSpan;
        Span<float> variance = _variance.WritableSpan;
        ReadOnlySpan<float> gradient = _gradient.Span;
        float meanScale = 1 / (1 - MathF.Pow(0.9f, Step));
        float varianceScale = 1 / (1 - MathF.Pow(0.99f, Step));
        for (int i = 0; i < parameter.Length; i++)
        {
            mean[i] += 0.1f * (gradient[i] - mean[i]);
            variance[i] += 0.01f * ((gradient[i] * gradient[i]) - variance[i]);
            parameter[i] -= 1e-3f * mean[i] * meanScale
                / (MathF.Sqrt(variance[i] * varianceScale) + 1e-8f);
        }
    }

    [Benchmark]
    [BenchmarkCategory("AdamWStep")]
    public void AdamWStep() => Ops.AdamWStep(_table, _gradient, _mean, _variance, Step, _settings);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("SumOfSquares")]
    public double SumOfSquaresLoop()
    {
        double sum = 0;
        foreach (float value in _gradient.Span)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    [Benchmark]
    [BenchmarkCategory("SumOfSquares")]
    public float SumOfSquaresPrimitives() => TensorPrimitives.SumOfSquares(_gradient.Span);

    [Benchmark]
    [BenchmarkCategory("SumOfSquares")]
    public double SumOfSquares() => Ops.SumOfSquares(_gradient);
}
