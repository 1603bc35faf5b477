using Vitrine.Interp;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Cli.CommandLine;

/// <summary>Is told how a run goes. Nothing in it knows of a console.</summary>
internal sealed record RunObserver
{
    /// <summary>Of the text that was opened.</summary>
    public Action<Corpus>? Opened { get; init; }

    /// <summary>Of what is done next, in a line.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>Of each step.</summary>
    public IProgress<TrainingProgress>? Training { get; init; }

    /// <summary>Of the stages of the analyses.</summary>
    public IProgress<AnalysisProgress>? Stages { get; init; }

    /// <summary>Of each model that is explained.</summary>
    public Action<Explanation>? Explained { get; init; }
}

/// <summary>It was asked to stop; the message says how to go on.</summary>
#pragma warning disable CA1032 // without a message it would say nothing
internal sealed class StoppedException(string message) : OperationCanceledException(message);
#pragma warning restore CA1032
