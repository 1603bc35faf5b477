using System.Diagnostics;
using Vitrine.Interp;

namespace Vitrine.Cli.CommandLine;

/// <summary>The stages of longer work on standard error, one line each: its name, its share done,
/// and its time.</summary>
internal sealed class StageDisplay(Terminal terminal) : IProgress<AnalysisProgress>, IDisposable
{
    private readonly Stopwatch _time = new();
    private long _shownAt;
    private string? _stage;

    public void Report(AnalysisProgress value)
    {
        if (value.Stage != _stage)
        {
            Dispose();
            _stage = value.Stage;
            _time.Restart();
            _shownAt = 0;
            terminal.Error.Write(terminal.Live ? value.Stage : "");
        }

        if (terminal.Live && _time.ElapsedMilliseconds - _shownAt >= 100)
        {
            _shownAt = _time.ElapsedMilliseconds;
            terminal.Error.Write($"\r{_stage}: {100 * value.Share:F0}%\u001b[K");
        }
    }

    /// <summary>Ends the last stage: what comes next is not its.</summary>
    public void Dispose()
    {
        if (_stage is not null)
        {
            string line = $"{_stage}: {_time.Elapsed.TotalSeconds:F1} s";
            terminal.Error.WriteLine(terminal.Live ? $"\r{line}\u001b[K" : line);
            _stage = null;
        }
    }
}
