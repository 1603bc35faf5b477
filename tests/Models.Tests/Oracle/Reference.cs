using Vitrine.Models.Positions;

namespace Vitrine.Models.Tests.Oracle;

/// <summary>The forward pass of an attention-only transformer in float64, written as plain loops
/// from the formulas: nothing of the library runs in it.</summary>
/// <remarks>Numbers lie in the literature's layout: W_Q [head, dModel, dHead], W_O [head, dHead,
/// dModel], W_U [dModel, vocab]; activations as <see cref="HookNames"/> says.</remarks>
internal sealed class Reference(
    TransformerConfig config, Dictionary<string, double[]> weights, int batch, int[] tokens)
{
    private readonly int _rows = tokens.Length;
    private readonly int _pos = tokens.Length / batch;
    private AttentionConfig _heads = null!;

    /// <summary>The weights by name; a test may change them between passes.</summary>
    public Dictionary<string, double[]> Weights => weights;

    /// <summary>Every activation of the last pass, in its order.</summary>
    public Dictionary<string, double[]> Seen { get; } = [];

    /// <summary>What is added to one number of one activation on the way.</summary>
    public (string Name, int Index, double By)? Nudge { get; set; }

    /// <summary>Whether each head reads its own copy of the stream, normed for itself.</summary>
    public bool OwnInputs { get; set; }

    /// <summary>float64 [batch, pos, vocab].</summary>
    public double[] Logits()
    {
        Seen.Clear();
        (int dModel, int vocab) = (config.DModel, config.Vocabulary);
        double[] w_E = weights["embed.W_E"];
        double[] w_U = config.Embedding.Tied ? w_E : weights["unembed.W_U"];
        double[] resid = new double[_rows * dModel];
        for (int i = 0; i < resid.Length; i++)
        {
            resid[i] = w_E[(tokens[i / dModel] * dModel) + (i % dModel)];
        }

        resid = At("hook_embed", resid);
        double[]? positions = Positions();
        if (positions is not null && config.Positions.Kind != PositionKind.Shortformer)
        {
            resid = Plus(resid, positions);
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            resid = Layer(layer, resid, positions);
        }

        double[] x = At("unembed.hook_in", Norm("ln_final", resid, named: true));
        double[] logits = new double[_rows * vocab];
        for (int i = 0; i < logits.Length; i++)
        {
            (int row, int v) = (i / vocab, i % vocab);
            logits[i] = config.Embedding.OutputBias ? weights["unembed.b_U"][v] : 0;
            for (int d = 0; d < dModel; d++)
            {
                logits[i] += x[(row * dModel) + d]
                    * w_U[config.Embedding.Tied ? (v * dModel) + d : (d * vocab) + v];
            }
        }

        return At("unembed.hook_out", logits);
    }

    /// <summary>−log softmax(logits)[target], float64 [batch · pos].</summary>
    public double[] Losses(double[] logits, int[] targets)
    {
        int vocab = config.Vocabulary;
        double[] losses = new double[_rows];
        for (int row = 0; row < _rows; row++)
        {
            double[] own = logits[(row * vocab)..((row + 1) * vocab)];
            double most = own.Max();
            losses[row] = most + Math.Log(own.Sum(logit => Math.Exp(logit - most)))
                - own[targets[row]];
        }

        return losses;
    }

    private static double[] Plus(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    private double[] Layer(int layer, double[] resid, double[]? positions)
    {
        _heads = config.Attention![layer];
        string block = $"blocks.{layer}.";
        string attn = $"{block}attn.";
        resid = At($"{block}hook_resid_pre", resid);
        double[] q, k, v;
        if (OwnInputs)
        {
            q = OwnCopies("q");
            k = OwnCopies("k");
            v = OwnCopies("v");
        }
        else
        {
            q = k = v = Copies(Norm($"{block}ln1", resid, named: true));
        }

        if (config.Positions.Kind == PositionKind.Shortformer)
        {
            q = Plus(q, Copies(positions!));
            k = Plus(k, Copies(positions!));
        }

        q = At($"{attn}hook_q", Project(attn, "Q", q));
        k = At($"{attn}hook_k", Project(attn, "K", k));
        v = At($"{attn}hook_v", Project(attn, "V", v));
        if (config.Positions.Kind == PositionKind.Rotary)
        {
            q = At($"{attn}hook_rot_q", Rotated(q));
            k = At($"{attn}hook_rot_k", Rotated(k));
        }

        double[] scores = At($"{attn}hook_attn_scores", Scores(attn, q, k));
        double[] pattern = At($"{attn}hook_pattern", Softmax(scores));
        double[] z = At($"{attn}hook_z", Mixed(pattern, v));
        double[] result = At($"{attn}hook_result", Result(attn, z));
        double[] written = new double[resid.Length];
        for (int i = 0; i < written.Length; i++)
        {
            (int row, int d) = (i / config.DModel, i % config.DModel);
            written[i] = _heads.Biases ? weights[$"{attn}b_O"][d] : 0;
            for (int head = 0; head < _heads.Heads; head++)
            {
                written[i] += result[(((row * _heads.Heads) + head) * config.DModel) + d];
            }
        }

        written = At($"{block}hook_attn_out", written);
        return At($"{block}hook_resid_post", Plus(resid, written));

        double[] OwnCopies(string name) => Norm(
            $"{block}ln1", At($"{block}hook_{name}_input", Copies(resid)), named: false);
    }

    /// <summary>[.., pos, dModel] as [.., pos, head, dModel].</summary>
    private double[] Copies(double[] x)
    {
        double[] copies = new double[x.Length * _heads.Heads];
        for (int i = 0; i < copies.Length; i++)
        {
            int row = i / config.DModel / _heads.Heads;
            copies[i] = x[(row * config.DModel) + (i % config.DModel)];
        }

        return copies;
    }

    private double[] Project(string attn, string which, double[] x)
    {
        (int heads, int dModel, int dHead) = (_heads.Heads, config.DModel, _heads.DHead);
        double[] w = weights[$"{attn}W_{which}"];
        double[] y = new double[_rows * heads * dHead];
        for (int i = 0; i < y.Length; i++)
        {
            (int at, int e) = (i / dHead, i % dHead);
            int head = at % heads;
            y[i] = _heads.Biases ? weights[$"{attn}b_{which}"][(head * dHead) + e] : 0;
            for (int d = 0; d < dModel; d++)
            {
                y[i] += x[(at * dModel) + d] * w[(((head * dModel) + d) * dHead) + e];
            }
        }

        return y;
    }

    private double[] Scores(string attn, double[] q, double[] k)
    {
        (int heads, int dHead) = (_heads.Heads, _heads.DHead);
        double scale = _heads.Scale ?? (1 / Math.Sqrt(dHead));
        double[,] bias = PositionFormulas.Bias(config, _heads, weights, attn, _pos);
        double[] scores = new double[batch * heads * _pos * _pos];
        for (int i = 0; i < scores.Length; i++)
        {
            (int query, int key) = (i / _pos % _pos, i % _pos);
            (int b, int head) = (i / _pos / _pos / heads, i / _pos / _pos % heads);
            double dot = 0;
            for (int e = 0; e < dHead; e++)
            {
                dot += q[(((((b * _pos) + query) * heads) + head) * dHead) + e]
                    * k[(((((b * _pos) + key) * heads) + head) * dHead) + e];
            }

            scores[i] = key > query
                ? double.NegativeInfinity
                : (scale * dot) + bias[head, query - key];
        }

        return scores;
    }

    private double[] Softmax(double[] scores)
    {
        double[] pattern = new double[scores.Length];
        for (int row = 0; row < scores.Length; row += _pos)
        {
            double[] own = scores[row..(row + _pos)];
            double most = own.Max();
            double sum = own.Sum(score => Math.Exp(score - most));
            for (int key = 0; key < _pos; key++)
            {
                pattern[row + key] = Math.Exp(own[key] - most) / sum;
            }
        }

        return pattern;
    }

    private double[] Mixed(double[] pattern, double[] v)
    {
        (int heads, int dHead) = (_heads.Heads, _heads.DHead);
        double[] z = new double[v.Length];
        for (int i = 0; i < z.Length; i++)
        {
            (int e, int head, int row) = (i % dHead, i / dHead % heads, i / dHead / heads);
            (int b, int query) = (row / _pos, row % _pos);
            for (int key = 0; key < _pos; key++)
            {
                z[i] += pattern[(((((b * heads) + head) * _pos) + query) * _pos) + key]
                    * v[(((((b * _pos) + key) * heads) + head) * dHead) + e];
            }
        }

        return z;
    }

    private double[] Result(string attn, double[] z)
    {
        (int heads, int dModel, int dHead) = (_heads.Heads, config.DModel, _heads.DHead);
        double[] w = weights[$"{attn}W_O"];
        double[] result = new double[_rows * heads * dModel];
        for (int i = 0; i < result.Length; i++)
        {
            (int at, int d) = (i / dModel, i % dModel);
            for (int e = 0; e < dHead; e++)
            {
                result[i] += z[(at * dHead) + e]
                    * w[((((at % heads) * dHead) + e) * dModel) + d];
            }
        }

        return result;
    }

    /// <summary>Rows of dModel numbers, normed.</summary>
    private double[] Norm(string name, double[] x, bool named)
    {
        if (config.Norm.Kind == NormKind.None)
        {
            return x;
        }

        int dModel = config.DModel;
        double[] scale = new double[x.Length / dModel];
        double[] centred = new double[x.Length];
        for (int row = 0; row < scale.Length; row++)
        {
            double[] own = x[(row * dModel)..((row + 1) * dModel)];
            bool centres = config.Norm.Kind == NormKind.LayerNorm;
            double mean = centres ? own.Average() : 0;
            double variance = own.Average(value => (value - mean) * (value - mean));
            scale[row] = Math.Sqrt(variance + config.Norm.Epsilon);
            for (int d = 0; d < dModel; d++)
            {
                centred[(row * dModel) + d] = own[d] - mean;
            }
        }

        scale = named ? At($"{name}.hook_scale", scale) : scale;
        double[] normalized = [.. centred.Select((value, i) => value / scale[i / dModel])];
        normalized = named ? At($"{name}.hook_normalized", normalized) : normalized;
        double[] w = weights[$"{name}.w"];
        double[] b = weights.GetValueOrDefault($"{name}.b", new double[w.Length]);
        return [.. normalized.Select((value, i) => (value * w[i % dModel]) + b[i % dModel])];
    }

    private double[]? Positions() => config.Positions.HasVectors
        ? At("hook_pos_embed", PositionFormulas.Vectors(config, weights, batch, _pos)) : null;

    private double[] Rotated(double[] x) => PositionFormulas.Rotated(config, _heads, x, _pos);

    private double[] At(string name, double[] x)
    {
        if (Nudge is { } nudge && nudge.Name == name)
        {
            x = [.. x];
            x[nudge.Index] += nudge.By;
        }

        Seen.Add(name, x);
        return x;
    }
}
