using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine ablate MODEL --heads 1.3,1.0</c>: the loss without some heads.</summary>
internal static class AblateCommand
{
    /// <summary>Which heads are ablated, and on what: a passage, or random tokens that come
    /// twice.</summary>
    internal sealed record Request(
        string Model, string Heads, AblationKind Kind, Passage Passage, Repeated? Repeats)
        : SubjectRequest(Model)
    {
        /// <summary>What means are taken over: <c>sequences</c>, <c>heldOut</c>, <c>training</c>,
        /// or a file or folder of text; null for the sequences.</summary>
        public string? Means { get; init; }
    }

    /// <summary>Random tokens that come twice.</summary>
    internal sealed record Repeated(int? Length, int Sequences, TokenDraw? Draw);

    public static Command Create()
    {
        var passage = new PassageArgument();
        var heads = CommonOptions.Of<string>("--heads", "The heads that are ablated", "1.3,1.0");
        heads.Required = true;
        var kind = CommonOptions.Of<AblationKind?>(
            "--kind", "What they write instead: nothing, their mean, or what they write in "
            + "another sequence [default: mean]", "zero|mean|resample");
        var means = CommonOptions.Of<string?>(
            "--means", "What means are taken over: the sequences shown, the heldOut or training "
            + "text of the run, or another text [default: sequences]",
            "sequences|heldOut|training|FILE|FOLDER");
        var repeats = CommonOptions.Of<bool>(
            "--repeats", "In place of a text, random tokens that come twice: what the second copy "
            + "gains");
        Option<int?> length = CommonOptions.Length();
        Option<int> sequences = CommonOptions.Count(
            "--sequences", "How many sequences of repeated random tokens", 64, 10_000);
        Option<TokenDraw?> draw = CommonOptions.Draw();
        return new Command("ablate", "Ablate heads: what does the model lose without them?")
        {
            passage.Model, passage.Text, passage.Ids, heads, kind, means, repeats, length,
            sequences, draw, CommandPage.Html,
        }.Asks(
            Read, Of, Print,
            "vitrine ablate runs/2-layer --heads 1.3 --repeats",
            """vitrine ablate runs/2-layer --heads 1.3,L1H0 "The Congress shall" --kind zero""",
            "vitrine ablate runs/2-layer --heads 1.3 --repeats --means heldOut --html page.html");

        Request Read(ParseResult parse)
        {
            bool twice = parse.GetValue(repeats);
            Passage given = passage.Read(parse);
            if (twice && given.IsGiven)
            {
                throw new RequestException(
                    "--repeats: it draws its tokens; leave out TEXT and --ids.");
            }

            AblationKind way = parse.GetValue(kind) ?? AblationKind.Mean;
            if (way != AblationKind.Mean && parse.GetValue(means) is not null)
            {
                throw new RequestException("--means: these are of --kind mean; leave one out.");
            }

            string idle = CommonOptions.Typed(parse, length, sequences, draw);
            return twice || idle.Length == 0
                ? new Request(
                    parse.GetRequiredValue(passage.Model), parse.GetRequiredValue(heads),
                    way, given,
                    twice ? new Repeated(
                        parse.GetValue(length), parse.GetValue(sequences), parse.GetValue(draw))
                        : null)
                {
                    Means = parse.GetValue(means),
                }
                : throw new RequestException(
                    $"{idle}: these are of random tokens; add --repeats.");
        }
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Analysis> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        Passage.NeedsLayers(subject);
        Head[] heads =
        [
            .. request.Heads.Split(',').Select(part => subject.Head(part, "`heads`")).Distinct(),
        ];
        HeadMeans? means = request.Means is null or "sequences" ? null
            : Means(subject, request.Means, progress, stop);
        try
        {
            if (request.Repeats is { } asked)
            {
                RepeatedTokens drawn = Passage.Repeats(
                    subject, asked.Draw, asked.Length, asked.Sequences, request.Seed);
                using Tensor<int> rows = subject.Model.Batch([.. drawn.Sequences]);
                return new Answer<Analysis>(
                    means is null
                        ? Ablation.RepeatLoss(subject.Model, rows, heads, request.Kind)
                        : Ablation.RepeatLoss(subject.Model, rows, heads, means),
                    () => AblationPage.Of(
                        heads, subject.Heads, request.Kind,
                        AblationText.Of(subject.Model, drawn, means)));
            }

            int[] text = request.Passage.Tokens(subject, least: 2);
            using Tensor<int> row = subject.Model.Batch(text);
            return new Answer<Analysis>(
                means is null ? Ablation.Losses(subject.Model, row, heads, request.Kind)
                    : Ablation.Losses(subject.Model, row, heads, means),
                () => AblationPage.Of(
                    heads, subject.Heads, request.Kind,
                    new AblationText(
                        "this text", AblationTrials.Of(subject.Model, [text], means))));
        }
        catch (ArgumentException wrong)
        {
            throw RequestException.Of(wrong);
        }
    }

