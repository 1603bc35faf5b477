using System.CommandLine;

namespace Vitrine.Cli.CommandLine;

/// <summary>Puts a command together: what it does, when it runs, and an example for its
/// help.</summary>
internal static class CommandBuilder
{
    public static Command Runs(
        this Command command, Func<ParseResult, Terminal, int> action, params string[] examples)
    {
        command.SetAction(parse => action(parse, new Terminal(parse)));
        HelpWithExample.Register(command, examples);
        return command;
    }
}
