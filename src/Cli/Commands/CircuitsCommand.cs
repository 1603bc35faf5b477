using System.CommandLine;
using System.Text.Json.Serialization;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Models;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine circuits MODEL</c>: what the weights of the heads say.</summary>
internal static class CircuitsCommand
{
    private const int FewTokens = 256;
    private const int ExampleTokens = 6;
    private const int MostWeights = 1 << 24;
    private const int MostPieces = 32;
    private const int UsualTop = 12;

    /// <summary>The whole reading, single tokens, or how heads compose.</summary>
    internal sealed record Request(
        string Model, string? Head, string? Token, string? Ids, int MinCount, int Top,
        bool Composition, string? Beside)
        : SubjectRequest(Model);

    /// <summary>The whole reading, with the text of every token that it names.</summary>
    internal sealed record Result(
        IReadOnlyDictionary<int, string> Tokens, CircuitAnalysis Circuits);

    /// <summary>Single tokens, head by head.</summary>
    internal sealed record TokenResult(
        IReadOnlyDictionary<int, string> Tokens, IReadOnlyList<TokenCircuit> Heads,
        [property: JsonIgnore] TokenSubset Read);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model();
        var head = CommonOptions.Of<string?>(
            "--head", "Read this head alone [default: all]", "1.3|L1H3");
        var token = CommonOptions.Of<string?>(
            "--token", "Show this token's row and column in both circuits (its text, leading "
            + "space included)", "TEXT");
        var ids = CommonOptions.Of<string?>("--ids", "As --token, of tokens by number", "5,17,…");
        Option<int> minCount = CommonOptions.Count(
            "--min-count", "Leave out tokens that the training text has less often",
            TokenSubset.UsualMinCount, least: 0);
        Option<int> top = CommonOptions.Count(
            "--top", "Rows in each table; that of skip-trigrams also has copies and bugs",
            UsualTop, 1000);
        var composition = CommonOptions.Of<bool>(
            "--composition",
            "Show how strongly each head reads each earlier one, and nothing else");
        var zero = CommonOptions.Of<string?>(
            "--beside", "A 0-layer model of the same vocabulary to compare losses with",
            "MODEL");
        Option<string?> text = CommonOptions.CountIn();
        return new Command(
            "circuits",
            "What attends to what, what that writes, whether heads copy: from the weights")
        {
            model, head, token, ids, minCount, top, composition, zero, text, CommandPage.Html,
        }.Asks(
            Read, Of, CircuitsPrinter.Print,
            "vitrine circuits runs/1-layer",
            """vitrine circuits runs/1-layer --token " Congress" --head 0.0""",
            "vitrine circuits runs/2-layer --composition --json",
            """vitrine circuits runs/1-layer --token " Congress" --html congress.html""",
            "vitrine circuits runs/1-layer --beside runs/0-layer --html circuits.html");

