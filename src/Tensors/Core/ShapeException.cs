namespace Vitrine.Tensors;

/// <summary>A tensor has the wrong shape or layout for an operation, or lacks an axis.</summary>
/// <remarks>Messages read <c>Op: rule; got values; fix.</c> An index, a length or a count
/// outside its range is an <see cref="ArgumentOutOfRangeException"/>.</remarks>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Makes the exception; the message names the op, the rule, the values and the
    /// fix.</summary>
    public ShapeException(string message)
        : base(message)
    {
    }
}