    /// <summary>Means over the text of the run, or over another.</summary>
    private static HeadMeans Means(
        Subject subject, string source, IProgress<AnalysisProgress>? progress,
        CancellationToken stop)
    {
        bool own = source is "heldOut" or "training";
        if (!own && subject.Tokenizer is null)
        {
            throw new RequestException(
                $"`means`: {subject.Path} has no tokenizer to read {source} with; use sequences.");
        }

        using Corpus? other = own ? null : subject.OpenText(source);
        Corpus text = other ?? subject.Corpus ?? throw new RequestException(
            $"`means`: {subject.Path} does not say what text it was trained on; give a text.");
        progress?.Report(new AnalysisProgress("Means over the text", 0));
        return source switch
        {
            "heldOut" => HeadMeans.Of(
                subject.Model, text, text.HeldOutDocuments, "the held-out text", stop),
            "training" => HeadMeans.Of(
                subject.Model, text, text.TrainDocuments, "the training text", stop),
            _ => HeadMeans.Of(subject.Model, text, text.Documents, $"the text {text.Name}", stop),
        };
    }

    private static void Print(
        Terminal terminal, Subject subject, Request request, Analysis ablated)
    {
        Table table = NumberTable.Titled(null, "nats per token")
            .AddNumbers("whole", "95%", "without", "95%");
        if (ablated is RepeatLossAblation repeated)
        {
            Row(table, "first copy", repeated.First, repeated.FirstAblated);
            Row(table, "second copy", repeated.Second, repeated.SecondAblated);
            terminal.Tables.Write(table);
            double rise = repeated.SecondAblated.Value - repeated.Second.Value;
            terminal.Say(
                $"The second copy gains {Numerals.Fixed(repeated.Gain, 2)} nats; without "
                + $"{string.Join(", ", repeated.Heads)} its loss {(rise < 0 ? "falls" : "rises")} "
                + $"by {Math.Abs(rise):F2}"
                + (rise > 0 && repeated.Gain > 0
                    ? $": {100 * repeated.RemovedShare:F0}% of that gain is lost." : "."));
            SayMeans(repeated.MeansOver, repeated.MeanTokens);
        }
        else if (ablated is AblationResult result)
        {
            Row(table, $"{result.Before.Tokens} tokens", result.Before, result.After);
            terminal.Tables.Write(table);
            terminal.Say(
                $"Without {string.Join(", ", result.Heads)} the loss changes by "
                + $"{Numerals.Signed(result.Increase.Value, 3)} nats per token.");
            SayMeans(result.MeansOver, result.MeanTokens);
        }

        void SayMeans(string? over, long? tokens)
        {
            if (over is not null)
            {
                terminal.Say($"Means are over {over}, {Numerals.Count(tokens ?? 0)} tokens.");
            }
        }
    }

    private static void Row(Table table, string name, LossEstimate before, LossEstimate after) =>
        table.AddRow(
        name, $"{before.Value:F3}", Interval(before), $"{after.Value:F3}", Interval(after));

    private static string Interval(LossEstimate loss) =>
        loss is { Low: { } low, High: { } high } ? $"{low:F2} … {high:F2}" : "";
}
