using Vitrine.Autograd;
using Vitrine.Interp.Attention;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Heads;

/// <summary>Where heads of a kind look, for the tokens of a sequence.</summary>
internal sealed record Detector(string Name, Func<int[], DetectionPattern> Keys);

/// <summary>Runs a model over sequences and scores the pattern of every head as it comes by; no
/// pattern is kept.</summary>
internal sealed class HeadPass
{
    // Patterns and scores of all layers live until a batch ends: about 128 MB of them.
    private const long BatchWeights = 1 << 24;
    private readonly Transformer _model;
    private readonly IReadOnlyList<Detector> _detectors;
    private readonly List<double>[][][] _values;
    private readonly List<double>[] _uniform;
    private readonly List<double>[][]? _copying;
    private readonly float[]? _meanUnembed;

    public HeadPass(Transformer model, IReadOnlyList<Detector> detectors, bool copying)
    {
        TransformerConfig config = model.Config;
        model.RequireDecoder("HeadScores");
        if (config.Layers == 0)
        {
            throw new ArgumentException(
                "HeadScores: this model has no attention layers; use one that "
                + "does.", nameof(model));
        }

        _model = model;
        _detectors = detectors;
        _values = [.. detectors.Select(_ => Lists(config))];
        _uniform = [.. detectors.Select(_ => new List<double>())];
        _copying = copying ? Lists(config) : null;
        _meanUnembed = copying ? MeanUnembedding.Of(model) : null;
    }

    /// <summary>For each sequence −ln p of the token after each position but the last.</summary>
    public List<float[]> Losses { get; } = [];

    public void Run(IReadOnlyList<int[]> rows, CancellationToken cancellation)
    {
        TextWindows.RequireOneLength("HeadScores", rows);
        long square = (long)rows[0].Length * rows[0].Length;
        long each = square * Enumerable.Range(0, _model.Config.Layers)
            .Sum(layer => _model.Config.Attention![layer].Heads);
        int batch = (int)Math.Clamp(BatchWeights / each, 1, 16);
        for (int from = 0; from < rows.Count; from += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            RunBatch([.. rows.Skip(from).Take(batch)]);
        }
    }

    public IReadOnlyList<HeadScore> Scores()
    {
        var scores = new List<HeadScore>();
        for (int d = 0; d < _detectors.Count; d++)
        {
            if (_uniform[d].Count > 0)
            {
                scores.Add(Score(_detectors[d].Name, _values[d], _uniform[d].Average()));
            }
        }

        if (_copying is not null)
        {
            scores.Insert(1, Score(HeadScoreNames.Copying, _copying, null));
        }

        return scores;
    }

    private void RunBatch(int[][] rows)
    {
        int positions = rows[0].Length;
        _model.RequireRoomForPatterns(rows.Length, positions);
        DetectionPattern[][] keys =
            [.. rows.Select(row => _detectors.Select(detector => detector.Keys(row)).ToArray())];
        for (int d = 0; d < _detectors.Count; d++)
        {
            _uniform[d].AddRange(
                keys.Where(some => some[d].Queries > 0).Select(some => some[d].UniformAttention));
        }

        using Tensor<int> tokens = _model.Batch(rows);
        // The last token has no next; it is given itself, and that loss is left out.
        using Tensor<int> targets =
            _model.Batch([.. rows.Select(row => (int[])[.. row[1..], row[^1]])]);
        var values = new Dictionary<int, Tensor<float>>();
        Hooks hooks = new Hooks().Observe(
            "blocks.*.attn.hook_pattern",
            (point, pattern) => Look(point.Layer!.Value, pattern, keys));
        if (_copying is not null)
        {
            hooks.Observe("blocks.*.attn.hook_v", (point, v) => values[point.Layer!.Value] = v);
            hooks.Observe(
                "blocks.*.attn.hook_pattern",
                (point, pattern) =>
                    Copy(point.Layer!.Value, pattern, values[point.Layer!.Value], rows));
        }

        using Tape tape = Tape.NoGrad();
        float[] losses = _model.Losses(tape, tokens, targets, hooks).Value.ToArray();
        Losses.AddRange(
            rows.Select((_, b) => losses.AsSpan(b * positions, positions - 1).ToArray()));
    }

