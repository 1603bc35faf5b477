using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp.Bigrams;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine bigrams MODEL TOKEN</c>: what follows a token, and what predicts
/// it.</summary>
internal static class BigramsCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A model or run folder" };
        var token = new Argument<string?>("TOKEN")
        {
            Description = "The token's text, leading space included, or #5",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var id = new Option<int?>(
            "--id") { Description = "The token by number instead", HelpName = "N" };
        var top = CommonOptions.Checked(
            new Option<int>("--top")
            {
                Description = "Rows in each table",
                HelpName = "N",
                DefaultValueFactory = _ => 10,
            },
            rows => rows is < 1 or > 50_257 ? $"--top: must be 1 … 50257; got {rows}." : null);
        var by = new Option<PreviousOrder?>("--by")
        {
            Description = "Rank what predicts it by lift, probability or the raw logit, which "
                + "favours "
                + "rare tokens [default: lift]",
            HelpName = "lift|probability|logit",
        };
        var unseen = new Option<bool>("--unseen")
        {
            Description = "Also rank inputs that the training text never has",
        };
        var text = new Option<string?>("--text")
        {
            Description = "Count in this text [default: the one the run was trained on]",
            HelpName = "FILE|FOLDER",
        };
        return new Command("bigrams", "What follows a token, and what predicts it, in the model "
            + "and in the text")
        {
            model, token, id, top, by, unseen, text,
        }.Runs(
            (parse, terminal) =>
            {
                using OpenedModel opened = OpenedModel.Open(
                    parse.GetRequiredValue(model), parse.GetValue(text), terminal);
                int chosen = opened.Token(parse.GetValue(token), parse.GetValue(id));
                SubjectModel subject = opened.Subject;
                bool counted = opened.Counts is not null;
                BigramCounts counts = opened.Counts ?? BigramCounts.Of([], 0, subject.Vocabulary);
                bool all = parse.GetValue(unseen) || !counted;
                float[] logSumExp = opened.Path.LogSumExp(Inputs(counts, all));
                BigramTable table = new BigramTables(opened.Path, counts, logSumExp)
                    .Of(chosen, parse.GetValue(top), parse.GetValue(by) ?? PreviousOrder.Lift, all);
                terminal.Show(
                    NamedBigramTable.Of(table, subject.Text, counted),
                    CliJson.Readable.NamedBigramTable,
                    console =>
                    {
                        BigramTablePrinter.Print(
                            console, table, subject.Display, counted: counted);
                        terminal.Say(BigramTablePrinter.Note(table, counted));
                    });
                if (subject.Model.Config.Layers > 0)
                {
                    terminal.Error.WriteLine(
                        "These are the model's direct path alone: embedding, unembedding and "
                        + "biases. What its heads add depends on the tokens before.");
                }

                return 0;
            },
            """vitrine bigrams runs/0-layer " Congress" """.TrimEnd(),
            "vitrine bigrams runs/0-layer --id 3162 --by logit --json");
    }

    private static int[] Inputs(BigramCounts counts, bool all) =>
        [.. Enumerable.Range(0, counts.Vocabulary).Where(id => all || counts.FirstCounts[id] > 0)];
}
