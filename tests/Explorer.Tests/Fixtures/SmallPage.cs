using System.Text;
using Vitrine.Interp.Findings;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <summary>Pages of sections, with hard tokens everywhere that text can be.</summary>
internal static class SmallPage
{
    /// <summary>The vocabulary of all pages: hard tokens and words.</summary>
    public static TokenVocabulary Vocabulary { get; } = Experiment.Small().Vocabulary;

    /// <summary>A page with the given sections.</summary>
    public static ReportPage Of(params ReportSection[] sections) =>
        new()
        {
            Kind = "2-layer",
            Title = $"Planted {Experiment.Script}",
            Lead = new Prose($"Lead {Experiment.Closing} ").Token(9).Text(" and head ").Head(1, 2),
            Facts = [new("d_model", "64"), new("text", Experiment.Image)],
            Vocabulary = Vocabulary,
            TokenCounts = [.. Enumerable.Range(0, Vocabulary.Size).Select(id => 100 - id)],
            Name = "planted",
            Signature = "run planted, seed 10",
            Checkpoints = [0, 100, 400, 900],
            Sections = sections,
        };

    /// <summary>A section with a loss curve.</summary>
    public static ReportSection Loss(string key = "loss") =>
        new()
        {
            Key = key,
            Name = "Loss",
            Heading = "How good is it?",
            Finding = new Prose("It reaches ").Number("5.12 nats", key, "step=400").Text("."),
            Component = "vt-loss",
            Data = new
            {
                Steps = new[] { 0, 100, 400, 900 },
                Train = new[] { 8, 6, 5.5f, float.NaN },
                HeldOut = new[] { new { Step = 400, Value = 5.6, Low = 5.5, High = 5.7 } },
                References = Array.Empty<object>(),
                Checkpoints = new[] { 0, 100, 400, 900 },
            },
            Caption = $"Caption {Experiment.Script}.",
            Table = new ReportTable(
                ["model <b>", "loss"],
                [["this", "5.12"], [new Prose().Token(10), "−0.40"]]),
        };

    /// <summary>The page as HTML.</summary>
    public static string Html(ReportPage page)
    {
        var text = new StringBuilder();
        using (var writer = new StringWriter(text))
        {
            Report.Write(writer, page);
        }

        return text.ToString();
    }
}
