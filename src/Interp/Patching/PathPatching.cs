using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <summary>Path patching (Wang et al. 2022, "Interpretability in the Wild", section 3.1): how much
/// of a behaviour goes directly from one head into another's queries, keys or values, or into the
/// logits.
/// <code>
/// stream' = clean stream + (z_corrupt − z_clean) W_O of the sender          other heads frozen
/// receiver's q, k or v = what it computes from stream', all else clean; everything after it again
/// </code></summary>
/// <remarks>With all heads but the sender frozen, a later layer's stream changes by exactly what
/// the sender writes, so the first of the two passes of the definition is one addition. Norms are
/// recomputed on the changed stream.</remarks>
public static class PathPatching
{
    private static readonly string[] Inputs = ["q", "k", "v"];

    /// <summary>Every path between two heads, and from every head to the logits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Clean prompts, the base run, and corrupt ones, the source.</param>
    /// <param name="metric">The metric for the paths.</param>
    /// <param name="cancellation">Checked between layers.</param>
    /// <exception cref="ArgumentException">The model has no layers, the prompts do not fit it, or
    /// the metric is the same for both runs.</exception>
    public static PathPatchingResult Of(
        Transformer model, PromptPairs prompts, MetricKind metric = MetricKind.LogitDifference,
        CancellationToken cancellation = default)
    {
        using var experiment = new PatchingExperiment(model, prompts, metric);
        var paths = new List<PatchedPath>();
        (int layers, int heads) = (model.Config.Layers, model.Config.Heads);
        for (int sender = 0; sender < layers; sender++)
        {
            using var tape = Tape.NoGrad();
            Tensor<float> change = Change(tape, experiment, sender);
            var found = new List<(int Sender, PatchedPath Path)>();
            double[] logits = ToLogits(experiment, change);
            for (int receiver = sender + 1; receiver < layers; receiver++)
            {
                cancellation.ThrowIfCancellationRequested();
                double[][] values = ToHeads(experiment, change, receiver);
                for (int h = 0; h < heads; h++)
                {
                    for (int r = 0; r < heads; r++)
                    {
                        found.AddRange(Inputs.Select((input, i) => (h, new PatchedPath(
                            new Head(sender, h), new Head(receiver, r), input,
                            values[i][(r * heads) + h]))));
                    }
                }
            }

            found.AddRange(logits.Select(
                (value, h) => (h, new PatchedPath(new Head(sender, h), null, "logits", value))));
            paths.AddRange(found.OrderBy(path => path.Sender).Select(path => path.Path));
        }

        return new PathPatchingResult(
            paths, prompts.Clean, prompts.Corrupt, prompts.Answers, prompts.Versus, metric,
            experiment.ValueClean, experiment.ValueCorrupt);
    }

    /// <summary>How each head of a layer moves the clean stream: [head · batch, pos, dModel] from
    /// the first difference on.</summary>
    private static Tensor<float> Change(Tape tape, PatchingExperiment experiment, int layer)
    {
        int first = experiment.Prompts.FirstDifference;
        Tensor<float> z = experiment.CorruptPass.Z(layer).Slice(
            1, first, experiment.Prompts.Length - first);
        Tensor<float> moved = new SuffixPass(experiment.Model, experiment.CleanPass)
            .Written(tape, layer, z, first);
        return tape.Own(Ops.Subtract(ByHead(experiment, moved), Clean(experiment, layer + 1)));
    }

    private static double[] ToLogits(PatchingExperiment experiment, Tensor<float> change)
    {
        using Tensor<float> stream =
            Ops.Add(change, Clean(experiment, experiment.Model.Config.Layers));
        using Tensor<float> rows = stream.Select(2, -1).Clone();
        return Values(experiment, rows.Reshape(-1, experiment.Model.Config.DModel));
    }

    /// <summary>For q, k and v the values [receiving head, sending head].</summary>
    private static double[][] ToHeads(
        PatchingExperiment experiment, Tensor<float> change, int layer)
    {
        (Transformer model, RecordedPass clean) = (experiment.Model, experiment.CleanPass);
        using var tape = Tape.NoGrad();
        Block block = model.Blocks[layer];
        var suffix = new SuffixPass(model, clean);
        int first = experiment.Prompts.FirstDifference;
        int length = experiment.Prompts.Length;
        int from = layer == model.Config.Layers - 1 ? length - 1 : first;
        int senders = model.Config.Heads;
        Tensor<float> moved = tape.Own(Ops.Add(change, Clean(experiment, layer)));
        var stream = new Var(moved.Reshape(-1, length - first, model.Config.DModel));
        (Var readQ, Var readK, Var readV) = block.Read(tape, stream, new(first));
        Tensor<float> movedQ = readQ.Value.Slice(1, from - first, length - from);
        Tensor<float> movedK = SuffixPass.Appended(tape, clean.K(layer), readK.Value, first);
        Tensor<float> movedV = SuffixPass.Appended(tape, clean.V(layer), readV.Value, first);
        Tensor<float> q = SuffixPass.Repeated(tape, clean.Q(layer), senders, from);
        Tensor<float> k = SuffixPass.Repeated(tape, clean.K(layer), senders, from: 0);
        Tensor<float> v = SuffixPass.Repeated(tape, clean.V(layer), senders, from: 0);
        return [With(movedQ, k, v), With(q, movedK, v), With(q, k, movedV)];

        // A head's z depends on no other head's q, k or v: one mix serves every receiver.
        double[] With(Tensor<float> someQ, Tensor<float> someK, Tensor<float> someV)
        {
            Var z = block.Attn.Mix(tape, new Var(someQ), new Var(someK), new Var(someV));
            Tensor<float> after = suffix.Written(tape, layer, z.Value, from);
            using Tensor<float> rows = suffix.AfterAllFrom(layer + 1, after, from);
            return Values(experiment, rows);
        }
    }

    private static double[] Values(PatchingExperiment experiment, Tensor<float> rows) =>
        [.. experiment.Metric.Of(experiment.Model, rows).Select(experiment.Metric.Normalised)];

    private static Tensor<float> ByHead(PatchingExperiment experiment, Tensor<float> x) =>
        x.Reshape(experiment.Model.Config.Heads, experiment.Prompts.Count, x.Shape[1], x.Shape[2]);

    /// <summary>The clean stream before a layer, [1, batch, pos, dModel] from the first difference
    /// on.</summary>
    private static Tensor<float> Clean(PatchingExperiment experiment, int layer)
    {
        int first = experiment.Prompts.FirstDifference;
        return experiment.CleanPass.Resid(layer).Slice(1, first, experiment.Prompts.Length - first)
            .Unsqueeze(0);
    }
}
