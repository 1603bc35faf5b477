using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>A map of patches.</summary>
/// <param name="Site">Its name in the address: <c>resid_pre</c>.</param>
/// <param name="Values"><c>[row][column]</c>: 0 = as corrupt, 1 = as clean; NaN where not yet
/// measured.</param>
internal sealed record PatchingSite(string Site, double[][] Values)
{
    /// <summary>Its name on the page.</summary>
    public string? Name { get; init; }

    /// <summary>The activation's name, with <c>{layer}</c> in place of the layer.</summary>
    public string? Hook { get; init; }

    /// <summary>What columns are: <c>position</c> or <c>head</c>.</summary>
    public string Axis { get; init; } = "position";

    /// <summary><c>[row][column]</c>: equal by causality, so not run.</summary>
    public bool[][]? Skipped { get; init; }

    /// <summary>The names of rows that are heads; null for layers.</summary>
    public IReadOnlyList<string>? Rows { get; init; }

    /// <summary>The gradient's approximation.</summary>
    public PatchingApproximation? Approx { get; init; }

    /// <summary>What single patches lead to, by <c>row,column</c>.</summary>
    public IReadOnlyDictionary<string, PatchingDetail> Details { get; init; } =
        new Dictionary<string, PatchingDetail>();

    /// <summary>The map of heads on the same layers.</summary>
    public PatchingHeads? Heads { get; init; }
}

/// <summary>The map of layers and heads, all positions at once.</summary>
/// <param name="Values"><c>[layer][head]</c>.</param>
internal sealed record PatchingHeads(double[][] Values)
{
    /// <summary>The activation's name, with <c>{layer}</c> in place of the layer.</summary>
    public string? Hook { get; init; }

    /// <summary>The gradient's approximation.</summary>
    public PatchingApproximation? Approx { get; init; }

    /// <summary>What single patches lead to, by <c>layer,head</c>.</summary>
    public IReadOnlyDictionary<string, PatchingDetail> Details { get; init; } =
        new Dictionary<string, PatchingDetail>();
}

/// <summary>An approximation of all cells, with its error.</summary>
/// <param name="Values"><c>[row][column]</c>.</param>
/// <param name="MeanError">The mean absolute error over the cells that were run.</param>
/// <param name="LargestError">The largest.</param>
internal sealed record PatchingApproximation(
    double[][] Values, double MeanError, double LargestError);

/// <summary>What a patch leads to.</summary>
/// <param name="Top">The answers and the likeliest next tokens, with their probability in the
/// three runs.</param>
internal sealed record PatchingDetail(IReadOnlyList<ComparedToken> Top);
