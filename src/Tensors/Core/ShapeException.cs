namespace Vitrine.Tensors;

/// <summary>A tensor has the wrong shape, layout or index for what was asked.</summary>
/// <remarks>Messages read <c>Op: rule; got values; fix.</c></remarks>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Makes the exception; the message names the op, the rule, the values and the
    /// fix.</summary>
    public ShapeException(string message)
        : base(message)
    {
    }
}
