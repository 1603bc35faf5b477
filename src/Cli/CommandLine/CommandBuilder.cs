using System.CommandLine;
using Vitrine.Interp;
using Vitrine.Models;

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

    /// <summary>A command that trains or explains a run: request, record, printing.</summary>
    /// <param name="command">The command.</param>
    /// <param name="read">Reads the options into a request.</param>
    /// <param name="answer">Answers it.</param>
    /// <param name="print">Prints the record.</param>
    /// <param name="examples">For its help.</param>
    public static Command Trains<TRequest, TResult>(
        this Command command, Func<ParseResult, TRequest> read,
        Func<TRequest, RunObserver, CancellationToken, TResult> answer,
        Action<Terminal, TResult> print, params string[] examples) => command.Runs(
            (parse, terminal) =>
            {
                TResult result;
                using (var stages = new StageDisplay(terminal))
                using (var training = new TrainingDisplay(terminal))
                {
                    var watch = new RunObserver
                    {
                        Opened = terminal.Tell,
                        Tell = terminal.TellOnce,
                        Training = training,
                        Stages = stages,
                        Explained = found =>
                        {
                            stages.Dispose();
                            found.Print(terminal);
                        },
                    };
                    result = answer(read(parse), watch, Interruption.Token);
                }

                print(terminal, result);
                return 0;
            },
            examples);

    /// <summary>A command that asks a model folder: request, record, printing.</summary>
    /// <param name="command">The command.</param>
    /// <param name="read">Reads the options into a request.</param>
    /// <param name="answer">Answers it.</param>
    /// <param name="print">Prints the record for a person.</param>
    /// <param name="examples">For its help.</param>
    public static Command Asks<TRequest, TResult>(
        this Command command, Func<ParseResult, TRequest> read,
        Answering<TRequest, TResult> answer,
        Action<Terminal, Subject, TRequest, TResult> print, params string[] examples)
        where TRequest : SubjectRequest
        where TResult : notnull =>
        command.Runs(
            (parse, terminal) =>
            {
                TRequest request = read(parse) with { Seed = terminal.Seed };
                request = request with
                {
                    AllowNan = request.AllowNan || parse.GetValue(CommonOptions.AllowNan),
                };
                using Subject subject = Subject.Open(
                    request.Model, request.Text, terminal.Tell, request.AllowNan);
                Answer<TResult> found;
                using (var stages = new StageDisplay(terminal))
                {
                    found = answer(subject, request, stages, Interruption.Token);
                }

                terminal.Show(
                    found.Result, CliJson.Readable.GetTypeInfo(found.Result.GetType())!,
                    () => print(terminal, subject, request, found.Result),
                    toFile: !request.Writes);
                foreach (string note in found.Notes)
                {
                    terminal.Error.WriteLine(
                        PrintableText.EscapeLines(FieldNames.Typed(note, parse)));
                }

                if (found.Page is { } page)
                {
                    CommandPage.Write(parse, terminal, subject, page);
                }

                return 0;
            },
            examples);
}