        Request Read(ParseResult parse)
        {
            var request = new Request(
                parse.GetRequiredValue(model), parse.GetValue(head), parse.GetValue(token),
                parse.GetValue(ids), parse.GetValue(minCount), parse.GetValue(top),
                parse.GetValue(composition), parse.GetValue(zero))
            {
                Text = parse.GetValue(text),
            };
            string idle = CommonOptions.Typed(parse, head, token, ids, minCount, zero, text);
            if (request.Composition && idle.Length > 0)
            {
                throw new RequestException(
                    "--composition: it is of all heads and of the weights alone; leave out "
                    + $"{idle}.");
            }

            return request;
        }
    }

    /// <summary>Answers the request.</summary>
    public static Answer<object> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        if (subject.Heads.Count == 0)
        {
            throw new RequestException(
                $"`model`: {subject.Path} has no attention layers; its direct path is what vitrine "
                + "bigrams shows.");
        }

        if (request.Composition)
        {
            Composition links = Compose(subject, request.Seed);
            return new Answer<object>(
                links, () => CircuitsPage.Of(links, Pictures(subject, request.Seed)));
        }

        var options = new CircuitOptions
        {
            Heads = request.Head is { } name ? [subject.Head(name, "`head`")] : null,
            MinCount = request.MinCount,
            Top = request.Top,
            Seed = request.Seed,
        };
        if ((request.Token ?? request.Ids) is not null)
        {
            int[] tokens = request is { Token: { } word, Ids: null }
                ? [subject.Token(word, "`token`")]
                : Passage.Of(subject, "`token`", request.Token, "`ids`", request.Ids);
            TokenResult found = OfTokens(subject, tokens, options);
            return new Answer<object>(
                found,
                () => CircuitsPage.Of(
                    subject.Model, found.Heads, found.Read, options.Top,
                    TokenVocabulary.Of(subject)) with { Counts = subject.Counts });
        }

        using Transformer? zero = Beside(subject, request);
        Read(subject, options.MinCount);
        CircuitAnalysis analysis = CircuitAnalysis.Of(
            subject.Model, subject.Corpus, zero, options,
            AnalysisProgress.Of<double>(progress, "Reading the weights", share => share), stop);
        return new Answer<object>(
            new Result(Texts(subject, CircuitsPrinter.Ids(analysis)), analysis),
            () => Page(subject, request, analysis, stop),
            subject.Corpus is not null ? [] :
            [
                "This folder names no text: nothing is counted or tried, every token of the "
                + "vocabulary is read, and averages weigh all alike. Give the text with `text`.",
            ]);
    }

    private static Transformer? Beside(Subject subject, Request request)
    {
        if (request.Beside is null)
        {
            return null;
        }

        Transformer zero = Transformer.Load(request.Beside, allowNan: request.AllowNan);
        (int layers, int vocabulary) = (zero.Config.Layers, zero.Config.Vocabulary);
        if (layers == 0 && vocabulary == subject.Vocabulary)
        {
            return zero;
        }

        zero.Dispose();
        throw new RequestException(
            "`beside`: it must be a 0-layer model with a vocabulary of "
            + $"{subject.Vocabulary:N0}; its layers are {layers}, its vocabulary is "
            + $"{vocabulary:N0}.");
    }

    /// <summary>Tokens, skip-trigrams with their places, copying, composition, positions.</summary>
    private static PageContent Page(
        Subject subject, Request request, CircuitAnalysis analysis, CancellationToken stop)
    {
        using Transformer? zero = Beside(subject, request);
        using var reading = new HeadReading(subject.Model);
        int positions = reading.Positions;
        IReadOnlyList<int> tokens = subject.Vocabulary <= FewTokens
            ? [.. Enumerable.Range(0, subject.Vocabulary)]
            : TokenCircuits.Telling(analysis, ExampleTokens);
        int pieces = Math.Clamp(
            MostWeights / (subject.Heads.Count * positions * positions), 1, MostPieces);
        return CircuitsPage.Of(
            subject.Model, analysis,
            TokenCircuits.Of(
                reading, analysis.Heads.Select(head => subject.Head(head.Head)),
                Read(subject, analysis.MinCount), tokens, UsualTop),
            subject.Corpus is not { } corpus ? null : AttentionByDistance.Of(
                subject.Model,
                TextWindows.Of(corpus.HeldOut, corpus.Tokenizer.EndOfText, positions, pieces),
                stop),
            subject.Corpus is { } text ? SkipTrigramTexts.Of(text, positions).HeldOut : null,
            zero, Pictures(subject, request.Seed));
    }

    private static HeadPatterns Pictures(Subject subject, ulong seed) => HeadPatterns.Of(
        "random repeats", subject.Model,
        Passage.Repeats(subject, null, null, sequences: 1, seed).Sequences[0]);

    /// <summary>The tokens that are read.</summary>
    private static TokenSubset Read(Subject subject, int minCount)
    {
        try
        {
            return CircuitAnalysis.Tokens(subject.Model, subject.Corpus, minCount);
        }
        catch (ArgumentException wrong)
        {
            throw RequestException.Of(wrong, wrong.ParamName == "minCount" ? "`minCount`" : null);
        }
    }

    private static TokenResult OfTokens(Subject subject, int[] tokens, CircuitOptions options)
    {
        TokenSubset subset = Read(subject, options.MinCount);
        using var reading = new HeadReading(subject.Model);
        IReadOnlyList<TokenCircuit> heads = TokenCircuits.Of(
            reading, options.Heads, subset, tokens, options.Top);
        var ids = heads.SelectMany(
            head => head.AttendsTo.Concat(head.AttendedBy).Concat(head.Raises)
            .Concat(head.Lowers).Concat(head.WrittenBy)).Select(row => row.Id).Concat(tokens);
        return new TokenResult(Texts(subject, ids), heads, subset);
    }

    private static Composition Compose(Subject subject, ulong seed)
    {
        int layers = subject.Model.Config.Layers;
        if (layers < 2)
        {
            throw new RequestException(
                $"`composition`: heads compose across layers; this model has {layers}; use a model "
                + "of two.");
        }

        using var reading = new HeadReading(subject.Model);
        return reading.Composition(seed: seed);
    }

    private static Dictionary<int, string> Texts(Subject subject, IEnumerable<int> ids) =>
        ids.Distinct().Order().ToDictionary(id => id, subject.Text);
}
