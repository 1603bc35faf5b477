using Vitrine.Interp;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Studies;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-phase-change</c> draws: curves over training on one axis, and a film of a
/// head's pattern.</summary>
internal sealed record PhaseChangeFigure
{
    /// <summary>The steps of the curves that name none of their own, ascending.</summary>
    public required IReadOnlyList<int> Steps { get; init; }

    /// <summary>The checkpoints that the slider visits.</summary>
    public required IReadOnlyList<int> Checkpoints { get; init; }

    /// <summary>The curves, in panels that stand in the order in which curves name them.</summary>
    public required IReadOnlyList<PhaseSeries> Series { get; init; }

    /// <summary>Where the model began to see other data.</summary>
    public IReadOnlyList<TrainingChange> Changes { get; init; } = [];

    /// <summary>From 10% to 90% of the rise; null where none was found.</summary>
    public StepInterval? Change { get; init; }

    /// <summary>Cells along a side of the film's frames.</summary>
    public int Size { get; init; }

    /// <summary>The frames, by head and step.</summary>
    public IReadOnlyList<FilmFrame> Strip { get; init; } = [];

    /// <summary>The head whose film is shown first.</summary>
    public string? Head { get; init; }

    /// <summary>The figure of an analysis.</summary>
    /// <param name="phase">The curves.</param>
    /// <param name="film">Patterns of heads at checkpoints.</param>
    /// <param name="size">Cells along a side of a frame.</param>
    public static PhaseChangeFigure Of(
        PhaseChange phase, IReadOnlyList<FilmFrame> film, int size) =>
        new()
        {
            Steps = phase.Steps,
            Checkpoints = phase.Checkpoints,
            Series = phase.Series,
            Change = phase.Change,
            Size = size,
            Strip = film,
            Head = phase.Head,
        };
}

/// <summary>A frame of the film: a head's pattern at a checkpoint.</summary>
/// <param name="Head">The head, as <c>1.2</c>.</param>
/// <param name="Step">The checkpoint.</param>
/// <param name="Thumb">Weights as bytes, 255 for 1: <c>[size, size]</c>.</param>
internal sealed record FilmFrame(string Head, int Step, byte[] Thumb)
{
    /// <summary>The frame of a pattern.</summary>
    /// <param name="head">The head.</param>
    /// <param name="step">The checkpoint.</param>
    /// <param name="pattern">Attention weights, float32 <c>[queryPos, keyPos]</c>.</param>
    /// <param name="size">Cells along a side, at most as many as positions.</param>
    /// <exception cref="ArgumentException">The pattern is not square, or smaller than
    /// <paramref name="size"/>.</exception>
    public static FilmFrame Of(Head head, int step, Tensor<float> pattern, int size)
    {
        if (
            pattern.Shape.Rank != 2
            || pattern.Shape[0] != pattern.Shape[1]
            || size < 1
            || size > pattern.Shape[0])
        {
            throw new ArgumentException(
                $"FilmFrame: a pattern must be [pos, pos] with at least {size} positions; got "
                    + $"{pattern.Shape}.",
                nameof(pattern));
        }

        return new FilmFrame(
            head.ToString(), step, HeadPatterns.Pooled(pattern.ToArray(), pattern.Shape[0], size));
    }
}
