using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Explorer;

/// <summary>What a report shows beside an <see cref="AttentionOnlyAnalysis"/>: every head by
/// itself, attention by distance, and experiments on the activations.</summary>
internal sealed record AttentionOnlyStudy
{
    private const int Pairs = 16;
    private const int CopyLength = 12;
    private const int Pieces = 32;
    private const int PictureLength = 25;

    /// <summary>Every head by itself.</summary>
    public required HeadStudy Heads { get; init; }

    /// <summary>The pattern of every head on repeated random tokens.</summary>
    public required PackedPatterns Patterns { get; init; }

    /// <summary>The same as small pictures.</summary>
    public required HeadPatterns Pictures { get; init; }

    /// <summary>How attention falls with distance.</summary>
    public required AttentionByDistance Distance { get; init; }

    /// <summary>The held-out text, for places of skip-trigrams.</summary>
    public required SkipTrigramText HeldOut { get; init; }

    /// <summary>The 0-layer model beside it; borrowed; null for none.</summary>
    public Transformer? ZeroLayer { get; init; }

    /// <summary>Patching on repeated tokens; empty for one layer, or without an induction
    /// head.</summary>
    public IReadOnlyList<PatchingSweep> Patching { get; init; } = [];

    /// <summary>The paths of the same prompts; null for none.</summary>
    public PathPatchingResult? Paths { get; init; }

    /// <summary>Their approximation by gradients.</summary>
    public EdgeAttribution? Edges { get; init; }

    /// <summary>What heads are ablated on.</summary>
    public IReadOnlyList<AblationText> Ablations { get; init; } = [];

    /// <summary>Studies a model.</summary>
    /// <param name="model">A model with attention layers; borrowed for as long as this
    /// lives.</param>
    /// <param name="corpus">The text that it was trained on.</param>
    /// <param name="analysis">What is known of it.</param>
    /// <param name="types">Of how many of the commonest types random tokens are drawn.</param>
    /// <param name="zeroLayer">A 0-layer model to compare with; null for none.</param>
    /// <param name="seed">The seed of draws.</param>
    /// <param name="progress">Hears of stages.</param>
    /// <param name="cancellation">Checked between stages.</param>
    public static AttentionOnlyStudy Of(
        Transformer model, Corpus corpus, AttentionOnlyAnalysis analysis, int types = 1000,
        Transformer? zeroLayer = null, ulong seed = 0,
        IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        int context = model.Config.Context;
        IReadOnlyList<int[]> pieces = TextWindows.HeldOut(corpus, context, Pieces);
        RepeatedTokens picture = RepeatedTokens.OfCommon(
            corpus, types, context, PictureLength, 1, seed);
        Stage("Studying each head");
        BigramCounts counts = BigramCounts.Of(
            corpus.Train, corpus.Tokenizer.EndOfText, model.Config.Vocabulary);
        HeadStudy heads = HeadStudy.Of(
            model, analysis.Heads, analysis.Repeats, pieces,
            TokenSubset.Common(counts, TokenSubset.MinCountFor(counts)), seed, cancellation);
        Stage("Measuring attention by distance");
        var distance = AttentionByDistance.Of(model, pieces, cancellation);
        using var reading = new HeadReading(model);
        var study = new AttentionOnlyStudy
        {
            Heads = heads,
            Patterns = AttentionPassages.Of(
                "random-repeats", PassageAttention.Of(model, picture.Sequences[0], top: 1))
                .Measures["weight"],
            Pictures = HeadPatterns.Of("random repeats", model, picture.Sequences[0]),
            Distance = distance,
            HeldOut = SkipTrigramTexts.Of(corpus, reading.Positions).HeldOut,
            ZeroLayer = zeroLayer,
            Ablations =
            [
                AblationText.Of(model, analysis.Repeats),
                new AblationText(
                    "ordinary text", AblationTrials.Of(model, pieces), Pieces: "pieces of text"),
            ],
        };
        if (analysis.Induction is null)
        {
            return study;
        }

        Stage("Patching repeated tokens");
        RepeatedTokens prompts = RepeatedTokens.OfCommon(
            corpus, types, context, CopyLength, Pairs, seed + 1);
        PromptPairs pairs = InductionPrompts.Of(prompts);
        using var experiment = new PatchingExperiment(model, pairs);
        return study with
        {
            Patching = PatchingPage.Sweeps(experiment, only: null, cancellation),
            Paths = PathPatching.Of(model, pairs, cancellation: cancellation),
            Edges = EdgeAttribution.Of(experiment),
        };

        void Stage(string name)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new AnalysisProgress(name, 0));
        }
    }
}
