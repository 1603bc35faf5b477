using Vitrine.Explorer;
using Vitrine.Interp;

namespace Vitrine.Cli.CommandLine;

/// <summary>What is asked of a model folder: options read and checked as far as that needs no
/// model. What needs one is checked by the function that answers.</summary>
/// <param name="Model">The folder.</param>
internal abstract record SubjectRequest(string Model)
{
    /// <summary>The text to count in; null for the one the run was trained on.</summary>
    public string? Text { get; init; }

    /// <summary>Of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the model's weights may be infinite or no numbers.</summary>
    public bool AllowNan { get; init; }

    /// <summary>Whether <c>--out</c> names what answering writes, and not the JSON of the
    /// answer.</summary>
    public virtual bool Writes => false;
}

/// <summary>The answer to a request. Nothing in it knows of a console.</summary>
/// <param name="Result">The record, as <c>--json</c> prints it.</param>
/// <param name="Page">Makes what a page says; null for a command without a page.</param>
/// <param name="Notes">What a reader of the result must know.</param>
internal sealed record Answer<TResult>(
    TResult Result, Func<PageContent>? Page = null, params IReadOnlyList<string> Notes);

/// <summary>Answers a request from a model.</summary>
/// <param name="subject">The model.</param>
/// <param name="request">What is asked.</param>
/// <param name="progress">Is told of longer work.</param>
/// <param name="stop">Ends it.</param>
/// <exception cref="RequestException">The request cannot be meant of this model. Messages name
/// fields of the request, as <c>`minCount`</c>.</exception>
internal delegate Answer<TResult> Answering<in TRequest, TResult>(
    Subject subject, TRequest request, IProgress<AnalysisProgress>? progress = null,
    CancellationToken stop = default);
