using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Autograd.Optimizers;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Training;

/// <summary>How a model is trained: together with config, corpus and seed, everything that the
/// weights depend on.</summary>
/// <param name="Name">Its name in summaries.</param>
/// <param name="Seed">The seed of the initial weights and of the order of the text.</param>
/// <param name="Steps">The number of updates.</param>
/// <param name="Context">Tokens in a window of text.</param>
/// <param name="BatchSize">Windows in a step.</param>
/// <param name="LearningRate">AdamW's learning rate after the warm-up.</param>
/// <param name="Warmup">Steps of rising learning rate.</param>
/// <param name="Decay">How the learning rate falls after the warm-up.</param>
/// <param name="Floor">The final learning rate, as a share of its peak.</param>
/// <param name="Beta1">AdamW's β₁.</param>
/// <param name="Beta2">AdamW's β₂.</param>
/// <param name="Epsilon">AdamW's ε. Above the gradients of rare tokens it keeps them from moving
/// at the full rate on no evidence.</param>
/// <param name="WeightDecay">The decoupled weight decay of weights without their own
/// settings.</param>
/// <param name="GradientClip">The largest norm of the whole gradient.</param>
/// <param name="InitialStandardDeviation">The standard deviation of the initial weights.</param>
/// <param name="Weights">Weights with their own settings; null for none.</param>
/// <param name="Data">What the model sees, in a word: <c>text</c>, <c>mixture</c> or
/// <c>repeats</c>.</param>
/// <param name="Repeats">How many windows of text repeat themselves, phase by phase; null for
/// none.</param>
/// <param name="RandomTypes">Above 0, the model sees no text but repeated random tokens, drawn from
/// that many of the commonest types.</param>
/// <param name="Recency">How much lower each distance bucket starts than the previous one in the
/// first layer's relative bias.</param>
/// <param name="Merges">How many of GPT-2's merges make the tokens
/// (<see cref="Tokenizers.Tokenizer.WithMerges"/>); null for all.</param>
public sealed partial record Recipe(
    string Name = "custom",
    ulong Seed = 0,
    int Steps = 600,
    int Context = 128,
    int BatchSize = 16,
    float LearningRate = 1e-2f,
    int Warmup = 50,
    Decay Decay = Decay.Linear,
    float Floor = 0.1f,
    float Beta1 = 0.9f,
    float Beta2 = 0.99f,
    float Epsilon = 1e-8f,
    float WeightDecay = 0,
    float GradientClip = 1,
    float InitialStandardDeviation = 0.05f,
    IReadOnlyList<WeightSettings>? Weights = null,
    string Data = "text",
    IReadOnlyList<RepeatPhase>? Repeats = null,
    int RandomTypes = 0,
    float Recency = 0,
    int? Merges = null)
{
    /// <summary>Tokens per step.</summary>
    [JsonIgnore]
    public int TokensPerStep => BatchSize * Context;

    /// <summary>The learning rate at each step.</summary>
    [JsonIgnore]
    public Schedule Schedule => new(LearningRate, Warmup, Steps, Floor * LearningRate, Decay);

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidDataException">A field is out of its range.</exception>
    public Recipe Validate()
    {
        Range("steps", Steps, 1, 100_000_000);
        Range("context", Context, 1, 1 << 20);
        Range("batchSize", BatchSize, 1, 1 << 20);
        Range("tokens per step (context · batchSize)", (double)Context * BatchSize, 1, 1 << 26);
        Range("warmup", Warmup, 0, Steps);
        ConfigRule.Known("decay", Decay, "Recipe");
        Range("learningRate", LearningRate, 0, 1e3);
        Range("floor", Floor, 0, 1);
        Range("beta1", Beta1, 0, 1 - 1e-6);
        Range("beta2", Beta2, 0, 1 - 1e-6);
        Range("epsilon", Epsilon, 0, 1);
        Range("weightDecay", WeightDecay, 0, 1e3);
        Range("gradientClip", GradientClip, 1e-12, double.PositiveInfinity);
        Range("initialStandardDeviation", InitialStandardDeviation, 0, 1e3);
        Range("randomTypes", RandomTypes, 0, 1 << 24);
        Range("recency", Recency, 0, 1e3);
        Range("merges", Merges ?? 0, 0, Tokenizer.Gpt2Merges);
        foreach (RepeatPhase phase in Repeats ?? [])
        {
            Range("repeats steps", phase.Steps, 0, 100_000_000);
            Range("repeats share", phase.Share, 0, 1);
            Range("repeats halves", phase.Halves, 0, 1);
        }

        foreach (WeightSettings weight in Weights ?? [])
        {
            Range($"weights '{weight.Name}' learningRateFactor", weight.LearningRateFactor, 0, 1e3);
            Range($"weights '{weight.Name}' weightDecay", weight.WeightDecay, 0, 1e3);
            Range(
                $"weights '{weight.Name}' initialStandardDeviation",
                weight.InitialStandardDeviation ?? 0, 0, 1e3);
        }

        return this;
    }

    /// <summary>Checks every field, and that a model can be trained with them.</summary>
    /// <param name="config">The model's shape.</param>
    /// <inheritdoc cref="Validate()"/>
    public Recipe Validate(TransformerConfig config)
    {
        Validate();
        return config.Layers == 0 || Context <= config.Context ? this
            : throw new InvalidDataException(
                $"Recipe: context must be at most the model's {config.Context}; got {Context}.");
    }

    /// <summary>Reads and checks a recipe; fields left out have their default.</summary>
    /// <exception cref="InvalidDataException">The text is not a recipe, or a field is
    /// wrong.</exception>
    public static Recipe Parse(string json) =>
        JsonFile.Parse("Recipe", json, root => root.As(ModelsJson.Default.Recipe)).Validate();

    /// <summary>The recipe as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.Recipe);

    /// <summary>The settings of a weight: the first that match it.</summary>
    internal WeightSettings SettingsOf(string weight) =>
        Weights?.FirstOrDefault(settings => settings.Means(weight))
        ?? new WeightSettings(weight, 1, WeightDecay);

    private static void Range(string field, double value, double least, double most) =>
        ConfigRule.Range(field, value, least, most, "Recipe");
}

/// <summary>The optimizer settings of one weight.</summary>
/// <param name="Name">The weight, <c>embed.W_E</c>, or several, <c>blocks.*.attn.W_O</c>.</param>
/// <param name="LearningRateFactor">Multiplies the learning rate.</param>
/// <param name="WeightDecay">λ of the decoupled decay.</param>
/// <param name="InitialStandardDeviation">The standard deviation of the initial weight; null for
/// that of
/// <see cref="Transformer.Initial"/>.</param>
public sealed record WeightSettings(
    string Name, float LearningRateFactor = 1, float WeightDecay = 0,
    float? InitialStandardDeviation = null)
{
    /// <summary>Whether these are a weight's settings.</summary>
    public bool Means(string weight) => HookGlob.Matches(Name, weight);
}
