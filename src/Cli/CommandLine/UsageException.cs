namespace Vitrine.Cli.CommandLine;

/// <summary>What was typed cannot be meant: the program ends with exit code 2 and the
/// message.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>What the library refuses of what was typed.</summary>
    /// <param name="wrong">Its exception.</param>
    /// <param name="option">The option that it is about; null where the message says so.</param>
    public static UsageException Of(ArgumentException wrong, string? option = null) =>
        new(option is null ? Said(wrong) : $"{option}: {Said(wrong)}");

    /// <summary>The message for a person, without the name of the program's parameter.</summary>
    public static string Said(Exception failure) =>
        failure is ArgumentException { ParamName: { } name }
            ? failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : failure.Message;
}
