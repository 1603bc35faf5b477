using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Patching;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine patch MODEL</c>: clean activations put into the corrupt run.</summary>
internal static class PatchCommand
{
    private const int MatrixColumns = 8;

    /// <summary>Which activations of which prompts are patched, and how the cells are
    /// cut.</summary>
    /// <param name="Model">The folder.</param>
    /// <param name="Prompts">The prompts.</param>
    /// <param name="Site">Null for the stream, and a page of every site.</param>
    /// <param name="By">Null for positions of the stream, else heads.</param>
    /// <param name="Attribution">Whether the gradient's approximation stands beside.</param>
    /// <param name="Top">Rows that are printed.</param>
    internal sealed record Request(
        string Model, Prompts Prompts, PatchSite? Site, PatchScope? By, bool Attribution,
        int Top)
        : SubjectRequest(Model);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model("A model or run folder with attention layers");
        var prompts = new PromptOptions();
        var site = new Option<PatchSite?>("--site")
        {
            Description = "Which activation is patched [default: resid]",
            HelpName = "resid|attn_out|z|q|k|v|pattern",
            CustomParser = result => result.Tokens[0].Value switch
            {
                "resid" or "resid_pre" => PatchSite.ResidPre,
                "attn_out" => PatchSite.AttnOut,
                "z" => PatchSite.Z,
                "q" => PatchSite.Q,
                "k" => PatchSite.K,
                "v" => PatchSite.V,
                "pattern" => PatchSite.Pattern,
                var other => Unknown(result, other),
            },
        };
        var by = CommonOptions.Of<string?>(
            "--by", "positions: one position a cell; heads: all positions of a head a cell "
            + "[default: positions for resid and attn_out, else heads]", "positions|heads",
            given => given is null or "positions" or "heads" ? null
                : $"--by: must be positions, heads; got '{given}'.");
        var attribution = CommonOptions.Of<bool>(
            "--attribution", "Show the gradient's approximation next to the exact values, with its "
            + "error");
        Option<int> top = Top(12);
        var command = new Command(
            "patch", "Put clean activations into the corrupt run: which of them carry it?")
        {
            model, site, by, attribution, top, CommandPage.Html,
        };
        prompts.AddTo(command);
        return command.Asks(
            parse => new Request(
                parse.GetRequiredValue(model), prompts.Read(parse), parse.GetValue(site),
                parse.GetValue(by) switch
                {
                    null => null,
                    "heads" => PatchScope.AllPositions,
                    _ => PatchScope.Position,
                },
                parse.GetValue(attribution), parse.GetValue(top)),
            Of, Print,
            "vitrine patch runs/2-layer --clean \"The Congress shall\" "
            + "--corrupt \"The President shall\" --answer \" have\" --versus \" be\"",
            "vitrine patch MODEL --clean-ids 5,9,2,5 --corrupt-ids 7,9,2,5 --answer \"#9\" "
            + "--versus \"#3\" --site z --by positions",
            "vitrine patch runs/2-layer --prompts pairs.json --html patch.html");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<PatchingSweep> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        PatchSite site = request.Site ?? PatchSite.ResidPre;
        bool stream = site is PatchSite.ResidPre or PatchSite.AttnOut;
        PatchScope scope = request.By
            ?? (stream ? PatchScope.Position : PatchScope.AllPositions);
        if (stream && scope == PatchScope.AllPositions)
        {
            throw new RequestException(
                "`by`: resid and attn_out have no heads; sweep them by positions, or take `site` "
                + "z, q, k, v or pattern.");
        }

