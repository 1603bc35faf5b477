using Vitrine.Interp.Losses;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Findings;

/// <summary>What a model was trained on, and its loss on unmodified text.</summary>
internal static class TrainingFindings
{
    /// <summary>The sentences.</summary>
    /// <param name="recipe">How it was trained.</param>
    /// <param name="losses">Its loss on held-out text.</param>
    /// <param name="oneLayer">The held-out loss of a 1-layer model on the same text; null for
    /// none.</param>
    /// <param name="formed">Whether an induction head formed, as the preceding sentence
    /// says.</param>
    public static Prose Of(
        Recipe recipe, HeldOutComparison losses, double? oneLayer, bool formed)
    {
        Prose said = Data(recipe, formed).Text(" On unmodified held-out text, the loss is ")
            .Number($"{Numerals.Score(losses.HeldOut.Value)} nats", "loss").Text(" per token");
        double own = losses.HeldOut.Value;
        string[] others =
        [
            .. losses.ZeroLayer is { } zero ? [Beside("0-layer", zero.Value)]
                : Array.Empty<string>(),
            .. oneLayer is { } one ? [Beside("1-layer", one)] : Array.Empty<string>(),
        ];
        return said.Text(others.Length == 0 ? "." : $": {Numerals.Listed(others)}.");

        string Beside(string name, double loss) =>
            $"{Numerals.Score(Math.Abs(own - loss))} {(own <= loss ? "below" : "above")} the "
            + $"{name} model’s {Numerals.Score(loss)}";
    }

    private static Prose Data(Recipe recipe, bool formed)
    {
        if (recipe.RandomTypes > 0)
        {
            return new Prose("It was trained on repeated random tokens alone.");
        }

        if (recipe.Repeats is not { Count: > 0 } phases || phases.All(phase => phase.Share == 0))
        {
            return new Prose("It was trained on natural text alone.");
        }

        // Presets were compared with text alone; docs/training.md has the runs.
        string alone = formed && recipe.Name == Recipe.Mixture.Name
            ? "; natural text alone formed no induction head in any run tried" : "";
        return new Prose(
            (formed ? "It formed on text that repeats itself: "
                : "It was trained on text that repeats itself: ")
            + $"{Phases(phases, recipe.Steps)}{alone}.");
    }

    private static string Phases(IReadOnlyList<RepeatPhase> phases, int steps)
    {
        var said = new List<string>();
        int end = 0;
        foreach (RepeatPhase phase in phases)
        {
            string share = phase.Share == 1 ? "every window repeats a passage"
                : $"{Numerals.Percent(phase.Share, 0)} of the windows do";
            end += phase.Steps;
            if (end >= steps)
            {
                said.Add(said.Count > 0 ? $"then {share}" : share);
                break;
            }

            said.Add($"{share} until step {Numerals.Count(end)}");
        }

        return string.Join(", ", said);
    }
}
