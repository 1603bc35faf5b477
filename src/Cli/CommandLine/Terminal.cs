using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Cli.CommandLine;

/// <summary>What a command prints on: results on standard output, progress on standard
/// error.</summary>
internal sealed class Terminal
{
    private readonly string? _file;
    private readonly bool _wraps;
    private readonly HashSet<string> _told = [];

    public Terminal(ParseResult parse)
    {
        Json = parse.GetValue(CommonOptions.Json);
        Seed = parse.GetValue(CommonOptions.Seed);
        _file = parse.GetValue(CommonOptions.Out);
        try
        {
            WorkerPool.Threads = parse.GetValue(CommonOptions.Threads) ?? WorkerPool.Threads;
        }
        catch (InvalidOperationException wrong)
        {
            throw new RequestException(wrong.Message);
        }

        Output = parse.InvocationConfiguration.Output;
        Error = parse.InvocationConfiguration.Error;
        _wraps = !System.Console.IsOutputRedirected && Output == System.Console.Out;
        Tables = Console(Output, redirected: !_wraps);
        Progress = Console(
            Error, System.Console.IsErrorRedirected || Error != System.Console.Error);
    }

    public bool Json { get; }

    public ulong Seed { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Where tables and sentences for a person go; silent with <c>--json</c>.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Standard error: progress, also with <c>--json</c>.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether progress may be redrawn in place.</summary>
    public bool Live => Progress.Profile.Capabilities.Ansi
        && Progress.Profile.Capabilities.Interactive;

    /// <summary>Prints a result: JSON to the file of <c>--out</c>, JSON to standard output with
    /// <c>--json</c>, and the table otherwise.</summary>
    public void Show(object result, JsonTypeInfo type, Action print, bool toFile = true)
    {
        if (_file is not null && toFile)
        {
            OutputFile.Write(CommonOptions.Out.Name, _file, path => AtomicFile.Write(
                path, stream => JsonSerializer.Serialize(stream, result, type)));
        }

        if (Json)
        {
            Output.WriteLine(JsonSerializer.Serialize(result, type));
        }
        else
        {
            print();
        }
    }

    /// <summary>Prints a line of progress, but not one that was printed before.</summary>
    public void TellOnce(string line)
    {
        if (_told.Add(line))
        {
            Error.WriteLine(PrintableText.EscapeLines(line));
        }
    }

    /// <summary>Says once what text was opened.</summary>
    public void Tell(Corpus corpus)
    {
        TellOnce(
            $"Text: {corpus.Name}, {corpus.Train.Length:N0} training tokens, "
            + $"{corpus.HeldOut.Length:N0} held out ({corpus.HeldOutDocuments.Count:N0} of "
            + $"{corpus.Documents.Count:N0} documents)");
        foreach (string skipped in corpus.Skipped)
        {
            TellOnce($"Skipped: {skipped}");
        }
    }

    /// <summary>Prints a sentence: wrapped by words on a terminal, one line elsewhere.</summary>
    public void Say(string sentence)
    {
        sentence = PrintableText.EscapeLines(sentence);
        if (_wraps)
        {
            Tables.WriteLine(sentence);
        }
        else
        {
            Output.WriteLine(sentence);
        }
    }

    private static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        bool plain = redirected
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = 120;
        }

        return console;
    }
}
