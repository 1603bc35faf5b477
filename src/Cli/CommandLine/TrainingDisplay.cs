using System.Diagnostics;
using Spectre.Console;
using Vitrine.Interp.Induction;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>Training as it goes, on standard error: one line redrawn on a terminal, a line every
/// few seconds elsewhere.</summary>
internal sealed class TrainingDisplay(Terminal terminal) : IProgress<TrainingProgress>, IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(5);
    private readonly Stopwatch _sinceShown = Stopwatch.StartNew();
    private bool _shown;
    private bool _lineIsOpen;

    public void Report(TrainingProgress value)
    {
        bool last = value.Step == value.Steps;
        if (_shown && !last && _sinceShown.Elapsed < (terminal.Live ? Redraw : Repeat))
        {
            return;
        }

        _shown = true;
        _sinceShown.Restart();
        string line = Line(value);
        if (!terminal.Live)
        {
            terminal.Error.WriteLine(line);
            return;
        }

        // Back to the start of the line, and clear what the last one leaves over.
        terminal.Error.Write($"\r{Bar(value)} {line}\u001b[K");
        _lineIsOpen = true;
        if (last)
        {
            Dispose();
        }
    }

    /// <summary>Ends a line that was being redrawn, so that a message begins on its own.</summary>
    public void Dispose()
    {
        if (_lineIsOpen)
        {
            _lineIsOpen = false;
            terminal.Error.WriteLine();
        }
    }

    internal static string Line(TrainingProgress value) =>
        $"step {value.Step:N0}/{value.Steps:N0}  loss {value.Loss:F2}"
        + (value.HeldOutLoss is { } heldOut ? $"  held-out {heldOut:F2}" : "")
        + (value.Scores is { } scores ? Formation(scores) : "")
        + $"  {value.TokensPerSecond:N0} tokens/s  {Clock(value.TimeLeft)} left";

    /// <summary>How far induction has formed: the best head of each kind, and what context is
    /// worth.</summary>
    private static string Formation(IReadOnlyDictionary<string, double> scores) =>
        $"  induction {FormationScores.Best(scores, FormationScores.PrefixMatching):F2}"
        + $"  previous token {FormationScores.Best(scores, FormationScores.PreviousToken):F2}"
        + $"  in context {scores[FormationScores.InContext]:+0.00;−0.00;0.00}";

    internal static string Clock(TimeSpan time) => $"{(int)time.TotalMinutes}:{time.Seconds:D2}";

    private static string Bar(TrainingProgress value)
    {
        const int Width = 20;
        int done = (int)((long)Width * value.Step / Math.Max(1, value.Steps));
        return new string('━', done) + new string('╌', Width - done);
    }
}
