using System.Diagnostics;

namespace Vitrine.Cli.CommandLine;

/// <summary>One longer piece of work on standard error: its name, its share done, and its
/// time.</summary>
internal sealed class PhaseDisplay : IDisposable
{
    private readonly Terminal _terminal;
    private readonly string _name;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _shownAt;

    public PhaseDisplay(Terminal terminal, string name)
    {
        _terminal = terminal;
        _name = name;
        if (terminal.Live)
        {
            terminal.Error.Write(name);
        }
    }

    /// <summary>A receiver of progress of any kind.</summary>
    /// <param name="share">The share that is done, 0 … 1.</param>
    public IProgress<T> Of<T>(Func<T, double> share) => new Receiver<T>(this, share);

    public void Dispose()
    {
        string line = $"{_name}: {_time.Elapsed.TotalSeconds:F1} s";
        _terminal.Error.WriteLine(_terminal.Live ? $"\r{line}\u001b[K" : line);
    }

    /// <summary>Shows the share that is done, 0 … 1.</summary>
    public void Show(double share)
    {
        if (_terminal.Live && _time.ElapsedMilliseconds - _shownAt >= 100)
        {
            _shownAt = _time.ElapsedMilliseconds;
            _terminal.Error.Write($"\r{_name}: {100 * share:F0}%\u001b[K");
        }
    }

    private sealed class Receiver<T>(PhaseDisplay display, Func<T, double> share) : IProgress<T>
    {
        public void Report(T value) => display.Show(share(value));
    }
}
