using System.Globalization;
using Vitrine.Models.Data;

namespace Vitrine.Models.Training;

/// <summary>The text of a run's <c>README.md</c>.</summary>
internal static class ModelCard
{
    public static string Of(
        TransformerConfig config, Recipe recipe, Corpus corpus, TrainingSummary summary)
    {
        (int documents, long tokens) = (corpus.TrainDocuments.Count, corpus.Train.Length);
        (int heldOut, long heldOutTokens) = (corpus.HeldOutDocuments.Count, corpus.HeldOut.Length);
        int perStep = recipe.TokensPerStep;
        string merges = recipe.Merges is { } first
            ? string.Create(CultureInfo.InvariantCulture, $", its first {first:N0} merges") : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
        # A {config.Layers}-layer transformer on {corpus.Name}

        {What(config)} Trained from scratch with Vitrine.

        | | |
        |---|---|
        | vocabulary | {config.Vocabulary:N0} tokens, GPT-2's byte-level BPE{merges} |
        | dModel | {config.DModel} |
        | training text | {documents:N0} documents, {tokens:N0} tokens |
        | held-out text | {heldOut:N0} documents, {heldOutTokens:N0} tokens |
        | data | {recipe.Data} |
        | recipe | {recipe.Name}, seed {recipe.Seed}: {summary.Steps:N0} × {perStep:N0} tokens |
        | training loss | {summary.TrainLoss:F3} nats per token (last tenth of the steps) |
        | held-out loss | {summary.HeldOutLoss:F3} nats per token, all held-out tokens |

        `model.safetensors` holds the weights in float32, by the names and in the shapes of
        TransformerLens: `embed.W_E` [vocab, dModel] … `unembed.W_U` [dModel, vocab] and
        `unembed.b_U` [vocab]. `checkpoints/` holds them along the run in float16,
        `metrics.jsonl` the losses.

        The model repeats the statistics of its text, among them its errors and prejudices. It is
        made to be looked into, not to be used.

        """);
    }

    private static string What(TransformerConfig config) => config.Layers == 0
        ? "`logits = W_E[token] W_U + b_U`: what is likely after each token, as a product of rank "
            + $"{config.DModel}."
        : $"Attention alone, no MLP: {config.Heads} heads of {config.DHead} a layer, positions "
            + $"{config.Positions.Kind}, norm {config.Norm.Kind}, "
            + $"windows of {config.Context} tokens.";
}
