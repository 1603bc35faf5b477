using Vitrine.Interp;
using Vitrine.Interp.Induction;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>What is trained: the shape of the model and how.</summary>
/// <param name="Name">Its name and that of its folder under <c>runs/</c>, such as
/// <c>0-layer</c>.</param>
/// <param name="Config">The model's shape for a vocabulary of a given size.</param>
/// <param name="Recipe">How it is trained.</param>
internal sealed record Experiment(
    string Name, Func<int, TransformerConfig> Config, Recipe Recipe)
{
    private const int Measurements = 60;

    /// <summary>The names that <c>run</c> and <c>--preset</c> take.</summary>
    public static IReadOnlyList<string> Names { get; } = ["0-layer", "1-layer", "2-layer"];

    /// <summary>What <c>--data</c> takes for <c>2-layer</c>, the default first.</summary>
    public static IReadOnlyList<string> Data { get; } = ["mixture", "repeats", "text"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">One of <see cref="Data"/>; null for the default.</param>
    /// <exception cref="RequestException">There is none of this name, or it has no choice of
    /// data.</exception>
    public static Experiment Named(string name, string? data = null)
    {
        if (data is not null && name != "2-layer")
        {
            throw new RequestException($"`data`: {name} is trained on text alone; only 2-layer "
                + "offers a choice.");
        }

        Recipe recipe = (name, data) switch
        {
            ("0-layer", _) => Recipe.ZeroLayer,
            ("1-layer", _) => Recipe.OneLayer,
            ("2-layer", null or "mixture") => Recipe.Mixture,
            ("2-layer", "repeats") => Recipe.RandomRepeats,
            ("2-layer", "text") => Recipe.NaturalText,
            ("2-layer", _) => throw new RequestException(
                $"`data`: 2-layer has no '{data}'; there are: {string.Join(", ", Data)}."),
            _ => throw new RequestException(
                $"There is no experiment '{name}'; there are: {string.Join(", ", Names)}."),
        };
        return new Experiment(
            name,
            name switch
            {
                "0-layer" => vocabulary => TransformerConfig.ZeroLayer(64, vocabulary),
                "1-layer" => vocabulary => TransformerConfig.AttentionOnly(
                    layers: 1, heads: 1, dModel: 64, dHead: 64, vocabulary, recipe.Context),
                _ when recipe.Data == "text" => vocabulary => TransformerConfig.AttentionOnly(
                    layers: 2, heads: 2, dModel: 128, dHead: 128, vocabulary, recipe.Context),
                _ => vocabulary => TransformerConfig.AttentionOnly(
                    layers: 2, heads: 2, dModel: 64, dHead: 64, vocabulary, recipe.Context),
            },
            recipe);
    }

    /// <summary>What is trained, said before it begins: <c>1,200 steps of 1,024 tokens</c>. The
    /// first steps show how long that takes.</summary>
    /// <param name="steps">The steps that are taken, where they are not the recipe's.</param>
    public string Work(int steps) =>
        $"{Numerals.Counted(steps, "step")} of {Recipe.TokensPerStep:N0} tokens";

    /// <summary>What is measured while a model trains: of two layers and more, how induction heads
    /// form.</summary>
    public static TrainerOptions Options(TransformerConfig config, Recipe recipe, Corpus corpus) =>
        config.Layers < 2 || config.Context < FormationScores.LeastContext
            ? new TrainerOptions()
            : new TrainerOptions
            {
                Measure = (recipe.RandomTypes > 0
                    ? new FormationScores(corpus, config.Context, recipe.RandomTypes)
                    : new FormationScores(corpus, config.Context)).Of,
                MeasureEvery = Math.Max(1, recipe.Steps / Measurements),
            };
}
