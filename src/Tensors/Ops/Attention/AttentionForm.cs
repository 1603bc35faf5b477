namespace Vitrine.Tensors;

/// <summary>Which keys a query sees, and what happens to a product of query and key before the
/// softmax.</summary>
/// <remarks>The default is causal attention scaled by 1/√dHead.</remarks>
public readonly record struct AttentionForm
{
    /// <summary>Whether a query also sees keys after its own position.</summary>
    public bool BothWays { get; init; }

    /// <summary>The factor on the products; null for 1/√dHead.</summary>
    public float? Scale { get; init; }

    /// <summary>A query sees only keys less than this many positions away, its own included; null
    /// for all.</summary>
    public int? Window { get; init; }

    /// <summary>The cap c of <c>c · tanh(scale · q · k / c)</c>, as in Gemma 2; null for
    /// none.</summary>
    public float? SoftCap { get; init; }
}
