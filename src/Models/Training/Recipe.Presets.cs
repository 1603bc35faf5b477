using Vitrine.Models.Data;

namespace Vitrine.Models.Training;

/// <content>Recipes tested on the State of the Union corpus; docs/training.md has the
/// measurements.</content>
public sealed partial record Recipe
{
    /// <summary>The names of the presets.</summary>
    public static IReadOnlyList<string> Presets { get; } =
        ["0-layer", "1-layer", "2-layer", "2-layer-repeats", "2-layer-text"];

    /// <summary>A 0-layer model on the State of the Union corpus. It sees one token, so its windows
    /// are pairs: each is used once before any is used twice.</summary>
    public static Recipe ZeroLayer { get; } = new()
    {
        Name = "0-layer",
        Steps = 1150,
        Context = 1,
        BatchSize = 2048,
        LearningRate = 3e-2f,
        Floor = 0,
        Beta2 = 0.995f,
        Epsilon = 1e-5f,
    };

    /// <summary>A 1-layer model on natural text. Embedding and unembedding are trained as in
    /// <see cref="ZeroLayer"/>, the head at a lower rate.</summary>
    public static Recipe OneLayer { get; } = ZeroLayer with
    {
        Name = "1-layer",
        Context = 128,
        BatchSize = 16,
        Weights = [new WeightSettings("blocks.*.attn.W_*", LearningRateFactor: 0.3f)],
    };

    /// <summary>A 2-layer model on repeated random tokens alone: the textbook
    /// demonstration.</summary>
    public static Recipe RandomRepeats { get; } = new()
    {
        Name = "2-layer-repeats",
        Data = "repeats",
        Steps = 700,
        Context = 128,
        BatchSize = 8,
        LearningRate = 1e-2f,
        Beta2 = 0.95f,
        InitialStandardDeviation = 0.02f,
        Weights =
        [
            new WeightSettings("embed.W_E", InitialStandardDeviation: 0.5f),
            new WeightSettings("blocks.*.attn.rel_pos_bias.weight", LearningRateFactor: 5),
        ],
        RandomTypes = 128,
        Recency = 1,
    };

    /// <summary>A 2-layer model on text whose windows partly repeat: at first all of them, half of
    /// these repeating their first half, which starts induction heads; then fewer and fewer, with a
    /// passage at a random distance, which only heads that match content can follow. Most of its
    /// input is natural text.</summary>
    public static Recipe Mixture { get; } = RandomRepeats with
    {
        Name = "2-layer",
        Data = "mixture",
        Steps = 2200,
        BatchSize = 16,
        Floor = 0,
        Beta2 = 0.995f,
        Epsilon = 1e-5f,
        Weights =
        [
            new WeightSettings(
                "embed.W_E", LearningRateFactor: 3, InitialStandardDeviation: 0.2f),
            new WeightSettings("unembed.*", LearningRateFactor: 3),
            new WeightSettings("blocks.*.attn.rel_pos_bias.weight", LearningRateFactor: 5),
        ],
        Repeats =
        [
            new RepeatPhase(300, 1, Halves: 0.5f), new RepeatPhase(300, 0.5f),
            new RepeatPhase(600, 0.25f), new RepeatPhase(1000, 0.15f),
        ],
        RandomTypes = 0,
    };

    /// <summary>A 2-layer model on natural text alone, with tokens that are cheap and recur, at a
    /// rate low enough that what layer 1 learns to match does not drift away; its heads attend by
    /// content alone. One head begins to match, as far as the text rewards it; no induction head
    /// has formed.</summary>
    public static Recipe NaturalText { get; } = ZeroLayer with
    {
        Name = "2-layer-text",
        Merges = 1000,
        Steps = 24_000,
        Context = 512,
        BatchSize = 4,
        LearningRate = 2.5e-3f,
        Warmup = 100,
        Epsilon = 1e-8f,
        Weights =
        [
            new WeightSettings("blocks.0.attn.rel_pos_bias.weight", LearningRateFactor: 5),
            new WeightSettings("blocks.1.attn.rel_pos_bias.weight", LearningRateFactor: 0),
        ],
        Recency = 1,
    };

    /// <summary>Finds a preset.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static Recipe Preset(string name) =>
        new[] { ZeroLayer, OneLayer, Mixture, RandomRepeats, NaturalText }
            .FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new ArgumentException(
            $"Recipe: there is no preset '{name}'; the presets are {string.Join(", ", Presets)}.");
}
