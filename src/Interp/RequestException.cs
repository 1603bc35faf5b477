namespace Vitrine.Interp;

/// <summary>What is asked cannot be meant, or not of this model; the message says what can. A
/// command line ends with its code for wrong usage, a server answers that the request was
/// bad.</summary>
#pragma warning disable CA1032 // without a message that names what was asked it would say nothing
public sealed class RequestException : Exception
#pragma warning restore CA1032
{
    /// <param name="message">What is wrong, and what would be right.</param>
    public RequestException(string message) : base(message) { }

    /// <summary>What an analysis refuses of what was asked.</summary>
    /// <param name="wrong">Its exception.</param>
    /// <param name="name">What of the request it is about; null where the message says so.</param>
    public static RequestException Of(ArgumentException wrong, string? name = null) =>
        new(name is null ? Said(wrong) : $"{name}: {Said(wrong)}");

    /// <summary>The message for a person, without the name of the program's parameter.</summary>
    /// <param name="failure">Any exception.</param>
    public static string Said(Exception failure) =>
        failure is ArgumentException { ParamName: { } name }
            ? failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : failure.Message;
}
