using Vitrine.Interp;
using Vitrine.Interp.Studies;

namespace Vitrine.Cli.CommandLine;

/// <summary>The stages of an analysis, one line each.</summary>
internal sealed class StageDisplay(Terminal terminal) : IProgress<AnalysisProgress>, IDisposable
{
    private PhaseDisplay? _phase;
    private string? _stage;

    public void Report(AnalysisProgress value)
    {
        if (value.Stage != _stage)
        {
            _phase?.Dispose();
            _stage = value.Stage;
            _phase = new PhaseDisplay(terminal, value.Stage);
        }

        _phase!.Show(value.Share);
    }

    public void Dispose() => _phase?.Dispose();
}
