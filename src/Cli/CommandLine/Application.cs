using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using Vitrine.Interp;
using Vitrine.Models;

namespace Vitrine.Cli.CommandLine;

/// <summary>The program: parses, runs one command, and turns what goes wrong into one message and
/// an exit code (0 done, 1 failed, 2 wrong usage).</summary>
internal static class Application
{
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (ReferenceEquals(output, Console.Out))
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            Console.SetOut(new GuardedWriter(Console.Out, "Standard output"));
            Console.SetError(new GuardedWriter(Console.Error, null));
            (output, error) = (Console.Out, Console.Error);
        }

        if (OpenFileLimit.Complaint() is { } tooFew)
        {
            error.WriteLine(tooFew);
            return 1;
        }

        RootCommand root = Root();
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExample((HelpAction)help.Action!);
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
        }

        ParseResult parse =
            root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Errors.Count > 0)
        {
            return Usage(parse, error);
        }

        using var interruption = new Interruption(error);
        try
        {
            return parse.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (RequestException wrong)
        {
            Say(FieldNames.Typed(wrong.Message, parse));
            return 2;
        }
        catch (OperationCanceledException stopped)
        {
            Say(stopped is StoppedException ? stopped.Message : "Stopped.");
            return 1;
        }
#pragma warning disable CA1031 // the last line of defence: a person reads this, not a stack trace
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Say(parse.GetValue(CommonOptions.Debug) ? failure.ToString()
                : FieldNames.Typed(RequestException.Said(failure), parse));
            return 1;
        }

        void Say(string message) => error.WriteLine(PrintableText.EscapeLines(message));
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("Train transformers on text and see how they compute.")
        {
            Commands.RunCommand.Create(),
            Commands.TrainCommand.Create(),
            Commands.ReportCommand.Create(),
            Commands.BigramsCommand.Create(),
            Commands.EmbeddingsCommand.Create(),
            Commands.CompareCommand.Create(),
            Commands.CircuitsCommand.Create(),
            Commands.HeadsCommand.Create(),
            Commands.AttendCommand.Create(),
            Commands.AttributeCommand.Create(),
            Commands.CacheCommand.Create(),
            Commands.PatchCommand.Create(),
            Commands.PathsCommand.Create(),
            Commands.AblateCommand.Create(),
            Commands.GenerateCommand.Create(),
            Commands.InfoCommand.Create(),
            Commands.ModelsCommand.Create(),
            Commands.TokenizeCommand.Create(),
            Commands.BenchCommand.Create(),
        };
        HelpWithExample.Register(
            root, "vitrine run 0-layer", "vitrine attend runs/2-layer \"the people of the United "
                + "States\"",
            "vitrine COMMAND --help");
        foreach (Option option in CommonOptions.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    private static int Usage(ParseResult parse, TextWriter error)
    {
        foreach (string problem in Problems(parse))
        {
            error.WriteLine(PrintableText.EscapeLines(problem));
        }

        var path = new List<string>();
        for (CommandResult? command = parse.CommandResult; command is not null;
             command = command.Parent as CommandResult)
        {
            path.Insert(0, command.Command is RootCommand ? "vitrine" : command.Command.Name);
        }

        error.WriteLine($"Try: {string.Join(' ', path)} --help");
        return 2;
    }

    /// <summary>The parser's messages, but for a missing or unknown command one that names
    /// all.</summary>
    private static IEnumerable<string> Problems(ParseResult parse)
    {
        if (parse.CommandResult.Command is not RootCommand root)
        {
            return parse.Errors.Select(Message);
        }

        string there = string.Join(", ", root.Subcommands.Select(command => command.Name));
        return parse.UnmatchedTokens is [var unknown, ..]
            ? [$"There is no command '{unknown}'; there are: {there}."]
            : parse.Errors.Skip(1).Select(Message)
                .Prepend($"A command is missing; there are: {there}.");
    }

    /// <summary>The parser's message, but for a value of the wrong type, where it names the type
    /// of the program's variable.</summary>
    private static string Message(ParseError problem)
    {
        if (problem.SymbolResult is not OptionResult { Tokens: [var given] } result
            || !problem.Message.StartsWith("Cannot parse", StringComparison.Ordinal))
        {
            return problem.Message;
        }

        Type type = result.Option.ValueType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        string wanted = type.IsEnum
            ? string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))
            : type == typeof(ulong) ? $"a whole number, 0 … {ulong.MaxValue}"
            : type == typeof(int) ? "a whole number"
            : "a number";
        return $"{result.Option.Name}: must be {wanted}; got '{given.Value}'.";
    }
}
