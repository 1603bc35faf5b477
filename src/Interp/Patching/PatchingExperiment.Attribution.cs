using Vitrine.Autograd;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Patching;

/// <content>Attribution patching: the gradient approximation of every cell, in one backward
/// pass.</content>
public sealed partial class PatchingExperiment
{
    /// <summary>Attribution patching (Nanda 2023; Syed et al. 2023): the effect of a patch if the
    /// metric were linear in the activation.
    /// <code>
    /// clean into corrupt: Σ (a_clean − a_corrupt) ∂metric/∂a at the corrupt run, as the sweep
    /// corrupt into clean: Σ (a_corrupt − a_clean) ∂metric/∂a at the clean run
    /// </code></summary>
    /// <param name="site">Which activation.</param>
    /// <param name="scope">One position per cell, or all at once.</param>
    /// <param name="corruptIntoClean">Whether to use the direction opposite to the sweep's.</param>
    /// <returns>[row, column] as in <see cref="PatchingSweep.Values"/>, in shares of the clean
    /// run's effect.</returns>
    /// <exception cref="ArgumentException">All positions of a site that belongs to no head: this is
    /// the other run itself.</exception>
    public double[][] Attribution(PatchSite site, PatchScope scope, bool corruptIntoClean = false)
    {
        RequireCells("Attribution", site, scope);
        (int layers, int heads, int length) =
            (Model.Config.Layers, Model.Config.Heads, Prompts.Length);
        Tensor<float>[] gradients = new Tensor<float>[layers];
        var hooks = new Hooks();
        for (int layer = 0; layer < layers; layer++)
        {
            hooks.OnGradient(
                BehindRotation(site, layer), (point, gradient) =>
                    gradients[point.Layer!.Value] = gradient.Clone());
        }

        _ = Gradients(corruptIntoClean, hooks);
        bool byHead = site.IsOfHeads() && scope == PatchScope.Position;
        int columns = scope == PatchScope.Position ? length : heads;
        double[][] values = [.. Enumerable.Range(0, byHead ? layers * heads : layers)
            .Select(_ => new double[columns])];
        using RecordedPass? corruptPatterns =
            site == PatchSite.Pattern ? new RecordedPass(Model, _corruptTokens, patterns: true)
                : null;
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor<float> clean = Activation(Clean(site), site, layer);
            Tensor<float> corrupt = Activation(corruptPatterns ?? CorruptPass, site, layer);
            using Tensor<float> product = corruptIntoClean
                ? Ops.Subtract(corrupt, clean) : Ops.Subtract(clean, corrupt);
            using Tensor<float> gradient = gradients[layer];
            Ops.Multiply(product, gradient, into: product);
            Collect(product, site, scope, byHead ? layer * heads : layer, values);
        }

        return values;
    }

    /// <summary>Runs backward from the normalised metric; hooks receive the gradients.</summary>
    internal double Gradients(bool cleanRun, Hooks hooks)
    {
        using var tape = Tape.ForActivations();
        Var resid = Model.Embedded(tape, cleanRun ? _cleanTokens : _corruptTokens, hooks);
        resid = Model.Through(tape, resid, 0, Model.Config.Layers, hooks);
        Var last = tape.Reshape(
            tape.Slice(resid, 1, Prompts.Length - 1, 1), Prompts.Count, Model.Config.DModel);
        Var value = _metric.Normalised(tape, Model.Logits(tape, last));
        tape.Backward(value);
        return value.Value[[]];
    }

    /// <summary>Adds up a product over the batch and what a cell has in common.</summary>
    private void Collect(
        Tensor<float> product, PatchSite site, PatchScope scope, int row, double[][] values)
    {
        bool pattern = site == PatchSite.Pattern;
        int heads = site.IsOfHeads() ? Model.Config.Heads : 1;
        ReadOnlySpan<float> span = product.Span;
        int each = span.Length / (Prompts.Count * Prompts.Length * heads);
        for (int i = 0; i < span.Length; i++)
        {
            int outer = i / each;
            int inner = pattern ? Prompts.Length : heads;
            (int first, int second) =
                (outer / inner % (pattern ? heads : Prompts.Length), outer % inner);
            (int head, int position) = pattern ? (first, second) : (second, first);
            if (scope == PatchScope.AllPositions)
            {
                values[row][head] += span[i];
            }
            else
            {
                values[row + head][position] += span[i];
            }
        }
    }
}