    private void Look(int layer, Tensor<float> pattern, DetectionPattern[][] keys)
    {
        for (int b = 0; b < keys.Length; b++)
        {
            for (int head = 0; head < pattern.Shape[1]; head++)
            {
                ReadOnlySpan<float> one = pattern.Select(0, b).Select(0, head).Span;
                for (int d = 0; d < _detectors.Count; d++)
                {
                    if (keys[b][d].Queries > 0)
                    {
                        _values[d][layer][head].Add(keys[b][d].MeanAttention(one));
                    }
                }
            }
        }
    }

    // mean_i Σ_j P[i, j] (v_j W_O) · (W_U[:, t_j] − mean W_U): the mean over the vocabulary of a
    // logit is the logit of the mean column.
    private void Copy(int layer, Tensor<float> pattern, Tensor<float> v, int[][] rows)
    {
        // Heads that share values share them as neighbours: [batch, kvHead, member, pos, dHead].
        Tensor<float> output = _model.Blocks[layer].Attn.W_O.Value;             // [head, dHead, dModel]
        int members = output.Shape[0] / v.Shape[2];
        using Tensor<float> byHead = v.Transpose(1, 2).Unsqueeze(2)
            .BroadcastTo([v.Shape[0], v.Shape[2], members, v.Shape[1], v.Shape[3]]).Contiguous();
        using Tensor<float> written = Ops.MatMul(
            byHead.Reshape(v.Shape[0], output.Shape[0], v.Shape[1], v.Shape[3]), output);
        Tensor<float> unembed = _model.Unembed.W_U.Value.Transpose();          // [vocab, dModel]
        for (int b = 0; b < rows.Length; b++)
        {
            using Tensor<int> ids = Tensor.From<int>(rows[b], [rows[b].Length], v.Device);
            using Tensor<float> columns = Ops.GatherRows(unembed, ids);         // [pos, dModel]
            for (int head = 0; head < pattern.Shape[1]; head++)
            {
                _copying![layer][head].Add(Copied(
                    pattern.Select(0, b).Select(0, head).Span,
                    written.Select(0, b).Select(0, head).Span, columns.Span));
            }
        }
    }

    private double Copied(
        ReadOnlySpan<float> pattern, ReadOnlySpan<float> written, ReadOnlySpan<float> columns)
    {
        int dModel = _meanUnembed!.Length;
        int positions = written.Length / dModel;
        double sum = 0;
        for (int j = 0; j < positions; j++)
        {
            double own = 0;
            for (int d = 0; d < dModel; d++)
            {
                int at = (j * dModel) + d;
                own += (double)written[at] * (columns[at] - _meanUnembed[d]);
            }

            double looked = 0;
            for (int i = 0; i < positions; i++)
            {
                looked += pattern[(i * positions) + j];
            }

            sum += looked * own;
        }

        return sum / positions;
    }

    private static HeadScore Score(string name, List<double>[][] values, double? uniform)
    {
        Spread[][] spreads = [.. values.Select(layer => layer.Select(Spread.Of).ToArray())];
        return new HeadScore(
            name, Table(one => one.Mean),
            values[0][0].Count > 1 ? Table(one => one.Deviation!.Value) : null, uniform);

        double[][] Table(Func<Spread, double> of) =>
            [.. spreads.Select(layer => layer.Select(of).ToArray())];
    }

    /// <summary>A list for every head, [layer][head].</summary>
    private static List<double>[][] Lists(TransformerConfig config) =>
    [
        .. Enumerable.Range(0, config.Layers).Select(layer =>
            Enumerable.Range(0, config.Attention![layer].Heads)
                .Select(_ => new List<double>()).ToArray()),
    ];
}