        return new Answer<PatchingSweep>(
            request.Prompts.With(subject, experiment => experiment.Sweep(
                site, scope, request.Attribution, cancellation: stop)),
            () => PatchingPage.Of(
                subject.Model, TokenVocabulary.Of(subject),
                request.Prompts.With(subject, experiment => PatchingPage.Sweeps(
                    experiment, request.Site, stop))));
    }

    /// <summary>How many rows a table has.</summary>
    internal static Option<int> Top(int rows) =>
        CommonOptions.Count("--top", "Rows in the table; --json has all", rows, 10_000);

    /// <summary>What the two runs predict.</summary>
    internal static string Runs(MetricKind metric, double clean, double corrupt, int pairs) =>
        $"{Name(metric)}: {Numerals.Fixed(clean)} clean, "
        + $"{Numerals.Fixed(corrupt)} corrupt"
        + (pairs > 1 ? $", means of {pairs} pairs. " : ". ")
        + PatchingFindings.Slight(metric, clean, corrupt);

    private static string Name(MetricKind metric) => metric switch
    {
        MetricKind.LogitDifference => "Logit difference",
        MetricKind.Probability => "Probability of the answer",
        MetricKind.Loss => "Loss of the answer (nats)",
        _ => "Divergence from the clean run (nats)",
    };

    private static PatchSite Unknown(System.CommandLine.Parsing.ArgumentResult result, string value)
    {
        result.AddError($"--site: sites are resid, attn_out, z, q, k, v, pattern; got “{value}”.");
        return default;
    }

    private static void Print(
        Terminal terminal, Subject subject, Request request, PatchingSweep sweep)
    {
        terminal.Say(Runs(sweep.Metric, sweep.ValueClean, sweep.ValueCorrupt, sweep.Clean.Count));
        if (sweep.Scope == PatchScope.AllPositions && sweep.Columns <= MatrixColumns)
        {
            terminal.Tables.Write(Matrix(sweep));
        }

        terminal.Tables.Write(Cells(subject, sweep, request.Top));
        int skipped = sweep.Skipped.Sum(row => row.Count(cell => cell));
        terminal.Say(
            "restored: 0 = as corrupt, 1 = as clean."
            + (skipped > 0 ? $" {skipped} of {sweep.Rows.Count * sweep.Columns} cells equal the "
            + "corrupt run by causality." : ""));
        if (sweep.Approx is not null)
        {
            terminal.Say(
                $"The gradient's approximation is off by up to {sweep.Residual ?? 0:F3}"
                + (sweep.ApproxCorrelation is { } r ? $"; correlation {r:F3}." : "."));
        }
    }

    private static Table Matrix(PatchingSweep sweep)
    {
        Table table = NumberTable.Titled(null, "layer").AddNumbers(
            [.. Enumerable.Range(0, sweep.Columns).Select(head => $"head {head}")]);
        for (int layer = 0; layer < sweep.Rows.Count; layer++)
        {
            table.AddRow([sweep.Rows[layer],
                .. sweep.Values[layer].Select(value => Numerals.Fixed(value))]);
        }

        return table;
    }

    private static Table Cells(Subject subject, PatchingSweep sweep, int top)
    {
        bool positions = sweep.ColumnAxis == "pos";
        Table table = NumberTable.Titled(
            null, sweep.RowAxis == "layer" && positions ? "layer" : "head");
        if (positions)
        {
            table.AddNumbers("position").AddColumn("clean").AddColumn("corrupt");
        }

        table.AddNumbers(
            sweep.Approx is null ? ["restored"] : ["restored", "approximation"]);
        foreach ((int row, int column, double value) in sweep.Strongest(top))
        {
            List<string> cells = [positions ? sweep.Rows[row] : $"{row}.{column}"];
            if (positions)
            {
                cells.Add($"{column}");
                cells.Add(Markup.Escape(subject.Display(sweep.Clean[0][column])));
                cells.Add(Markup.Escape(subject.Display(sweep.Corrupt[0][column])));
            }

            cells.Add(Numerals.Fixed(value));
            if (sweep.Approx is { } approx)
            {
                cells.Add(Numerals.Fixed(approx[row][column]));
            }

            table.AddRow([.. cells]);
        }

        return table;
    }
}
