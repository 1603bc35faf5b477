using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-circuit-token</c> shows: for a token, what each head attends to from it, and
/// what attending to it writes.</summary>
/// <param name="Heads">The heads, as <c>0.0</c>.</param>
/// <param name="Examples">The tables of some tokens.</param>
/// <param name="Largest">The largest entries of each head's circuits.</param>
internal sealed record CircuitTokenFigure(
    IReadOnlyList<string> Heads,
    IReadOnlyList<TokenCircuit> Examples,
    IReadOnlyList<LargestCircuitEntries> Largest)
{
    /// <summary>The width of the model where the section's arrays hold its weights, so that the
    /// page computes the tables of every token that was read: <c>ids</c> of these, ascending,
    /// their rows of <c>W_E</c> and <c>W_U</c> int8 with <c>W_E.scale</c> and <c>W_U.scale</c>, the
    /// average rows <c>W_E.mean</c> and <c>W_U.mean</c>, float32 <c>[dModel]</c>, over all tokens
    /// of the text, and for every head <c>QK.0.0</c> (with the attention scale) and <c>OV.0.0</c>,
    /// float32 <c>[dModel, dModel]</c>; 0 where it holds the examples only.</summary>
    public int DModel { get; init; }

    /// <summary>Tokens that occur less often in the training text are left out.</summary>
    public int MinCount { get; init; }

    /// <summary>How many are left out.</summary>
    public int LeftOut { get; init; }

    /// <summary>Rows in each table.</summary>
    public int Rows { get; init; } = 10;

    /// <summary>The figure of an analysis and the tables of some tokens.</summary>
    /// <param name="analysis">The heads with their largest entries.</param>
    /// <param name="examples">The tables, those shown first in front.</param>
    public static CircuitTokenFigure Of(
        CircuitAnalysis analysis, IReadOnlyList<TokenCircuit> examples) =>
        new(
            [.. analysis.Heads.Select(head => head.Head)],
            examples,
            [
                .. analysis.Heads.Select(head => new LargestCircuitEntries(
                    head.Head, head.LargestQK, head.LargestOV)),
            ])
        {
            MinCount = analysis.MinCount,
            LeftOut = analysis.LeftOut,
        };
}

/// <summary>The largest entries of a head's circuits.</summary>
/// <param name="Head">The head.</param>
/// <param name="Qk">From destinations to sources.</param>
/// <param name="Ov">From sources to outputs.</param>
internal sealed record LargestCircuitEntries(
    string Head, IReadOnlyList<CircuitEntry> Qk, IReadOnlyList<CircuitEntry> Ov);
