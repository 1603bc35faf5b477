using Vitrine.Interp.Circuits;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-circuit-token</c> shows: for a token, what each head attends to from it, and
/// what attending to it writes.</summary>
/// <param name="Heads">The heads, as <c>0.0</c>.</param>
/// <param name="Examples">The tables of some tokens.</param>
/// <param name="Largest">The largest entries of each head's circuits.</param>
public sealed record CircuitTokenFigure(
    IReadOnlyList<string> Heads,
    IReadOnlyList<CircuitTokenTables> Examples,
    IReadOnlyList<LargestCircuitEntries> Largest)
{
    /// <summary>The width of the model where the section's arrays hold its weights, so that the page
    /// computes the tables of any token: <c>W_E</c> and <c>W_U</c> with <c>W_E.scale</c> and
    /// <c>W_U.scale</c>, and <c>QK.0.0</c>, <c>OV.0.0</c> float32 <c>[dModel, dModel]</c> for every
    /// head; 0 where it holds the examples only.</summary>
    public int DModel { get; init; }

    /// <summary>Tokens that occur less often in the training text are left out.</summary>
    public int MinCount { get; init; }

    /// <summary>How many are left out.</summary>
    public int LeftOut { get; init; }
}

/// <summary>The tables of one token in one head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Token">The token.</param>
/// <param name="Attends">What it attends to, best first: attention scores above their mean.</param>
/// <param name="Writes">What attending to it raises most: effects on logits above their mean.</param>
/// <param name="AttendedBy">What attends to it; null where that was not computed.</param>
public sealed record CircuitTokenTables(
    string Head,
    int Token,
    IReadOnlyList<TokenValue> Attends,
    IReadOnlyList<TokenValue> Writes,
    IReadOnlyList<TokenValue>? AttendedBy = null);

/// <summary>A token and its value.</summary>
/// <param name="Id">The token.</param>
/// <param name="Value">The value.</param>
public sealed record TokenValue(int Id, double Value);

/// <summary>The largest entries of a head's circuits.</summary>
/// <param name="Head">The head.</param>
/// <param name="Qk">(destination, source) and their score.</param>
/// <param name="Ov">(source, out) and the effect.</param>
public sealed record LargestCircuitEntries(
    string Head, IReadOnlyList<Entry> Qk, IReadOnlyList<Entry> Ov);
