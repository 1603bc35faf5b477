using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>Finished runs that differ in the seed alone, and how far their figures
/// spread.</summary>
/// <param name="Seeds">The runs.</param>
/// <param name="Spread">Each figure over them.</param>
internal sealed record SeedSpread(
    IReadOnlyList<SeedSpread.Run> Seeds, IReadOnlyList<SeedSpread.Figure> Spread)
{
    /// <param name="Seed">The seed.</param>
    /// <param name="Folder">The run's folder.</param>
    /// <param name="Summary">Its figures.</param>
    public sealed record Run(ulong Seed, string Folder, TrainingSummary Summary);

    /// <param name="Name">What was measured, as <c>summary.json</c> names it.</param>
    /// <param name="Label">The same in words, with the unit where there is one.</param>
    /// <param name="Mean">The mean over seeds.</param>
    /// <param name="Deviation">The standard deviation over seeds; null with one.</param>
    /// <param name="Values">One for each seed.</param>
    public sealed record Figure(
        string Name, [property: JsonIgnore] string Label, double Mean, double? Deviation,
        double[] Values);

    /// <summary>The figures of runs side by side.</summary>
    public static SeedSpread Of(IEnumerable<Explanation> models)
    {
        Run[] runs =
        [
            .. models.Select(one => new Run(one.Notes.Recipe.Seed, one.Folder, one.Summary)),
        ];
        return new SeedSpread(runs, [.. Figures(runs)]);
    }

    /// <summary>Prints the figures: a table with a column for each seed, or JSON.</summary>
    public void Print(Terminal terminal)
    {
        if (terminal.Json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(this, CliJson.Default.SeedSpread));
            return;
        }

        Table table = NumberTable.Titled(null, $"over {Seeds.Count} seeds")
            .AddNumbers(["mean ± sd", .. Seeds.Select(run => $"seed {run.Seed}")])
            .Border(TableBorder.Simple);
        foreach (Figure figure in Spread)
        {
            table.AddRow(
                [
                    figure.Label,
                    Number(figure.Mean) + (figure.Deviation is { } sd ? $" ± {Number(sd)}" : ""),
                    .. figure.Values.Select(Number),
                ]);
        }

        terminal.Tables.Write(table);
    }

    private static IEnumerable<Figure> Figures(Run[] runs)
    {
        (string Name, string Label, Func<TrainingSummary, double?> Value)[] asked =
        [
            ("heldOutLoss", "held-out loss (nats)", run => run.HeldOutLoss),
            ("prefixMatching.common", "prefix matching, common types",
                run => run.PrefixMatching?.Common),
            ("prefixMatching.all", "prefix matching, all types", run => run.PrefixMatching?.All),
            ("previousToken", "previous token", run => run.PreviousToken),
            ("repeatLoss.first", "loss on the first copy (nats)", run => run.RepeatLoss?.First),
            ("repeatLoss.second", "loss on the second copy (nats)", run => run.RepeatLoss?.Second),
            ("repeatLoss.ablated", "  without the induction heads", run => run.RepeatLoss?.Ablated),
            ("kComposition.value", "K-composition", run => run.KComposition?.Value),
            ("inContextScore", "in-context score (nats)", run => run.InContextScore),
        ];
        foreach ((string name, string label, Func<TrainingSummary, double?> value) in asked)
        {
            double[] values = [.. runs.Select(run => value(run.Summary)).OfType<double>()];
            if (values.Length == runs.Length)
            {
                var spread = Interp.Spread.Of(values);
                yield return new Figure(name, label, spread.Mean, spread.Deviation, values);
            }
        }
    }

    private static string Number(double value) =>
        value.ToString("F3", CultureInfo.InvariantCulture).Replace('-', '−');
}
