namespace Vitrine.Interp;

/// <summary>What every result says about itself.</summary>
/// <param name="Kind">What kind of result it is: the name of the component that shows it, without
/// <c>vt-</c>.</param>
/// <param name="Title">The question that it answers.</param>
/// <param name="Unit">The unit of its main values.</param>
/// <param name="Method">How it was computed, in a sentence.</param>
public abstract record Analysis(string Kind, string Title, string Unit, string Method)
{
    /// <summary>How far the parts are from the whole, or an approximation from the exact value;
    /// null where nothing is decomposed or approximated.</summary>
    public double? Residual { get; init; }

    /// <summary>What chance, or a model that knows less, would reach; null where there is
    /// none.</summary>
    public double? Baseline { get; init; }
}

/// <summary>Where a running analysis stands.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Share">The share of the stage that is done, 0 … 1.</param>
internal readonly record struct AnalysisProgress(string Stage, double Share)
{
    /// <summary>A receiver of the progress of one stage.</summary>
    /// <param name="whole">Is told of it; null for nobody.</param>
    /// <param name="stage">What is being done.</param>
    /// <param name="share">The share that is done, 0 … 1.</param>
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
