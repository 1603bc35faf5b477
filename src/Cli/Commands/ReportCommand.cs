using System.CommandLine;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine report RUN</c>: the analyses and the page of a finished run,
/// again.</summary>
internal static class ReportCommand
{
    /// <summary>Which run, the text it was trained on where that has moved, and where the page
    /// goes; null for the run's folder. Whether weights may be infinite or no numbers.</summary>
    internal sealed record Request(
        string Run, string? Text = null, string? Out = null, bool AllowNan = false);

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a finished run" };
        var text = CommonOptions.Of<string?>(
            "--text", "The text it was trained on, where that has moved", "FILE|FOLDER");
        return new Command(
            "report", "Compute the analyses of a finished run and write its report") { run,
            text }.Trains(
            parse => new Request(
                parse.GetRequiredValue(run), parse.GetValue(text),
                parse.GetValue(CommonOptions.Out), parse.GetValue(CommonOptions.AllowNan)),
            Of, (terminal, found) => found.Print(terminal),
            "vitrine report runs/0-layer",
            "vitrine report runs/0-layer --out page.html");
    }

    /// <summary>Answers the request: writes the page.</summary>
    public static Explanation Of(
        Request request, RunObserver watch, CancellationToken stop = default) => TrainedRun.Reopen(
            request.Run, request.Text, request.AllowNan, watch,
            run => Explanation.Of(run, request.Out, [], watch, stop));
}
