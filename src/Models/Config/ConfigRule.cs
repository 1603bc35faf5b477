namespace Vitrine.Models;

/// <summary>Rules that fields of a config obey.</summary>
internal static class ConfigRule
{
    /// <exception cref="InvalidDataException">The value lies outside.</exception>
    public static void Range(string field, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new InvalidDataException(
                $"TransformerConfig: {field} must be {least} … {most}; got {value}.");
        }
    }

    /// <exception cref="InvalidDataException">The value has no name.</exception>
    public static void Known<T>(string field, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new InvalidDataException(
                $"TransformerConfig: {field} must be one of "
                + $"{string.Join(", ", Enum.GetNames<T>())}; got {value}.");
        }
    }
}
