namespace Vitrine.Models.Generation;

/// <summary>How the next token is chosen from the logits.</summary>
public sealed record SamplingOptions
{
    /// <summary>The divisor of the logits; 0 takes the likeliest token every time.</summary>
    public float Temperature { get; init; }

    /// <summary>How many of the likeliest tokens may be drawn; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>The seed of the draws: the same seed continues a prompt with the same
    /// tokens.</summary>
    public ulong Seed { get; init; }

    /// <summary>The likeliest token every time.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not
    /// finite.</exception>
    public SamplingOptions Validate()
    {
        if (!(Temperature >= 0 && float.IsFinite(Temperature)))
        {
            throw new ArgumentOutOfRangeException(
                null, $"Sampling: the temperature must be 0 or more; got {Temperature}.");
        }

        return TopK >= 0
            ? this
            : throw new ArgumentOutOfRangeException(
                null, $"Sampling: topK must be 0 (all tokens) or more; got {TopK}.");
    }
}
