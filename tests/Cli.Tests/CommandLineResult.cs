using System.Text.Json;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

/// <summary>What a command line did: its exit code and what it printed.</summary>
internal sealed record CommandLineResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The JSON of an element of a page.</summary>
    public static JsonElement DataOf(string page, string id)
    {
        int tag = page.IndexOf($"id=\"{id}\"", StringComparison.Ordinal);
        Assert.True(tag > 0, $"the page has no {id}");
        int start = page.IndexOf('>', tag) + 1;
        int end = page.IndexOf("</script>", start, StringComparison.Ordinal);
        using var data = JsonDocument.Parse(page.AsMemory(start, end - start));
        return data.RootElement.Clone();
    }

    /// <summary>Runs the program in this process.</summary>
    public static CommandLineResult Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Application.Run(args, output, error);
        return new CommandLineResult(code, output.ToString(), error.ToString());
    }
}
