using System.Globalization;
using Vitrine.Autograd;
using Vitrine.Models.Data;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Training;

/// <summary>The text of a run's <c>README.md</c>.</summary>
internal static partial class ModelCard
{
    private const int ExampleTokens = 8;

    public static string Of(
        Transformer model, Recipe recipe, Corpus corpus, TrainingSummary summary)
    {
        TransformerConfig config = model.Config;
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

        `model.safetensors` holds the weights in float32, with the names and shapes of
        TransformerLens: `embed.W_E` [vocab, dModel] … `unembed.W_U` [dModel, vocab] and
        `unembed.b_U` [vocab]. `checkpoints/` holds the weights during training in float16, and
        `metrics.jsonl` the losses.
        {Attention(config)}{Example(model, corpus)}
        The model repeats the statistics of its text, including its errors and prejudices. It is
        made for study, not for use.

        """);
    }

    /// <summary>How scores come about, as far as the weights' names do not say it.</summary>
    private static string Attention(TransformerConfig config)
    {
        if (config.Attention?.Shared is not { } heads)
        {
            return "";
        }

        PositionConfig positions = config.Positions;
        int exact = positions.RelativeBuckets / 2;
        return string.Create(CultureInfo.InvariantCulture, $"""

        Attention scores are q · k times {heads.ScoreScale}, softmax over the query's own and all
        earlier positions.
        """)
            + (positions.Kind != PositionKind.Relative ? "\n"
                : string.Create(CultureInfo.InvariantCulture, $"""
         To a score is added `rel_pos_bias.weight` [bucket, head] for the distance from query to key:
        distances 0 … {exact - 1} have a bucket each, longer ones share
        {positions.RelativeBuckets - exact} buckets that widen in proportion to the distance, up to
        {positions.RelativeMaxDistance}, and the last holds all beyond.

        """));
    }

    /// <summary>A program that reproduces a logit, and the logit.</summary>
    private static string Example(Transformer model, Corpus corpus)
    {
        int length = Math.Min(ExampleTokens, corpus.HeldOut.Length - 1);
        length = model.Config.Context > 0 ? Math.Min(length, model.Config.Context) : length;
        int[] tokens = corpus.HeldOut[..(length + 1)].ToArray();
        if (Python(model.Config, tokens[..length], tokens[length]) is not { } program)
        {
            return "";
        }

        using Tape tape = Tape.NoGrad();
        using Tensor<int> batch = model.Batch(tokens.AsSpan(0, length));
        Tensor<float> logits = model.Forward(tape, batch).Value;
        return string.Create(CultureInfo.InvariantCulture, $"""

        This prints {logits[0, length - 1, tokens[length]]:F4}, the logit of the token that follows
        the first {length} of the held-out text (its ids are those of `vocab.json`):

        ```python
        {program}
        ```

        """);
    }

    private static string What(TransformerConfig config) => config.Layers == 0
        ? "`logits = W_E[token] W_U + b_U`: the likely tokens after each token, as a product of "
            + $"rank {config.DModel}."
        : $"Attention alone, no MLP: {config.Heads} {(config.Heads == 1 ? "head" : "heads")} of "
            + $"{config.DHead} per layer, positions {config.Positions.Kind}, norm "
            + $"{config.Norm.Kind}, windows of {config.Context} tokens.";
}
