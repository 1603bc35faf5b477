namespace Vitrine.Autograd.Optimizers;

/// <summary>Checks of optimizer settings.</summary>
internal static class Require
{
    public static float NonNegative(float value, string name) => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"Optimizer: {name} must be at least 0 and finite.");

    public static float Fraction(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"Optimizer: {name} must be in [0, 1).");
}
