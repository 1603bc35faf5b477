using Spectre.Console;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Cli.CommandLine;

/// <summary>The two tables of a token, side by side where the terminal is wide enough.</summary>
internal static class BigramTablePrinter
{
    private const int WidthOfBoth = 100;

    /// <summary>What a reader of the right-hand table must know.</summary>
    public static string Note(BigramTable table, bool counted = true) =>
        (counted ? "Lift: the model's probability divided by the token's share of the text. " : "")
        + "The raw logit alone favours rare tokens. "
        + (table.InputsLeftOut > 0
            ? $"{table.InputsLeftOut:N0} inputs that never occur in the training text are left out."
            : "All inputs are ranked.");

    public static void Print(
        IAnsiConsole console, BigramTable table, Func<int, string> display,
        int rows = int.MaxValue, bool counted = true)
    {
        Table next = NumberTable.Titled(
            $"What follows {display(table.Token)}", "token")
            .AddNumbers(counted ? ["model", "corpus", "count"] : ["model"]);
        foreach (NextRow row in table.Next.Take(rows))
        {
            string[] cells = [Share(row.Probability), Share(row.Frequency), $"{row.Count:N0}"];
            next.AddRow([Markup.Escape(display(row.Id)), .. counted ? cells : cells[..1]]);
        }

        Table previous = NumberTable.Titled(
            $"What predicts {display(table.Token)}", "token")
            .AddNumbers(
                counted ? ["lift", "corpus", "model p", "logit", "count"]
                    : ["model p", "logit"]);
        foreach (PreviousRow row in table.Previous.Take(rows))
        {
            string[] cells =
            [
                Times(row.Lift), Times(row.CorpusLift), Share(row.Probability),
                Numerals.Signed(row.Logit), $"{row.Count:N0}",
            ];
            previous.AddRow([Markup.Escape(display(row.Id)), .. counted ? cells : cells[2..4]]);
        }

        if (console.Profile.Width >= WidthOfBoth)
        {
            console.Write(new Grid().AddColumn().AddColumn().AddRow(next, previous));
        }
        else
        {
            console.Write(next);
            console.Write(previous);
        }
    }

    private static string Share(double value) => $"{100 * value:F1}%";

    private static string Times(double? value) => value is { } times ? $"{times:N1}×" : "–";
}
