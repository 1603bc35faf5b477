using Vitrine.Interp.Studies;

namespace Vitrine.Interp.Losses;

/// <summary>The loss of each token of a passage at two checkpoints.</summary>
/// <param name="Name">The passage.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Before">The loss of each token but the first at the earlier checkpoint, nats,
/// <c>[pos − 1]</c>.</param>
/// <param name="After">At the later one.</param>
internal sealed record PassageChange(
    string Name, IReadOnlyList<int> Tokens, IReadOnlyList<double> Before,
    IReadOnlyList<double> After);

/// <summary>Which tokens became easier through a change in training.</summary>
/// <remarks>Olsson et al. (2022), "In-context Learning and Induction Heads": the loss of each token
/// of a text, before and after the phase change.</remarks>
/// <param name="Before">The earlier checkpoint.</param>
/// <param name="After">The later one.</param>
/// <param name="Passages">The passages.</param>
internal sealed record TokenLosses(int Before, int After, IReadOnlyList<PassageChange> Passages)
    : Analysis(
        "token-losses",
        "Which tokens became easier?",
        "nats",
        "−ln p of each token given those before it, with the weights of two checkpoints.")
{
    /// <summary>The mean fall of the loss over a passage's tokens, nats.</summary>
    /// <param name="name">The passage.</param>
    /// <exception cref="InvalidOperationException">There is no such passage.</exception>
    public double Fall(string name)
    {
        PassageChange passage = Passages.First(one => one.Name == name);
        return passage.Before.Average() - passage.After.Average();
    }

    /// <summary>Compares two checkpoints.</summary>
    /// <param name="before">The earlier.</param>
    /// <param name="after">The later.</param>
    public static TokenLosses Of(CheckpointReading before, CheckpointReading after) => new(
        before.Step,
        after.Step,
        [
            .. before.Passages.Zip(after.Passages, (early, late) => new PassageChange(
                early.Name, early.Attention.Tokens, Losses(early), Losses(late))),
        ]);

    private static double[] Losses(NamedPassage passage) =>
        [.. passage.Attention.Predictions.Select(one => one.Loss).OfType<double>()];
}
