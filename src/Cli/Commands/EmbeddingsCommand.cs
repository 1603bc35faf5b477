using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Studies;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine embeddings MODEL [TOKEN]</c>: neighbours of a token, or maps of
/// all.</summary>
internal static class EmbeddingsCommand
{
    private const int FewestPoints = 32;

    /// <summary>The neighbours of a token, or maps of many where none is named.</summary>
    internal sealed record Request(string Model, TokenArgument Token, int Top, int Points)
        : SubjectRequest(Model);

    /// <summary>The neighbours of a token.</summary>
    internal sealed record NamedNeighbours(
        string Token, int Id, IReadOnlyList<NamedList> Neighbours);

    /// <summary>The neighbours in one matrix.</summary>
    internal sealed record NamedList(string Matrix, IReadOnlyList<Near> Nearest);

    /// <summary>A token that points the same way.</summary>
    internal sealed record Near(string Token, int Id, double Cosine);

    /// <summary>A map: <see cref="EmbeddingMap"/> without what only pages need.</summary>
    internal sealed record Map(
        string Method,
        string Matrix,
        IReadOnlyList<int> Ids,
        IReadOnlyList<float> X,
        IReadOnlyList<float> Y,
        IReadOnlyList<double>? ExplainedVariance,
        double? Divergence,
        double? Perplexity,
        ulong Seed);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model();
        Argument<string?> token = TokenArgument.Of(
            "Show the nearest neighbours of this token (its text, leading space included, or #5)");
        Option<int?> id = TokenArgument.Number();
        Option<int> top = CommonOptions.Count("--top", "Neighbours to show", 10);
        var points = CommonOptions.Of<int>(
            "--points", "Map this many of the commonest tokens (of one token: on its page)", "N",
            count => count < FewestPoints
                ? $"--points: t-SNE of perplexity 30 needs at least "
                        + $"{FewestPoints}; got {count}." : null);
        points.DefaultValueFactory = _ => 5000;
        Option<string?> text = CommonOptions.CountIn();
        return new Command(
            "embeddings", "Nearest neighbours of a token, or PCA and t-SNE of the embeddings")
        {
            model, token, id, top, points, text, CommandPage.Html,
        }.Asks(
            parse => new Request(
                parse.GetRequiredValue(model), TokenArgument.Read(parse, token, id),
                parse.GetValue(top), parse.GetValue(points))
            {
                Text = parse.GetValue(text),
            },
            Of, Print,
            """vitrine embeddings runs/0-layer " July" """.TrimEnd(),
            "vitrine embeddings runs/0-layer --points 2000 --out maps.json",
            "vitrine embeddings runs/0-layer --html maps.html");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<object> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        using DirectPath path = DirectPath.Of(subject.Model);
        string[] uncounted = TokenArgument.Uncounted(subject);
        if (!request.Token.IsGiven)
        {
            int[] mapped = Commonest(subject, request.Points);
            IReadOnlyList<EmbeddingMap> maps =
                Maps(path, mapped, request.Seed, progress, stop);
            return new Answer<object>(
                maps.Select(Named).ToArray(), () => MapsPage(subject, maps, mapped, stop),
                uncounted);
        }

        // Among tokens the text has: the rows of others are what the initial noise left there.
        int token = request.Token.In(subject);
        int[] seen = Commonest(subject, subject.Vocabulary);
        int[] ids = seen.Contains(token) ? seen : [.. seen, token];
        var found = TokenNeighbours.Of(path, ids, token, request.Top);
        return new Answer<object>(
            new NamedNeighbours(
                subject.Text(token), token,
                [
                    .. found.Matrices.Select(one => new NamedList(
                        one.Matrix,
                        [
                            .. one.Nearest.Select(
                                near => new Near(subject.Text(near.Id), near.Id, near.Cosine)),
                        ])),
                ]),
            () => TokenPage(subject, request, found, stop),
            [
                .. uncounted,
                .. ids == seen ? Array.Empty<string>()
                    : ["The text never has this token: its row was not trained."],
            ]);
    }

    private static PageContent TokenPage(
        Subject subject, Request request, TokenNeighbours found, CancellationToken stop)
    {
        using DirectPath path = DirectPath.Of(subject.Model);
        int[] common = Commonest(subject, request.Points);
        int[] mapped = common.Contains(found.Token) ? common : [.. common, found.Token];
        return EmbeddingsPage.Of(
            path, found, Maps(path, mapped, request.Seed, null, stop),
            TokenVocabulary.Of(subject)) with { Counts = subject.Counts };
    }

    private static PageContent MapsPage(
        Subject subject, IReadOnlyList<EmbeddingMap> maps, int[] mapped, CancellationToken stop)
    {
        using DirectPath path = DirectPath.Of(subject.Model);
        return EmbeddingsPage.Of(
            path, maps,
            subject.Tokenizer is { } tokenizer
                ? ZeroLayerAnalysis.NeighbourScores(path, tokenizer, mapped, cancellation: stop)
                : []) with { Counts = subject.Counts };
    }

    private static IReadOnlyList<EmbeddingMap> Maps(
        DirectPath path, int[] ids, ulong seed, IProgress<AnalysisProgress>? progress,
        CancellationToken stop) =>
        ZeroLayerAnalysis.MapsOf(path, ids, new TSneOptions { Seed = seed }, progress, stop);

    private static Map Named(EmbeddingMap map) => new(
        map.Method, map.Matrix, map.Ids, map.X, map.Y, map.ExplainedVariance, map.Divergence,
        map.Perplexity, map.Seed);

    /// <summary>The commonest tokens of the text; the first of the vocabulary without
    /// one.</summary>
    private static int[] Commonest(Subject subject, int count) =>
        subject.Counts?.MostFrequentTokens(count)
        ?? [.. Enumerable.Range(0, Math.Min(count, subject.Vocabulary))];

    private static void Print(Terminal terminal, Subject subject, Request request, object result)
    {
        if (result is NamedNeighbours neighbours)
        {
            Print(terminal.Tables, subject, neighbours);
        }
        else if (result is Map[] maps)
        {
            Print(terminal, maps);
        }
    }

    private static void Print(IAnsiConsole console, Subject subject, NamedNeighbours result)
    {
        Table table = NumberTable.Titled($"Nearest to {subject.Display(result.Id)}");
        foreach (NamedList matrix in result.Neighbours)
        {
            table.AddColumn(matrix.Matrix).AddNumbers("cosine");
        }

        for (int row = 0; row < result.Neighbours.Max(matrix => matrix.Nearest.Count); row++)
        {
            table.AddRow(
            [
                .. result.Neighbours.SelectMany(matrix => (string[])
                [
                    Markup.Escape(subject.Display(matrix.Nearest[row].Id)),
                    $"{matrix.Nearest[row].Cosine:F2}",
                ]),
            ]);
        }

        console.Write(table);
    }

    private static void Print(Terminal terminal, Map[] maps)
    {
        foreach (Map map in maps)
        {
            string name = $"{map.Method} of {map.Matrix}";
            terminal.Say(map.ExplainedVariance is { } shares
                ? $"{name}: the first two of {shares.Count} components explain "
                    + $"{100 * shares.Take(2).Sum():F1}% of the variance"
                : $"{name}: divergence {map.Divergence:F3} nats at perplexity "
                    + $"{map.Perplexity}");
        }

        terminal.Say("Coordinates: --json or --out FILE. Maps to look at: --html FILE.");
    }
}
