using System.Globalization;
using Vitrine.Models.Data;

namespace Vitrine.Models.Training;

/// <summary>The text of a run's <c>README.md</c>.</summary>
internal static class ModelCard
{
    public static string Of(
        TransformerConfig config, Recipe recipe, Corpus corpus, TrainingSummary summary) =>
        string.Create(CultureInfo.InvariantCulture, $"""
        # A 0-layer transformer on {corpus.Name}

        `logits = W_E[token] W_U + b_U`: what is likely after each token, as a product of rank
        {config.DModel}. Trained from scratch with Vitrine.

        | | |
        |---|---|
        | vocabulary | {config.Vocabulary:N0} tokens, GPT-2's byte-level BPE |
        | dModel | {config.DModel} |
        | training text | {corpus.TrainDocuments.Count:N0} documents, {corpus.Train.Length:N0} tokens |
        | held-out text | {corpus.HeldOutDocuments.Count:N0} documents, {corpus.HeldOut.Length:N0} tokens |
        | recipe | {recipe.Name}, seed {recipe.Seed}: {summary.Steps:N0} steps of {recipe.TokensPerStep:N0} tokens |
        | training loss | {summary.TrainLoss:F3} nats per token (last tenth of the steps) |
        | held-out loss | {summary.HeldOutLoss:F3} nats per token, all held-out tokens |

        `model.safetensors` holds `embed.W_E` [vocab, dModel], `unembed.W_U` [dModel, vocab] and
        `unembed.b_U` [vocab], float32. `checkpoints/` holds them along the run in float16,
        `metrics.jsonl` the losses.

        The model repeats the statistics of its text, among them its errors and prejudices. It is made
        to be looked into, not to be used.

        """);
}
