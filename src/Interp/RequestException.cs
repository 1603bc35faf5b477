namespace Vitrine.Interp;

/// <summary>A request is invalid, in general or for this model; the message says what is valid. A
/// command line exits with its code for wrong usage, and a server answers that the request was
/// bad.</summary>
#pragma warning disable CA1032 // without a message that names what was asked it would say nothing
public sealed class RequestException : Exception
#pragma warning restore CA1032
{
    /// <param name="message">What is wrong and how to fix it.</param>
    public RequestException(string message) : base(message) { }

    /// <summary>Converts an analysis' exception into one about the request.</summary>
    /// <param name="wrong">Its exception.</param>
    /// <param name="name">The part of the request it is about; null if the message says so.</param>
    public static RequestException Of(ArgumentException wrong, string? name = null) =>
        new(name is null ? Said(wrong) : $"{name}: {Said(wrong)}");

    /// <summary>The message for a person, without the name of the program's parameter.</summary>
    /// <param name="failure">Any exception.</param>
    public static string Said(Exception failure) =>
        failure is ArgumentException { ParamName: { } name }
            ? failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : failure.Message;
}
