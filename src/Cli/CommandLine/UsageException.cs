namespace Vitrine.Cli.CommandLine;

/// <summary>What was typed cannot be meant: the program ends with exit code 2 and the
/// message.</summary>
internal sealed class UsageException(string message) : Exception(message);
