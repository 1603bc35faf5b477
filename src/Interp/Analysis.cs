namespace Vitrine.Interp;

/// <summary>What every result states about itself.</summary>
/// <param name="Kind">The kind of result: the name of the component that shows it, without
/// <c>vt-</c>.</param>
/// <param name="Title">The question it answers.</param>
/// <param name="Unit">The unit of its main values.</param>
/// <param name="Method">How it was computed, in a sentence.</param>
public abstract record Analysis(string Kind, string Title, string Unit, string Method)
{
    /// <summary>The difference between the sum of the parts and the whole, or between an
    /// approximation and the exact value; null if nothing is decomposed or approximated.</summary>
    public double? Residual { get; init; }

    /// <summary>The value for chance or a simpler model; null if there is none.</summary>
    public double? Baseline { get; init; }
}

/// <summary>The progress of a running analysis.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Share">The share of the stage done, 0 … 1.</param>
internal readonly record struct AnalysisProgress(string Stage, double Share)
{
    /// <summary>A receiver of the progress of one stage.</summary>
    /// <param name="whole">Receives it; null for none.</param>
    /// <param name="stage">The current stage.</param>
    /// <param name="share">The share done, 0 … 1.</param>
    internal static IProgress<T>? Of<T>(
        IProgress<AnalysisProgress>? whole, string stage, Func<T, double> share) =>
        whole is null ? null : new StageProgress<T>(whole, stage, share);

    // Progress<T> would post to a context and arrive late: this calls straight through.
    private sealed class StageProgress<T>(
        IProgress<AnalysisProgress> whole, string stage, Func<T, double> share) : IProgress<T>
    {
        public void Report(T value) => whole.Report(new AnalysisProgress(stage, share(value)));
    }
}
