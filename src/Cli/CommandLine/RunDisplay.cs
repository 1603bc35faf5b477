namespace Vitrine.Cli.CommandLine;

/// <summary>How a run goes, on a terminal.</summary>
internal sealed class RunDisplay : IDisposable
{
    private readonly TrainingDisplay _training;
    private readonly StageDisplay _stages;

    public RunDisplay(Terminal terminal)
    {
        (_training, _stages) = (new TrainingDisplay(terminal), new StageDisplay(terminal));
        Observer = new RunObserver
        {
            Opened = terminal.Tell,
            Tell = terminal.TellOnce,
            Training = _training,
            Stages = _stages,
            Explained = found =>
            {
                _stages.End();
                found.Print(terminal);
            },
        };
    }

    /// <summary>Shows what it is told.</summary>
    public RunObserver Observer { get; }

    public void Dispose()
    {
        _training.EndLine();
        _stages.Dispose();
    }
}
