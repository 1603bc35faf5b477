namespace Vitrine.Models.Training;

/// <summary>What a run measures and keeps; nothing here affects its weights.</summary>
public sealed record TrainerOptions
{
    /// <summary>Steps between two held-out samples.</summary>
    public int SampleEvery { get; init; } = 50;

    /// <summary>The tokens of a held-out sample.</summary>
    public int SampleTokens { get; init; } = 8192;

    /// <summary>Further measurements, under names of your choice, before the first step, every
    /// <see cref="MeasureEvery"/> steps and after the last: scores of heads while they form. Null
    /// for nothing.</summary>
    public Func<Transformer, IReadOnlyDictionary<string, double>>? Measure { get; init; }

    /// <summary>Steps between two measurements.</summary>
    public int MeasureEvery { get; init; } = 50;

    /// <summary>Steps between two saves of the state needed to resume; a killed run loses at most
    /// these.</summary>
    public int SaveEvery { get; init; } = 100;

    /// <summary>Checks every field.</summary>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not above 0.</exception>
    public TrainerOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SampleEvery);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SampleTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MeasureEvery);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SaveEvery);
        return this;
    }
}
