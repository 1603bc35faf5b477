using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine circuits MODEL</c>: what the weights of the heads say.</summary>
internal static class CircuitsCommand
{
    private const int FewTokens = 256;
    private const int TellingTokens = 6;
    private const int MostWeights = 1 << 24;

    /// <summary>The whole reading, with the text of every token that it names.</summary>
    internal sealed record Result(
        IReadOnlyDictionary<int, string> Tokens, CircuitAnalysis Circuits);

    /// <summary>Single tokens, head by head.</summary>
    internal sealed record TokenResult(
        IReadOnlyDictionary<int, string> Tokens, IReadOnlyList<TokenCircuit> Heads);

    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A model or run folder" };
        var head = new Option<string?>("--head")
        {
            Description = "Read this head alone [default: all]",
            HelpName = "1.3|L1H3",
        };
        var token = new Option<string?>("--token")
        {
            Description = "Show this token's row and column in both circuits (its text, leading "
                + "space included)",
            HelpName = "TEXT",
        };
        var ids = new Option<string?>("--ids")
        {
            Description = "As --token, of tokens by number",
            HelpName = "5,17,…",
        };
        var minCount = CommonOptions.Checked(
            new Option<int>("--min-count")
            {
                Description = "Leave out tokens that the training text has less often",
                HelpName = "N",
                DefaultValueFactory = _ => TokenSubset.UsualMinCount,
            },
            count => count < 0 ? $"--min-count: must be at least 0; got {count}." : null);
        var top = CommonOptions.Checked(
            new Option<int>("--top")
            {
                Description = "Rows in each table; that of skip-trigrams also has copies and bugs",
                HelpName = "N",
                DefaultValueFactory = _ => 12,
            },
            rows => rows is < 1 or > 1000 ? $"--top: must be 1 … 1000; got {rows}." : null);
        var composition = new Option<bool>("--composition")
        {
            Description = "Show how strongly each head reads each earlier one, and nothing else",
        };
        var zero = new Option<string?>("--beside")
        {
            Description = "A 0-layer model of the same vocabulary, whose losses stand beside",
            HelpName = "MODEL",
        };
        var text = new Option<string?>("--text")
        {
            Description = "Count in this text [default: the one the run was trained on]",
            HelpName = "FILE|FOLDER",
        };
        var page = new CommandPage();
        return new Command(
            "circuits",
            "What attends to what, what that writes, whether heads copy: from the weights")
        {
            model, head, token, ids, minCount, top, composition, zero, text, page.Html,
        }.Runs(
            (parse, terminal) =>
            {
                string path = parse.GetRequiredValue(model);
                using SubjectModel subject = SubjectModel.Open(path);
                if (subject.Model.Config.Layers == 0)
                {
                    throw new UsageException(
                        $"MODEL: {path} has no attention layers; its direct path is what vitrine "
                        + "bigrams shows.");
                }

                Head[]? heads = parse.GetValue(head) is { } name
                    ? [subject.Head("--head", name)] : null;
                if (parse.GetValue(composition))
                {
                    string[] idle =
                    [
                        .. new Option[] { head, token, ids, minCount, zero, text }
                            .Where(option => parse.GetResult(option) is { Implicit: false })
                            .Select(option => option.Name),
                    ];
                    if (idle.Length > 0)
                    {
                        throw new UsageException(
                            "--composition: it is of all heads and of the weights alone; leave out "
                            + $"{string.Join(", ", idle)}.");
                    }

                    Composition links = ShowComposition(subject, terminal, parse.GetValue(top));
                    page.Write(
                        parse, terminal, path, subject,
                        () => CircuitsPage.Of(links, Pictures(path, subject, terminal)));
                    return 0;
                }

                using Corpus? corpus = RunNotes.TextOf(path, parse.GetValue(text), terminal);
                var options = new CircuitOptions
                {
                    Heads = heads,
                    MinCount = parse.GetValue(minCount),
                    Top = parse.GetValue(top),
                    Seed = terminal.Seed,
                };
                if (parse.GetValue(token) is null && parse.GetValue(ids) is null)
                {
                    string? beside = parse.GetValue(zero);
                    using Transformer? zeroLayer = beside is null ? null : Transformer.Load(beside);
                    CircuitAnalysis analysis = ShowAll(
                        subject, corpus, zeroLayer, options, terminal);
                    page.Write(
                        parse, terminal, path, subject,
                        () => Page(path, subject, corpus, zeroLayer, analysis, terminal));
                }
                else if (page.IsAsked(parse))
                {
                    throw new UsageException(
                        "--html: single tokens are on the page of all; leave out --token and "
                            + "--ids.");
                }
                else
                {
                    int[] tokens = parse.GetValue(token) is { } word && parse.GetValue(ids) is null
                        ? [subject.Token("--token", word)]
                        : subject.Tokens(
                            "--token", parse.GetValue(token), "--ids", parse.GetValue(ids));
                    ShowTokens(subject, corpus, tokens, options, terminal);
                }

                return 0;
            },
            "vitrine circuits runs/1-layer",
            """vitrine circuits runs/1-layer --token " Congress" --head 0.0""",
            "vitrine circuits runs/2-layer --composition --json",
            "vitrine circuits runs/1-layer --beside runs/0-layer --html circuits.html");
    }

    private static CircuitAnalysis ShowAll(
        SubjectModel subject, Corpus? corpus, Transformer? zero, CircuitOptions options,
        Terminal terminal)
    {
        if (zero is not null
            && (zero.Config.Layers > 0 || zero.Config.Vocabulary != subject.Vocabulary))
        {
            throw new UsageException(
                "--beside: it must be a 0-layer model with a vocabulary of "
                + $"{subject.Vocabulary:N0}; its layers are {zero.Config.Layers}, its vocabulary "
                + $"is {zero.Config.Vocabulary:N0}.");
        }

        CircuitAnalysis analysis;
        Often(subject, corpus, options);
        using (var phase = new PhaseDisplay(terminal, "Reading the weights"))
        {
            analysis = CircuitAnalysis.Of(
                subject.Model, corpus, zero, options, phase.Of<double>(share => share),
                Interruption.Token);
        }

        var result = new Result(Texts(subject, CircuitsPrinter.Ids(analysis)), analysis);
        terminal.Show(
            result, CliJson.Readable.CircuitsResult, _ =>
                CircuitsPrinter.Print(terminal, subject, analysis));
        if (corpus is null)
        {
            terminal.Error.WriteLine(
                "This folder names no text: nothing is counted or tried, every token of the "
                + "vocabulary is read, and averages weigh all alike. Give the text with --text.");
        }

        return analysis;
    }

    /// <summary>Tokens, skip-trigrams with their places, copying, composition, positions.</summary>
    private static PageContent Page(
        string path, SubjectModel subject, Corpus? corpus, Transformer? zero,
        CircuitAnalysis analysis, Terminal terminal)
    {
        TransformerConfig config = subject.Model.Config;
        TokenSubset subset = CircuitAnalysis.Tokens(subject.Model, corpus, analysis.MinCount);
        using var reading = new HeadReading(subject.Model);
        IReadOnlyList<int> tokens = subject.Vocabulary <= FewTokens
            ? [.. Enumerable.Range(0, subject.Vocabulary)]
            : TokenCircuits.Telling(analysis, TellingTokens);
        SkipTrigramText? places = corpus is null ? null
            : SkipTrigramTexts.Of(corpus, reading.Positions).HeldOut;
        return CircuitsPage.Of(
            subject.Model, analysis,
            TokenCircuits.Of(
                reading, analysis.Heads.Select(head => subject.Head("--head", head.Head)), subset,
                tokens, 12),
            corpus is null ? null : AttentionByDistance.Of(
                subject.Model,
                TextWindows.Of(
                    corpus.HeldOut, corpus.Tokenizer.EndOfText, reading.Positions,
                    Math.Clamp(
                        MostWeights / (config.Layers * config.Heads * reading.Positions
                            * reading.Positions), 1, 32)),
                Interruption.Token),
            places, zero, Pictures(path, subject, terminal));
    }

    private static HeadPatterns Pictures(string path, SubjectModel subject, Terminal terminal)
    {
        using var text = TrainingText.Of(path, subject, terminal);
        return HeadPatterns.Of(
            "random repeats", subject.Model,
            SubjectHeads.Repeats(text, terminal, sequences: 1).Sequences[0]);
    }

    /// <summary>The tokens that are read.</summary>
    private static TokenSubset Often(SubjectModel subject, Corpus? corpus, CircuitOptions options)
    {
        try
        {
            return CircuitAnalysis.Tokens(subject.Model, corpus, options.MinCount);
        }
        catch (ArgumentException wrong)
        {
            throw UsageException.Of(wrong, wrong.ParamName == "minCount" ? "--min-count" : null);
        }
    }

    private static void ShowTokens(
        SubjectModel subject, Corpus? corpus, int[] tokens, CircuitOptions options,
        Terminal terminal)
    {
        TokenSubset subset = Often(subject, corpus, options);
        using var reading = new HeadReading(subject.Model);
        IReadOnlyList<TokenCircuit> heads = TokenCircuits.Of(
            reading, options.Heads, subset, tokens, options.Top);
        var ids = heads.SelectMany(
            head => head.AttendsTo.Concat(head.AttendedBy).Concat(head.Raises)
            .Concat(head.Lowers).Concat(head.WrittenBy)).Select(row => row.Id).Concat(tokens);
        terminal.Show(
            new TokenResult(Texts(subject, ids), heads),
            CliJson.Readable.CircuitsTokenResult,
            console =>
            {
                foreach (TokenCircuit circuit in heads)
                {
                    CircuitsPrinter.Print(console, subject, circuit);
                }

                terminal.Say(
                    CircuitsPrinter.LeftOut(subset.Ids.Length, subset.LeftOut, subset.MinCount));
            });
    }

    private static Composition ShowComposition(SubjectModel subject, Terminal terminal, int top)
    {
        if (subject.Model.Config.Layers < 2)
        {
            throw new UsageException(
                $"--composition: heads compose across layers; this model has "
                + $"{subject.Model.Config.Layers}; use a model of two.");
        }

        using var reading = new HeadReading(subject.Model);
        Composition composition = reading.Composition(seed: terminal.Seed);
        terminal.Show(
            composition,
            CliJson.Readable.Composition,
            console => CircuitsPrinter.Print(console, composition, top));
        return composition;
    }

    private static Dictionary<int, string> Texts(SubjectModel subject, IEnumerable<int> ids) =>
        ids.Distinct().Order().ToDictionary(id => id, subject.Text);
}
