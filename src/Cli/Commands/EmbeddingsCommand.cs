using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp.Embeddings;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine embeddings MODEL [TOKEN]</c>: neighbours of a token, or maps of
/// all.</summary>
internal static class EmbeddingsCommand
{
    /// <summary>The neighbours of a token.</summary>
    internal sealed record TokenNeighbours(
        string Token, int Id, IReadOnlyList<MatrixNeighbours> Neighbours);

    /// <summary>The neighbours in one matrix.</summary>
    internal sealed record MatrixNeighbours(string Matrix, IReadOnlyList<Near> Nearest);

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
        var model = new Argument<string>("MODEL") { Description = "A model or run folder" };
        var token = new Argument<string?>("TOKEN")
        {
            Description = "Show the nearest neighbours of this token (its text, leading space "
                + "included, or #5)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var id = new Option<int?>(
            "--id") { Description = "The token by number instead", HelpName = "N" };
        var top = CommonOptions.Checked(
            new Option<int>("--top")
            {
                Description = "Neighbours to show",
                HelpName = "N",
                DefaultValueFactory = _ => 10,
            },
            rows => rows < 1 ? $"--top: must be at least 1; got {rows}." : null);
        var points = CommonOptions.Checked(
            new Option<int>("--points")
            {
                Description = "Map this many of the commonest tokens",
                HelpName = "N",
                DefaultValueFactory = _ => 5000,
            },
            count => count < 32
                ? $"--points: t-SNE of perplexity 30 needs at least 32; got {count}." : null);
        var text = new Option<string?>("--text")
        {
            Description = "Count in this text [default: the one the run was trained on]",
            HelpName = "FILE|FOLDER",
        };
        return new Command(
            "embeddings", "Nearest neighbours of a token, or PCA and t-SNE of the embeddings")
        {
            model, token, id, top, points, text,
        }.Runs(
            (parse, terminal) =>
            {
                using OpenedModel opened = OpenedModel.Open(
                    parse.GetRequiredValue(model), parse.GetValue(text), terminal);
                if (parse.GetValue(token) is null && parse.GetValue(id) is null)
                {
                    Maps(opened, parse.GetValue(points), terminal);
                }
                else
                {
                    int chosen = opened.Token(parse.GetValue(token), parse.GetValue(id));
                    Nearest(opened, chosen, parse.GetValue(top), terminal);
                }

                return 0;
            },
            """vitrine embeddings runs/0-layer " July" """.TrimEnd(),
            "vitrine embeddings runs/0-layer --points 2000 --out maps.json");
    }

    private static (string Name, Tensor<float> Weights)[] Matrices(OpenedModel opened) =>
        [("W_E", opened.Path.Embed), ("W_U", opened.Path.Unembed)];

    private static void Nearest(OpenedModel opened, int token, int top, Terminal terminal)
    {
        // Among tokens the text has: the rows of others are what the initial noise left there.
        SubjectModel subject = opened.Subject;
        int[] seen = Commonest(opened, subject.Vocabulary);
        int[] ids = seen.Contains(token) ? seen : [.. seen, token];
        var found = new List<MatrixNeighbours>();
        foreach ((string name, Tensor<float> weights) in Matrices(opened))
        {
            using var neighbours = new Neighbours(weights, ids);
            found.Add(new MatrixNeighbours(
                name,
                [
                    .. neighbours.Of(token, top).Select(near => new Near(
                        subject.Text(near.Id), near.Id, near.Cosine)),
                ]));
        }

        var result = new TokenNeighbours(subject.Text(token), token, found);
        terminal.Show(
            result, CliJson.Readable.TokenNeighbours, console => Print(console, result, subject));
        if (!seen.Contains(token))
        {
            terminal.Error.WriteLine("The text never has this token: its row was not trained.");
        }
    }

    /// <summary>The commonest tokens of the text; the first of the vocabulary without
    /// one.</summary>
    private static int[] Commonest(OpenedModel opened, int count) =>
        opened.Counts?.MostFrequentTokens(count)
        ?? [.. Enumerable.Range(0, Math.Min(count, opened.Subject.Vocabulary))];

    private static void Print(IAnsiConsole console, TokenNeighbours result, SubjectModel subject)
    {
        Table table = new Table().Border(TableBorder.Minimal)
            .Title(Markup.Escape($"Nearest to {subject.Display(result.Id)}"));
        foreach (MatrixNeighbours matrix in result.Neighbours)
        {
            table.AddColumn(matrix.Matrix).AddColumn(new TableColumn("cosine").RightAligned());
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

    private static void Maps(OpenedModel opened, int points, Terminal terminal)
    {
        int[] ids = Commonest(opened, points);
        var maps = new List<EmbeddingMap>();
        foreach ((string name, Tensor<float> weights) in Matrices(opened))
        {
            maps.Add(EmbeddingMap.Pca(name, weights, ids));
            using var phase = new PhaseDisplay(
                terminal, $"t-SNE of {name}, {ids.Length:N0} tokens");
            maps.Add(EmbeddingMap.TSne(
                name, weights, ids, new TSneOptions { Seed = terminal.Seed },
                phase.Of<TSneProgress>(done => (double)done.Iteration / done.Iterations),
                Interruption.Token));
        }

        IReadOnlyList<Map> result =
        [
            .. maps.Select(map => new Map(
                map.Method, map.Matrix, map.Ids, map.X, map.Y, map.ExplainedVariance,
                map.Divergence, map.Perplexity, map.Seed)),
        ];
        terminal.Show(result, CliJson.Readable.IReadOnlyListMap, _ =>
        {
            foreach (Map map in result)
            {
                string name = $"{map.Method} of {map.Matrix}";
                terminal.Say(map.ExplainedVariance is { } shares
                    ? $"{name}: the first two of {shares.Count} components explain "
                        + $"{100 * shares.Take(2).Sum():F1}% of the variance"
                    : $"{name}: divergence {map.Divergence:F3} nats at perplexity "
                        + $"{map.Perplexity}");
            }

            terminal.Say("Coordinates: --json or --out FILE. Maps to look at are in the report.");
        });
    }
}
