using System.Text.Json;
using Vitrine.Autograd.Optimizers;

namespace Vitrine.Models.Training;

/// <summary>How a model is trained: with the config, the corpus and the seed, all that the weights
/// depend on.</summary>
public sealed record Recipe
{
    /// <summary>What summaries call it.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>The seed of the initial weights and of the order of the text.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of updates.</summary>
    public int Steps { get; init; } = 600;

    /// <summary>Tokens in a window of text.</summary>
    public int Context { get; init; } = 128;

    /// <summary>Windows in a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>AdamW's learning rate after the warm-up.</summary>
    public float LearningRate { get; init; } = 1e-2f;

    /// <summary>Steps of rising learning rate.</summary>
    public int Warmup { get; init; } = 50;

    /// <summary>How the learning rate falls after the warm-up.</summary>
    public Decay Decay { get; init; } = Decay.Linear;

    /// <summary>What the learning rate falls to, as a share of its peak.</summary>
    public float Floor { get; init; } = 0.1f;

    /// <summary>AdamW's β₁.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>AdamW's β₂.</summary>
    public float Beta2 { get; init; } = 0.99f;

    /// <summary>AdamW's ε. Above the gradients of rare tokens it keeps them from moving at the full
    /// rate on no evidence.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>The decoupled weight decay of weights without settings of their own.</summary>
    public float WeightDecay { get; init; }

    /// <summary>The largest norm of the whole gradient.</summary>
    public float GradientClip { get; init; } = 1;

    /// <summary>The standard deviation of the initial weights.</summary>
    public float InitialStandardDeviation { get; init; } = 0.05f;

    /// <summary>Weights with a learning rate or decay of their own.</summary>
    public IReadOnlyList<WeightSettings> Weights { get; init; } = [];

    /// <summary>Tokens that a step reads.</summary>
    public int TokensPerStep => BatchSize * Context;

    /// <summary>The learning rate at each step.</summary>
    public Schedule Schedule => new(LearningRate, Warmup, Steps, Floor * LearningRate, Decay);

    /// <summary>The names of the presets.</summary>
    public static IReadOnlyList<string> Presets { get; } = ["0-layer"];

    /// <summary>Finds a preset.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static Recipe Preset(string name) => name switch
    {
        "0-layer" => ZeroLayer,
        _ => throw new ArgumentException(
            $"Recipe: there is no preset '{name}'; the presets are {string.Join(", ", Presets)}."),
    };

    /// <summary>A 0-layer model on the State of the Union corpus.</summary>
    public static Recipe ZeroLayer { get; } = new()
    {
        Name = "0-layer",
        LearningRate = 3e-2f,
    };

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
        Range("learningRate", LearningRate, 0, 1e3);
        Range("floor", Floor, 0, 1);
        Range("beta1", Beta1, 0, 1 - 1e-6);
        Range("beta2", Beta2, 0, 1 - 1e-6);
        Range("epsilon", Epsilon, 0, 1);
        Range("weightDecay", WeightDecay, 0, 1e3);
        Range("gradientClip", GradientClip, 1e-12, double.PositiveInfinity);
        Range("initialStandardDeviation", InitialStandardDeviation, 0, 1e3);
        foreach (WeightSettings weight in Weights)
        {
            Range($"weights '{weight.Name}' learningRateFactor", weight.LearningRateFactor, 0, 1e3);
            Range($"weights '{weight.Name}' weightDecay", weight.WeightDecay, 0, 1e3);
        }

        return this;
    }

    /// <summary>Reads and checks a recipe; fields left out have their default.</summary>
    /// <exception cref="InvalidDataException">The text is no recipe, or a field is wrong.</exception>
    public static Recipe Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ModelsJson.Default.Recipe)?.Validate()
                ?? throw new InvalidDataException("Recipe: it must be a JSON object; got null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Recipe: {error.Message}", error);
        }
    }

    /// <summary>The recipe as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.Recipe);

    private static void Range(string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new InvalidDataException($"Recipe: {field} must be {least} … {most}; got {value}.");
        }
    }
}

/// <summary>What one weight's optimizer does otherwise.</summary>
/// <param name="Name">The weight, <c>embed.W_E</c>.</param>
/// <param name="LearningRateFactor">Multiplies the learning rate.</param>
/// <param name="WeightDecay">λ of the decoupled decay.</param>
public sealed record WeightSettings(
    string Name, float LearningRateFactor = 1, float WeightDecay = 0);
