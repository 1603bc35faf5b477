using System.CommandLine;
using System.Text.Json.Serialization;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine attend MODEL TEXT</c>: where heads look.</summary>
internal static class AttendCommand
{
    /// <summary>Which passage, which head, by what measure, how many are named.</summary>
    internal sealed record Request(
        string Model, Passage Passage, string? Head, AttentionMeasure Measure, int Top)
        : SubjectRequest(Model);

    /// <summary>A passage read.</summary>
    /// <param name="Tokens">The passage.</param>
    /// <param name="Layers">The model's layers.</param>
    /// <param name="Heads">Heads in each.</param>
    /// <param name="Measure">By what measure.</param>
    /// <param name="Maps">By head, <c>1.3</c>, or layer, <c>1</c>: for each query the values of the
    /// keys up to it.</param>
    /// <param name="Mixing">By layer, for measures that have a mixing ratio.</param>
    /// <param name="Predictions">What is predicted after each position.</param>
    /// <param name="RowSumError">How far a row of weights is from 1 at most.</param>
    /// <param name="Residual">How far the sum of the parts is from the stream after a
    /// layer.</param>
    /// <param name="Read">The passage as it was read.</param>
    internal sealed record Attended(
        IReadOnlyList<NamedToken> Tokens, int Layers, int Heads, AttentionMeasure Measure,
        IReadOnlyDictionary<string, float[][]> Maps, IReadOnlyDictionary<string, float[]>? Mixing,
        IReadOnlyList<Predicted> Predictions, double RowSumError, double? Residual,
        [property: JsonIgnore] PassageAttention Read);

    /// <summary>What is predicted after a position.</summary>
    internal sealed record Predicted(int Position, IReadOnlyList<Likely> Top);

    /// <summary>A token that may come next.</summary>
    internal sealed record Likely(string Token, int Id, double Logit, double Probability);

    public static Command Create()
    {
        var passage = new PassageArgument();
        var head = CommonOptions.Of<string?>(
            "--head", "The head, as 1.3 or L1H3 [default: all, from the last token]", "L.H");
        var measure = CommonOptions.Of<AttentionMeasure>(
            "--measure", "The weight α; ‖α f(x)‖ of the head; of all heads of the layer; with the "
            + "residual; through the next norm (Kobayashi et al. 2020, 2021)",
            "weight|weighted|allHeads|residual|norm");
        Option<int> top = CommonOptions.Count(
            "--top", "How many keys of a query, and tokens of a prediction, are named", 3, 50);
        return new Command("attend", "Where each token looks, head by head, and what it predicts")
        {
            passage.Model, passage.Text, passage.Ids, head, measure, top, CommandPage.Html,
        }.Asks(
            parse => new Request(
                parse.GetRequiredValue(passage.Model), passage.Read(parse), parse.GetValue(head),
                parse.GetValue(measure), parse.GetValue(top)),
            Of, Print,
            """vitrine attend runs/2-layer "A nation. A nation of laws. A nation" --head 1.0""",
            "vitrine attend runs/2-layer --ids 464,3162,2236 --measure weighted --json");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Attended> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        Passage.NeedsLayers(subject);
        int[] tokens = request.Passage.Tokens(subject);
        Head? chosen = request.Head is { } name ? subject.Head(name, "`head`") : null;
        AttentionMeasure measure = request.Measure;
        var read = PassageAttention.Of(
            subject.Model, tokens, Math.Min(request.Top, subject.Vocabulary));
        if (measure == AttentionMeasure.Norm && read.Layers[0].WithNorm is null)
        {
            throw new RequestException(
                "`measure`: this model has no norms, so that none follows; use residual.");
        }

        Head[] shown = [.. Shown(read, chosen, measure)];
        return new Answer<Attended>(
            new Attended(
                NamedToken.Of(subject, tokens), read.Layers.Count, read.Layers[0].Heads, measure,
                shown.ToDictionary(
                    head => Name(head, measure),
                    head => Rows(read.Map(head, measure), tokens.Length)),
                ByLayer(measure)
                    ? shown.ToDictionary(
                        head => Name(head, measure), head => read.Mixing(head.Layer, measure)!)
                    : null,
                [
                    .. read.Predictions.Select(one => new Predicted(
                        one.Position, [.. one.Top.Select(token => Named(subject, token))])),
                ],
                read.RowSumError, read.Residual, read),
            () => PageContent.Of(
                AttentionSection.Of([("this-passage", read)]), TokenVocabulary.Of(subject)));
    }

