using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Attribution;

/// <summary>Adds up losses and effects of paths over batches.</summary>
internal sealed class PathSums(Transformer model)
{
    private readonly int _layers = model.Config.Layers;
    private readonly int _heads = model.Config.Heads;
    private readonly double[] _orders = new double[model.Config.Layers + 2];
    private readonly double[] _alone = new double[model.Config.Layers];
    private readonly Dictionary<(Head? First, Head? Second), double> _effects = [];
    private readonly float[] _meanUnembed = MeanUnembedding.Of(model);
    private int _tokens;
    private double _residual;

    public void Add(int[][] rows)
    {
        int positions = rows[0].Length - 1;
        using Tensor<int> tokens = model.Batch([.. rows.Select(row => row[..^1])]);
        using Tensor<int> next = model.Batch([.. rows.Select(row => row[1..])]);
        Tensor<int> targets = next.Reshape(-1);
        using var terms = PathTerms.Of(model, tokens);
        _tokens += rows.Length * positions;
        using Tensor<float> sum = Tensor.Zeros<float>(terms.Direct.Shape, model.Device);
        Ops.Add(sum, terms.Bias, into: sum);
        _orders[0] += Loss(sum, targets);
        IReadOnlyList<Tensor<float>> orders = terms.Orders();
        for (int order = 0; order < orders.Count; order++)
        {
            Ops.Add(sum, orders[order], into: sum);
            _orders[order + 1] += Loss(sum, targets);
            orders[order].Dispose();
        }

        _residual = Math.Max(_residual, Difference(sum, terms.Stream));
        for (int layer = 0; layer < _layers; layer++)
        {
            using Tensor<float> written = Ops.Sum(terms.Heads(layer), axis: 1);
            Ops.Add(written, terms.Direct, into: written);
            Ops.Add(written, terms.Bias, into: written);
            _alone[layer] += Loss(written, targets);
        }

        AddEffects(terms, targets);
    }

    public PathExpansion Result()
    {
        double uniform = Math.Log(model.Config.Vocabulary);
        double biases = _orders[0] / _tokens;
        List<PathOrder> rows =
        [
            new("uniform", null, 0, uniform, 0),
            new("biases", null, 0, biases, uniform - biases),
        ];
        for (int order = 0; order <= _layers; order++)
        {
            double loss = _orders[order + 1] / _tokens;
            rows.Add(new PathOrder(Name(order), order, Paths(order), loss, rows[^1].Loss - loss));
        }

        double direct = rows[2].Loss;
        return new PathExpansion(
            rows,
            [.. _alone.Select((sum, layer) => new PathOrder(
                $"heads of layer {layer} alone", 1, _heads, sum / _tokens,
                direct - (sum / _tokens)))],
            [.. _effects.Select(term => new PathTerm(
                term.Key.First?.ToString(), term.Key.Second?.ToString(), term.Value / _tokens))],
            _tokens)
        {
            Residual = _residual,
        };
    }

    private static string Name(int order) => order switch
    {
        0 => "direct path",
        1 => "heads",
        2 => "pairs of heads",
        _ => $"chains of {order} heads",
    };

    private static double Difference(Tensor<float> sum, Tensor<float> whole)
    {
        using Tensor<float> difference = Ops.Subtract(sum, whole);
        return Largest(difference) / Math.Max(Largest(whole), float.Epsilon);
    }

    private static double Largest(Tensor<float> x)
    {
        using Tensor<float> sizes = Ops.Abs(x);
        using Tensor<float> largest = Ops.Max(sizes);
        return largest.ToArray()[0];
    }

    // Heads are chosen in rising layers: the choices of layers times heads for each.
    private long Paths(int order)
    {
        long paths = 1;
        for (int i = 0; i < order; i++)
        {
            paths = paths * (_layers - i) / (i + 1);
        }

        for (int i = 0; i < order; i++)
        {
            paths *= _heads;
        }

        return paths;
    }

    private double Loss(Tensor<float> stream, Tensor<int> targets)
    {
        using Tape tape = Tape.NoGrad();
        var x = new Var(stream.Reshape(-1, model.Config.DModel));
        double sum = 0;
        foreach (float loss in model.Unembed.Losses(tape, x, targets).Value.Span)
        {
            sum += loss;
        }

        return sum;
    }

    private void AddEffects(PathTerms terms, Tensor<int> targets)
    {
        // W_U[:, t] − mean W_U for the token that comes, [token, dModel].
        using Tensor<float> columns = Ops.GatherRows(model.Unembed.W_U.Value.Transpose(), targets);
        using Tensor<float> mean = Tensor.From<float>(
            _meanUnembed, [_meanUnembed.Length], model.Device);
        using Tensor<float> directions = Ops.Subtract(columns, mean);
        float[] right = directions.ToArray();
        Effect((null, null), terms.Direct);
        for (int layer = 0; layer < _layers; layer++)
        {
            for (int head = 0; head < _heads; head++)
            {
                Effect((new Head(layer, head), null), terms.Heads(layer).Select(1, head));
            }
        }

        foreach (Head first in _effects.Keys.Where(key => key is { First: not null, Second: null })
            .Select(key => key.First!.Value).ToArray())
        {
            for (int layer = first.Layer + 1; layer < _layers; layer++)
            {
                using Tensor<float> pairs = terms.Pairs(first, layer);
                for (int head = 0; head < _heads; head++)
                {
                    Effect((first, new Head(layer, head)), pairs.Select(1, head));
                }
            }
        }

        void Effect((Head? First, Head? Second) key, Tensor<float> term)
        {
            _effects[key] = _effects.GetValueOrDefault(key) + DoubleSum.Dot(term.ToArray(), right);
        }
    }
}
