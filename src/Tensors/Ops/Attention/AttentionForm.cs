namespace Vitrine.Tensors;

/// <summary>Which keys a query sees, and what happens to a product of query and key before the
/// softmax.</summary>
/// <remarks>The default is causal attention scaled by 1/√dHead.</remarks>
public readonly record struct AttentionForm
{
    // Small, since every recorded attention holds one: 0 is none, but a scale may be 0.
    private readonly bool _hasScale;
    private readonly float _scale;
    private readonly int _window;
    private readonly float _softCap;

    /// <summary>Whether a query also sees keys after its own position.</summary>
    public bool BothWays { get; init; }

    /// <summary>The factor on the products; null for 1/√dHead.</summary>
    public float? Scale
    {
        get => _hasScale ? _scale : null;
        init => (_hasScale, _scale) = (value is not null, value ?? 0);
    }

    /// <summary>A query sees only keys less than this many positions away, its own included; null
    /// for all.</summary>
    public int? Window
    {
        get => _window == 0 ? null : _window == int.MinValue ? 0 : _window;
        init => _window = value == 0 ? int.MinValue : value ?? 0;
    }

    /// <summary>The cap c of <c>c · tanh(scale · q · k / c)</c>, as in Gemma 2; null for
    /// none.</summary>
    public float? SoftCap
    {
        get => _softCap == 0 ? null : _softCap;
        init => _softCap = value is 0 ? float.NaN : value ?? 0;
    }
}