    private static bool ByLayer(AttentionMeasure measure) => measure > AttentionMeasure.Weighted;

    private static IEnumerable<Head> Shown(
        PassageAttention read, Head? chosen, AttentionMeasure measure) =>
        chosen is { } one ? [one]
        : from layer in Enumerable.Range(0, read.Layers.Count)
          from head in Enumerable.Range(0, ByLayer(measure) ? 1 : read.Layers[layer].Heads)
          select new Head(layer, head);

    private static string Name(Head head, AttentionMeasure measure) =>
        ByLayer(measure) ? $"{head.Layer}" : head.ToString();

    private static Likely Named(Subject model, LikelyToken token) => new(
        model.Text(token.Id), token.Id, token.Logit, token.Probability);

    private static float[][] Rows(float[] map, int n) =>
        [.. Enumerable.Range(0, n).Select(i => map.AsSpan(i * n, i + 1).ToArray())];

    private static void Print(
        Terminal terminal, Subject model, Request request, Attended attended)
    {
        PassageAttention read = attended.Read;
        (AttentionMeasure measure, int top) = (request.Measure, request.Top);
        Head? chosen = request.Head is { } asked ? model.Head(asked, "`head`") : null;
        int last = read.Tokens.Length - 1;
        Table table = NumberTable.Titled(null);
        if (chosen is { } head)
        {
            float[] map = read.Map(head, measure);
            float[]? mixing = read.Mixing(head.Layer, measure);
            string of = ByLayer(measure) ? "Layer" : "Head";
            table.Title(Markup.Escape($"{of} {Name(head, measure)}: {Words(measure)}"));
            table.AddNumbers("pos").AddColumn("token");
            table.AddColumn("looks at").AddColumn(mixing is null ? "predicts" : "mixing");
            for (int i = 0; i <= last; i++)
            {
                LikelyToken next = read.Predictions[i].Top[0];
                table.AddRow(
                    $"{i}",
                    Markup.Escape(model.Display(read.Tokens[i])),
                    Markup.Escape(Largest(model, read, map, i, top)),
                    Markup.Escape(mixing is null
                        ? $"{model.Display(next.Id)} {Numerals.Weight(next.Probability)}"
                        : Numerals.Weight(mixing[i])));
            }
        }
        else
        {
            string token = model.Display(read.Tokens[last]);
            table.AddColumn(ByLayer(measure) ? "layer" : "head");
            table.AddColumn(Markup.Escape($"{token}@{last} looks at: {Words(measure)}"));
            foreach (Head one in Shown(read, null, measure))
            {
                string keys = Largest(model, read, read.Map(one, measure), last, top);
                table.AddRow(Name(one, measure), Markup.Escape(keys));
            }
        }

        terminal.Tables.Write(table);
        string[] likely = [.. read.Predictions[last].Top.Select(
            token => $"{model.Display(token.Id)} {Numerals.Weight(token.Probability)}")];
        terminal.Say($"After the last token: {string.Join("  ", likely)}");
        terminal.Say(
            "token@position value. Rows of weights sum to 1 within "
            + $"{Numerals.Tiny(read.RowSumError)}; the parts of a layer's output to the stream "
            + $"within {Numerals.Tiny(read.Residual ?? 0)} of its largest value.");
    }

    private static string Words(AttentionMeasure measure) => measure switch
    {
        AttentionMeasure.Weight => "attention weights",
        AttentionMeasure.Weighted => "‖α f(x)‖",
        AttentionMeasure.AllHeads => "‖Σ α f(x)‖ over heads",
        AttentionMeasure.Residual => "with the residual",
        _ => "with the residual, through the next norm",
    };

    private static string Largest(
        Subject model, PassageAttention read, float[] map, int query, int count)
    {
        ReadOnlySpan<float> row = map.AsSpan(query * read.Tokens.Length, query + 1);
        float[] values = row.ToArray();
        return string.Join("  ", Enumerable.Range(0, values.Length)
            .OrderByDescending(key => values[key]).Take(count)
            .Select(key =>
                $"{model.Display(read.Tokens[key])}@{key} {Numerals.Weight(values[key])}"));
    }
}
