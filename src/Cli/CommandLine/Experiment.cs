using Vitrine.Models;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>What is trained: the shape of the model and how.</summary>
/// <param name="Name">Its name and that of its folder under <c>runs/</c>, such as <c>0-layer</c>.</param>
/// <param name="Config">The model's shape for a vocabulary of a given size.</param>
/// <param name="Recipe">How it is trained.</param>
internal sealed record Experiment(string Name, Func<int, TransformerConfig> Config, Recipe Recipe)
{
    /// <summary>The names that <c>run</c> and <c>--preset</c> take.</summary>
    public static IReadOnlyList<string> Names { get; } = ["0-layer"];

    /// <exception cref="UsageException">There is none of this name.</exception>
    public static Experiment Named(string name) => name switch
    {
        "0-layer" => new Experiment(
            name, vocabulary => TransformerConfig.ZeroLayer(64, vocabulary), Recipe.ZeroLayer),
        _ => throw new UsageException(
            $"There is no experiment '{name}'; there are: {string.Join(", ", Names)}."),
    };
}
