using Vitrine.Interp.Attention;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Circuits;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Data;
using Vitrine.Tensors;

namespace Vitrine.Interp.Studies;

/// <summary>A passage by a name that stays the same from run to run.</summary>
/// <param name="Name"><c>1</c>, <c>2</c>, … of held-out text; <c>random-repeats</c>.</param>
/// <param name="Attention">Where every head attends on it.</param>
internal sealed record NamedPassage(string Name, PassageAttention Attention);

/// <summary>The whole analysis of an attention-only model after training.</summary>
internal sealed record AttentionOnlyAnalysis
{
    private const int PassageTokens = 64;
    private const int Passages = 3;
    private const int PathSequences = 32;
    private const int RepeatedLength = 25;
    private const int ExampleTokens = 4;
    private const int TokenRows = 12;

    /// <summary>The seed of random sequences and matrices.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many of the commonest types random tokens are drawn from.</summary>
    public required int Types { get; init; }

    /// <summary>The repeated random tokens on which heads are measured.</summary>
    public required RepeatedTokens Repeats { get; init; }

    /// <summary>The tokens whose circuits are read.</summary>
    public required TokenSubset Common { get; init; }

    /// <summary>How good it is.</summary>
    public required HeldOutComparison Losses { get; init; }

    /// <summary>The analysis of the weights.</summary>
    public required CircuitAnalysis Circuits { get; init; }

    /// <summary>Example tokens in the circuits of every head.</summary>
    public required IReadOnlyList<TokenCircuit> Tokens { get; init; }

    /// <summary>The scores and kinds of each head.</summary>
    public required HeadTable Heads { get; init; }

    /// <summary>Where heads attend: held-out text, then repeated random tokens.</summary>
    public required IReadOnlyList<NamedPassage> Attention { get; init; }

    /// <summary>A prediction split into its parts: the one that shows the induction circuit, or
    /// else one from the first passage.</summary>
    public required LogitAttribution Attribution { get; init; }

    /// <summary>The loss explained by paths of each length; null with norms, with which paths do
    /// not add up.</summary>
    public PathExpansion? Paths { get; init; }

    /// <summary>The induction circuit; null with one layer.</summary>
    public InductionCircuit? Induction { get; init; }

    /// <summary>A prompt that the model continues by copying; null without an induction head, or if
    /// nothing is copied.</summary>
    public CopiedPrompt? Copied { get; init; }

    /// <summary>Its reward in the text; null with one layer, if the model saw no text, or if fewer
    /// than two documents are held out.</summary>
    public InductionReward? Reward { get; init; }

