using System.Text.Json;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

/// <summary>What a command line did: its exit code and what it printed.</summary>
internal sealed record CommandLineResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs the program in this process.</summary>
    public static CommandLineResult Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Application.Run(args, output, error);
        return new CommandLineResult(code, output.ToString(), error.ToString());
    }
}
