namespace Vitrine.Explorer;

/// <summary>What <c>vt-paths</c> draws: the loss that paths of each length explain.</summary>
/// <param name="Start">Where the count begins: a model that knows nothing.</param>
/// <param name="Orders">The orders, from the direct path upward.</param>
/// <param name="Full">The loss of the whole model, in nats per token.</param>
public sealed record PathsFigure(
    PathsStart Start, IReadOnlyList<PathOrder> Orders, double Full)
{
    /// <summary>What single heads explain.</summary>
    public IReadOnlyList<HeadEffect> Heads { get; init; } = [];

    /// <summary>What pairs of heads explain, one through the other.</summary>
    public IReadOnlyList<VirtualHeadEffect> Pairs { get; init; } = [];

    /// <summary>The difference between the sum of all terms and the model; null where longer paths
    /// were left out.</summary>
    public double? Residual { get; init; }

    /// <summary>The residual up to which the sum counts as exact.</summary>
    public double Tolerance { get; init; } = 1e-3;
}

/// <summary>Where the count of <see cref="PathsFigure"/> begins.</summary>
/// <param name="Name">What it is: <c>uniform over 50,257</c>.</param>
/// <param name="Loss">Its loss, in nats per token.</param>
public sealed record PathsStart(string Name, double Loss);

/// <summary>The loss with all paths through at most so many heads.</summary>
/// <param name="Order">How many heads.</param>
/// <param name="Name">What they are: <c>virtual heads</c>.</param>
/// <param name="Terms">How many paths have just so many.</param>
/// <param name="Loss">The loss with the paths up to here, in nats per token.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end of its interval.</param>
public sealed record PathOrder(
    int Order, string Name, int Terms, double Loss, double? Low = null, double? High = null);

/// <summary>What leaving a head's term out adds to the loss.</summary>
/// <param name="Head">The head.</param>
/// <param name="Effect">In nats per token.</param>
public sealed record HeadEffect(string Head, double Effect);

/// <summary>What leaving a virtual head out adds to the loss.</summary>
/// <param name="From">The head that writes.</param>
/// <param name="To">The head that reads it.</param>
/// <param name="Effect">In nats per token.</param>
public sealed record VirtualHeadEffect(string From, string To, double Effect);
