using System.Runtime.InteropServices;

namespace Vitrine.Cli.CommandLine;

/// <summary>Ctrl-C, SIGTERM and a closed terminal: the first asks the command to save and stop, the
/// second ends at once.</summary>
internal sealed class Interruption : IDisposable
{
    private static CancellationTokenSource s_source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly TextWriter _error;

    public Interruption(TextWriter error)
    {
        _error = error;
        s_source = new CancellationTokenSource();
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
    }

    /// <summary>Cancelled when the user asked to stop.</summary>
    public static CancellationToken Token => s_source.Token;

    /// <summary>Waits for what cannot be told to stop, such as a read from a terminal, and leaves it
    /// when the user asked to stop.</summary>
    /// <exception cref="OperationCanceledException">The user did.</exception>
    public static T WaitFor<T>(Func<T> read) =>
        Task.Run(read).WaitAsync(Token).GetAwaiter().GetResult();

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Handle(PosixSignalContext context)
    {
        if (!s_source.IsCancellationRequested)
        {
            context.Cancel = true;
            _error.WriteLine();
            _error.WriteLine("Stopping after this step; press Ctrl-C again to end at once.");
            s_source.Cancel();
        }
    }
}