    /// <summary>Analyses a model.</summary>
    /// <param name="model">A model with attention layers; borrowed.</param>
    /// <param name="corpus">The text it was trained on.</param>
    /// <param name="zeroLayer">A 0-layer model to compare with; null for none.</param>
    /// <param name="seed">The seed of random sequences and matrices.</param>
    /// <param name="randomTypes">If above 0, the model saw only random tokens of that many of the
    /// commonest types, and its circuit is measured on these; else on the 1,000 commonest.</param>
    /// <param name="progress">Receives the stages.</param>
    /// <param name="cancellation">Checked between stages.</param>
    public static AttentionOnlyAnalysis Of(
        Transformer model, Corpus corpus, Transformer? zeroLayer = null, ulong seed = 0,
        int randomTypes = 0, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        int endOfText = corpus.Tokenizer.EndOfText;
        Stage("Comparing losses");
        BigramCounts counts = BigramCounts.Of(corpus.Train, endOfText, model.Config.Vocabulary);
        HeldOutComparison losses = HeldOutComparison.Of(model, corpus, counts, zeroLayer);
        Stage("Reading the circuits");
        TokenSubset common = TokenSubset.Common(counts, TokenSubset.MinCountFor(counts));
        CircuitAnalysis circuits = CircuitAnalysis.Of(
            model, corpus, common, zeroLayer, new CircuitOptions { Seed = seed }, null,
            cancellation);
        Stage("Scoring heads");
        int context = model.Config.Context;
        var asked = new InductionOptions { Seed = seed };
        if (randomTypes > 0)
        {
            asked = asked with { Types = [randomTypes, .. asked.Types], OnlyTypes = true };
        }

        RepeatedTokens repeats = asked.Repeats(corpus, model, asked.Types[0], asked.Lengths[0]);
        HeadScores onRepeats = HeadScores.OnRepeatedTokens(
            model, repeats, cancellation: cancellation);
        HeadTable heads = HeadTable.Of(
            onRepeats,
            HeadScores.OnText(
                model, TextWindows.HeldOut(corpus, context, asked.TextWindows), cancellation));
        Stage("Reading passages");
        IReadOnlyList<int[]> texts = TextWindows.HeldOut(
            corpus, Math.Min(PassageTokens, context), Passages);
        RepeatedTokens repeated = RepeatedTokens.OfCommon(
            corpus, asked.Types[0], context, RepeatedLength, 1, seed);
        List<NamedPassage> passages =
        [
            .. texts.Select((tokens, i) => new NamedPassage(
                (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
                PassageAttention.Of(model, tokens))),
            new("random-repeats", PassageAttention.Of(model, repeated.Sequences[0])),
        ];
        PathExpansion? paths = null;
        if (model.Config.Norm.Kind == NormKind.None)
        {
            Stage("Expanding paths");
            paths = PathExpansion.Of(
                model, TextWindows.HeldOut(corpus, context, PathSequences), cancellation);
        }

        InductionCircuit? induction = null;
        if (model.Config.Layers > 1)
        {
            Stage("Measuring the induction circuit");
            induction = new InductionMeasurement(model, corpus, common, asked)
                .Measure(repeats, onRepeats);
        }

        bool halves = corpus.HeldOutDocuments.Count(document => document.Pairs > 0) > 1;
        using var reading = new HeadReading(model);
        IReadOnlyList<TokenCircuit> tokens = TokenCircuits.Of(
            reading, null, common, TokenCircuits.Telling(circuits, ExampleTokens), TokenRows);
        return new AttentionOnlyAnalysis
        {
            Seed = seed,
            Types = asked.Types[0],
            Repeats = repeats,
            Common = common,
            Losses = losses,
            Circuits = circuits,
            Tokens = tokens,
            Heads = heads,
            Attention = passages,
            Attribution = induction is { Heads.Count: > 0 }
                ? Explained(model, induction.Passage) : Explained(model, passages[0].Attention),
            Paths = paths,
            Induction = induction,
            Copied = induction is { Heads.Count: > 0 }
                ? CopiedPrompt.Find(model, corpus) : null,
            Reward = induction is null || randomTypes > 0 || !halves
                ? null : InductionReward.Of(corpus, counts, context),
        };

        void Stage(string name)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new AnalysisProgress(name, 0));
        }
    }

    /// <summary>What the induction head found, against the likeliest other token.</summary>
    private static LogitAttribution Explained(Transformer model, InductionPassage passage)
    {
        int[] tokens = passage.Tokens[..(passage.Destination + 1)];
        int answer = tokens[passage.Source + 1];
        Prediction last = PassageAttention.Of(model, tokens).Predictions[^1];
        return LogitAttribution.Of(
            model, tokens, answer, last.Top.Select(one => one.Id).First(id => id != answer));
    }

    /// <summary>The likeliest of the right predictions of a passage, split; of the last where none
    /// is right.</summary>
    private static LogitAttribution Explained(Transformer model, PassageAttention passage)
    {
        int[] tokens = passage.Tokens;
        Prediction? right = passage.Predictions
            .Where(one => one.Position > 0 && one.Position + 1 < tokens.Length
                && one.Top[0].Id == tokens[one.Position + 1])
            .MaxBy(one => one.Top[0].Probability);
        int position = right?.Position ?? tokens.Length - 1;
        int? versus = passage.Predictions[position].Top is [_, var second, ..] ? second.Id : null;
        return LogitAttribution.Of(model, tokens, position: position, versus: versus);
    }
}
