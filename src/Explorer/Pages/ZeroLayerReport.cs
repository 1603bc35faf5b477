using Vitrine.Interp.Studies;

namespace Vitrine.Explorer;

/// <summary>All that the page of a 0-layer experiment shows; tables for any token are computed in
/// the page from the two matrices.</summary>
/// <param name="Run">What was trained, on what, for how long.</param>
/// <param name="Vocabulary">Text, bytes and class of every token.</param>
/// <param name="Analysis">What was asked of the model.</param>
/// <param name="Loss">Training and held-out loss with its reference lines.</param>
internal sealed record ZeroLayerReport(
    RunFacts Run,
    TokenVocabulary Vocabulary,
    ZeroLayerAnalysis Analysis,
    LossHistory Loss);

/// <summary>The facts line of a run.</summary>
internal sealed record RunFacts
{
    /// <summary>The name of the run, used for exported files.</summary>
    public required string Name { get; init; }

    /// <summary>The width of the model.</summary>
    public required int DModel { get; init; }

    /// <summary>The number of tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The number of trained numbers.</summary>
    public required long Parameters { get; init; }

    /// <summary>The name of the text.</summary>
    public required string Corpus { get; init; }

    /// <summary>Tokens in the training text.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>The seed of every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Wall-clock seconds of training.</summary>
    public required double Seconds { get; init; }

    /// <summary>The commit of the program, where it is known.</summary>
    public string? Commit { get; init; }
}
