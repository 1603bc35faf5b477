using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>Edge attribution patching: the effect of every edge from a writer to a reader,
/// approximated by gradients.
/// <code>
/// EAP:            score[s, t] = Σ (e_s,corrupt − e_s,clean) · ∂metric/∂(input of t), clean run
/// EAP-IG-inputs:  the gradient's mean over k = 1 … m, at runs whose embedding is
///                 e_corrupt + (k/m)(e_clean − e_corrupt)
/// </code></summary>
/// <remarks>Syed et al. (2023), "Attribution Patching Outperforms Automated Circuit Discovery";
/// Hanna et al. (2024), "Have Faith in Faithfulness". A target's input is its own copy of the
/// residual stream before the norm. Float32; the sums over positions and features run in float32 as
/// matrix products.</remarks>
/// <param name="Sources">The writers: <c>input</c> (the embeddings), then heads as
/// <c>a0.h0</c>.</param>
/// <param name="Targets">The readers: <c>a0.h0.q</c>, <c>a0.h0.k</c>, <c>a0.h0.v</c>, …,
/// <c>logits</c>.</param>
/// <param name="Scores">[source, target]: the normalised metric's change if the edge is corrupted;
/// 0 if the source is not before the target.</param>
/// <param name="Steps">m; 0 for plain EAP.</param>
/// <param name="Metric">The metric for the edges.</param>
/// <param name="ValueClean">The clean run's value.</param>
/// <param name="ValueCorrupt">The corrupt run's value.</param>
public sealed record EdgeAttribution(
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Targets,
    double[][] Scores,
    int Steps,
    MetricKind Metric,
    double ValueClean,
    double ValueCorrupt) : Analysis(
        "edges",
        "Which edges carry it?",
        "share of the clean run's effect",
        (Steps == 0
            ? "Corrupt minus clean output of the source, times the gradient of the target's input "
                + "at the clean run"
            : $"The same with the gradient averaged over {Steps} runs between the corrupt and the "
                + "clean embeddings")
        + "; an edge carries the resulting loss in the metric. The residual is the difference "
        + "between the sum of the input's edges and 1, the exact effect of corrupting the input.")
{
    /// <summary>Computes the scores of all edges.</summary>
    /// <param name="experiment">The recorded runs.</param>
    /// <param name="steps">m of the integrated gradients; 0 for plain EAP.</param>
    /// <exception cref="ArgumentOutOfRangeException">m is negative.</exception>
    public static EdgeAttribution Of(PatchingExperiment experiment, int steps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var tape = Tape.NoGrad();
        TransformerConfig config = experiment.Model.Config;
        Tensor<float> writes = tape.Own(Writes(experiment));
        Tensor<float> reads = tape.Own(Tensor.Zeros<float>(
            [(3 * config.Layers * config.Heads) + 1, writes.Shape[1]], writes.Device));
        for (int k = Math.Min(1, steps); k <= steps; k++)
        {
            float? mix = steps == 0 ? null : (float)k / steps;
            AddGradients(experiment, mix, Math.Max(1, steps), reads);
        }

        Tensor<float> products = tape.Own(Ops.MatMul(writes, reads.Transpose()));
        Head[] heads = [.. Head.All(config)];
        (string Name, int Layer)[] sources =
        [
            ("input", -1),
            .. heads.Select(head => ($"a{head.Layer}.h{head.Index}", head.Layer)),
        ];
        (string Name, int Layer)[] targets =
        [
            .. heads.SelectMany(head => (string[])["q", "k", "v"], (head, input) =>
                ($"a{head.Layer}.h{head.Index}.{input}", head.Layer)),
            ("logits", config.Layers),
        ];
        double[][] scores =
        [
            .. sources.Select((source, s) => targets.Select((target, t) =>
                source.Layer < target.Layer ? (double)products[s, t] : 0).ToArray()),
        ];
        return new EdgeAttribution(
            [.. sources.Select(source => source.Name)], [.. targets.Select(target => target.Name)],
            scores, steps,
            experiment.Metric.Kind, experiment.ValueClean, experiment.ValueCorrupt)
        {
            Residual = Math.Abs(scores[0].Sum() + 1),
        };
    }

    /// <summary>The strongest edges among those whose source is before the target.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<(string Source, string Target, double Score)> Strongest(int count) =>
    [
        .. Scores.SelectMany((row, s) => row.Select((score, t) => (Sources[s], Targets[t], score)))
            .Where(edge => Layer(edge.Item1) < Layer(edge.Item2))
            .OrderByDescending(edge => Math.Abs(edge.score)).Take(count),
    ];

    /// <summary>The end of an edge as heads are named elsewhere: <c>a0.h3.q</c> is 0.3 and its
    /// input q, <c>logits</c> the logits and that input.</summary>
    internal static (string Name, string Input) End(string end) => end.Split('.') switch
    {
        [var layer, var head] => ($"{layer[1..]}.{head[1..]}", ""),
        [var layer, var head, var input] => ($"{layer[1..]}.{head[1..]}", input),
        _ => (end, end),
    };

    private static int Layer(string end) => end switch
    {
        "input" => -1,
        "logits" => int.MaxValue,
        _ => int.Parse(end.AsSpan(1, end.IndexOf('.') - 1), CultureInfo.InvariantCulture),
    };

    /// <summary>Corrupt less clean write of every source, float32 [source, batch · pos ·
    /// dModel].</summary>
    private static Tensor<float> Writes(PatchingExperiment experiment)
    {
        (RecordedPass clean, RecordedPass corrupt) = (experiment.CleanPass, experiment.CorruptPass);
        TransformerConfig config = experiment.Model.Config;
        Tensor<float> stream = clean.Resid(0);
        Tensor<float> writes = Tensor.Empty<float>(
            [1 + (config.Layers * config.Heads), (int)stream.Length], stream.Device);
        Tensor<float> input = writes.Select(0, 0).Reshape([.. stream.Shape]);
        Ops.Subtract(corrupt.Resid(0), stream, into: input);
        int row = 1;
        for (int layer = 0; layer < config.Layers; layer++)
        {
            using Tensor<float> change = Ops.Subtract(corrupt.Z(layer), clean.Z(layer));
            using Tensor<float> byHead = change.Permute(2, 0, 1, 3).Clone();
            Ops.MatMul(
                byHead.Reshape(config.Heads, -1, config.DHead),
                experiment.Model.Blocks[layer].Attn.W_O.Value,
                into: writes.Slice(0, row, config.Heads).Reshape(config.Heads, -1, config.DModel));
            row += config.Heads;
        }

        return writes;
    }

    /// <summary>Adds the gradients at the targets' inputs, float32 [target, batch · pos ·
    /// dModel].</summary>
    /// <param name="experiment">The recorded runs.</param>
    /// <param name="mix">How far the embedding lies on the way from corrupt to clean; null for the
    /// clean run.</param>
    /// <param name="steps">How many runs the mean is over.</param>
    /// <param name="reads">What is added to.</param>
    private static void AddGradients(
        PatchingExperiment experiment, float? mix, int steps, Tensor<float> reads)
    {
        TransformerConfig config = experiment.Model.Config;
        var hooks = new Hooks();
        if (mix is { } share)
        {
            hooks.Replace(HookNames.Embed, (_, clean) => Mixed(experiment, clean, share));
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            int first = 3 * layer * config.Heads;
            hooks.OnGradient(HookNames.QInput(layer), (_, gradient) => Add(gradient, first));
            hooks.OnGradient(HookNames.KInput(layer), (_, gradient) => Add(gradient, first + 1));
            hooks.OnGradient(HookNames.VInput(layer), (_, gradient) => Add(gradient, first + 2));
        }

        hooks.OnGradient(HookNames.ResidPost(config.Layers - 1), (_, gradient) =>
            AddRow(gradient, reads.Shape[0] - 1));
        _ = experiment.Gradients(cleanRun: true, hooks);

        void Add(Tensor<float> gradient, int row)
        {
            for (int head = 0; head < config.Heads; head++)
            {
                AddRow(gradient.Select(2, head), row + (3 * head));
            }
        }

        void AddRow(Tensor<float> gradient, int row)
        {
            Tensor<float> into = reads.Select(0, row).Reshape([.. gradient.Shape]);
            Ops.AddScaled(into, gradient, 1f / steps, into: into);
        }
    }

    private static Tensor<float> Mixed(
        PatchingExperiment experiment, Tensor<float> clean, float share)
    {
        using var tape = Tape.NoGrad();
        Tensor<float> corrupt = experiment.Model.Embed.Forward(tape, experiment.CorruptTokens)
            .Value;
        using Tensor<float> change = Ops.Subtract(clean, corrupt);
        return Ops.AddScaled(corrupt, change, share);
    }
}
