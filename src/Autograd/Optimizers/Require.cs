namespace Vitrine.Autograd.Optimizers;

/// <summary>Checks of optimizer settings.</summary>
internal static class Require
{
    /// <summary>A second name would count or update one storage twice.</summary>
    public static void Untied(string op, Parameter parameter)
    {
        if (parameter.IsTied)
        {
            throw new ArgumentException(
                $"{op}: '{parameter.Name}' is another parameter's second name; give only the "
                + "first.");
        }
    }

    public static float NonNegative(float value, string name) => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"Optimizer: {name} must be at least 0 and finite.");

    public static void Known(Decay decay)
    {
        if (!Enum.IsDefined(decay))
        {
            throw new ArgumentOutOfRangeException(
                nameof(decay), decay, "Schedule: the decay must be one of "
                + $"{string.Join(", ", Enum.GetNames<Decay>())}.");
        }
    }

    public static float Fraction(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"Optimizer: {name} must be in [0, 1).");
}
