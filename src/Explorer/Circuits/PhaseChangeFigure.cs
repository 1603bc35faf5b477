using Vitrine.Interp;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-phase-change</c> draws: curves over training on one axis, and a film of a
/// head's pattern.</summary>
public sealed record PhaseChangeFigure
{
    /// <summary>The steps of the curves that name none of their own, ascending.</summary>
    public required IReadOnlyList<int> Steps { get; init; }

    /// <summary>The checkpoints that the slider visits.</summary>
    public required IReadOnlyList<int> Checkpoints { get; init; }

    /// <summary>The curves.</summary>
    public required IReadOnlyList<PhaseSeries> Series { get; init; }

    /// <summary>The panels from top to bottom. <c>loss</c>, <c>in-context</c>,
    /// <c>prefix matching</c> and <c>previous token</c> have a title and a range of their
    /// own.</summary>
    public required IReadOnlyList<PhasePanel> Panels { get; init; }

    /// <summary>From 10% to 90% of the rise; null where none was found.</summary>
    public PhaseRise? Change { get; init; }

    /// <summary>Cells along a side of the film's frames.</summary>
    public int Size { get; init; }

    /// <summary>The frames, by head and step.</summary>
    public IReadOnlyList<FilmFrame> Strip { get; init; } = [];

    /// <summary>The head whose film is shown first.</summary>
    public string? Head { get; init; }
}

/// <summary>A panel of the phase change.</summary>
/// <param name="Name">The name that series give.</param>
/// <param name="Title">Its title; null for that of a known name.</param>
/// <param name="Low">The lower end of its axis; null to fit the data.</param>
/// <param name="High">The upper end.</param>
public sealed record PhasePanel(
    string Name, string? Title = null, double? Low = null, double? High = null);

/// <summary>A curve of the phase change.</summary>
/// <param name="Name">Its name: <c>train</c>, <c>held-out</c>, <c>1.2</c>.</param>
/// <param name="Panel">The panel that holds it.</param>
/// <param name="Values">The value at each step.</param>
public sealed record PhaseSeries(string Name, string Panel, IReadOnlyList<double> Values)
{
    /// <summary>The head that it is of; null for losses.</summary>
    public string? Head { get; init; }

    /// <summary>Its own steps; null for those of the figure.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>The lower end of the spread at each step.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper end of the spread at each step.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>The same curve of other seeds.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Repeats { get; init; }
}

/// <summary>When the change happened.</summary>
/// <param name="From">The step at 10% of the rise.</param>
/// <param name="To">The step at 90% of the rise.</param>
public sealed record PhaseRise(int From, int To)
{
    /// <summary>Where a curve goes from 10% to 90% of its rise from its least to its greatest
    /// value.</summary>
    /// <param name="steps">The steps, ascending.</param>
    /// <param name="values">The curve.</param>
    /// <param name="least">The smallest rise that counts as a change.</param>
    /// <returns>Null where it rises by less.</returns>
    public static PhaseRise? Of(
        IReadOnlyList<int> steps, IReadOnlyList<double> values, double least)
    {
        double low = values.Count > 0 ? values.Min() : 0;
        double high = values.Count > 0 ? values.Max() : 0;
        if (!(high - low >= least))
        {
            return null;
        }

        int At(double share)
        {
            int i = 0;
            while (values[i] < low + (share * (high - low)))
            {
                i++;
            }

            return i;
        }

        int to = At(0.9);
        int from = to;
        while (from > 0 && values[from - 1] > low + (0.1 * (high - low)))
        {
            from--;
        }

        return new PhaseRise(steps[Math.Max(0, from - 1)], steps[to]);
    }
}

/// <summary>A frame of the film: a head's pattern at a checkpoint.</summary>
/// <param name="Head">The head, as <c>1.2</c>.</param>
/// <param name="Step">The checkpoint.</param>
/// <param name="Thumb">Weights as bytes, 255 for 1: <c>[size, size]</c>.</param>
public sealed record FilmFrame(string Head, int Step, byte[] Thumb)
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
