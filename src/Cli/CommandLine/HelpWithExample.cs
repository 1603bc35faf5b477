using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vitrine.Cli.CommandLine;

/// <summary>Help that ends with an example to copy.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<Command, string[]> Examples = [];

    /// <summary>Help can be asked for whatever else is missing from the line.</summary>
    public override bool ClearsParseErrors => true;

    public static void Register(Command command, params string[] examples) =>
        Examples[command] = examples;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Command, out string[]? examples))
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
