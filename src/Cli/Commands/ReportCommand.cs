using System.CommandLine;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine report RUN</c>: the analyses and the page of a finished run,
/// again.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a finished run" };
        var text = new Option<string?>("--text")
        {
            Description = "The text it was trained on, where that has moved",
            HelpName = "FILE|FOLDER",
        };
        return new Command(
            "report", "Compute the analyses of a finished run and write its report") { run,
            text }.Runs(
            (parse, terminal) => TrainedRun.Reopen(
                parse.GetRequiredValue(run),
                parse.GetValue(text),
                terminal,
                trained => Explanation.Show(trained, parse.GetValue(CommonOptions.Out), terminal)),
            "vitrine report runs/0-layer",
            "vitrine report runs/0-layer --out page.html");
    }
}
