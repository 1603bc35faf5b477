using Vitrine.Interp.Findings;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Studies;

/// <summary>A step after which the training data change, so curves may bend.</summary>
/// <param name="Step">The last step before the change.</param>
/// <param name="Name">What starts, in a word or two: <c>epoch 2</c>, <c>15% repeat</c>.</param>
internal sealed record TrainingChange(int Step, string Name)
{
    /// <summary>The changes of a recipe: where the text is read a second time, and where the share
    /// of repeating windows changes.</summary>
    /// <param name="recipe">How the model was trained.</param>
    /// <param name="corpus">The corpus.</param>
    public static IReadOnlyList<TrainingChange> Of(Recipe recipe, Corpus corpus)
    {
        var changes = new List<TrainingChange>();
        if (recipe.RandomTypes == 0)
        {
            var windows = new WindowSampler(corpus, recipe.Context, recipe.Seed);
            changes.Add(new((int)Math.Min(
                windows.WindowsPerEpoch / recipe.BatchSize, int.MaxValue), "epoch 2"));
        }

        IReadOnlyList<RepeatPhase> phases = recipe.Repeats ?? [];
        int end = 0;
        foreach ((RepeatPhase phase, RepeatPhase next) in phases.Zip(phases.Skip(1)))
        {
            end += phase.Steps;
            changes.Add(new(end, $"{Numerals.Percent(next.Share, 0)} repeat"));
        }

        return
        [
            .. changes.Where(change => change.Step > 0 && change.Step < recipe.Steps)
                .OrderBy(change => change.Step),
        ];
    }
}
