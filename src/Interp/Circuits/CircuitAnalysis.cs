using System.Text.Json.Serialization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Circuits;

/// <summary>A pair of tokens with a large entry in a circuit.</summary>
/// <param name="From">Of QK the destination, of OV the source.</param>
/// <param name="To">Of QK the source, of OV the out token.</param>
/// <param name="Value">The entry, against the average token.</param>
public sealed record CircuitEntry(int From, int To, double Value);

/// <summary>What the weights of one head say.</summary>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Copying">Whether it copies.</param>
/// <param name="Position">What it knows of positions; null where they are not added.</param>
/// <param name="LargestQK">The largest entries of QK: what attends to what.</param>
/// <param name="LargestOV">The largest entries of OV: what writes what.</param>
/// <param name="SkipTrigrams">Both together.</param>
public sealed record HeadAnalysis(
    string Head,
    Copying Copying,
    PositionShare? Position,
    IReadOnlyList<CircuitEntry> LargestQK,
    IReadOnlyList<CircuitEntry> LargestOV,
    SkipTrigramTable SkipTrigrams);

/// <summary>What is asked of the weights.</summary>
public sealed class CircuitOptions
{
    /// <summary>The heads to read; null for all.</summary>
    public IReadOnlyList<Head>? Heads { get; init; }

    /// <summary>Tokens that the training text has less often are left out.</summary>
    public int MinCount { get; init; } = TokenSubset.UsualMinCount;

    /// <summary>Rows in each table.</summary>
    public int Top { get; init; } = 20;

    /// <summary>Whether the strongest skip-trigrams are tried on the model.</summary>
    public bool Check { get; init; } = true;

    /// <summary>The seed of random matrices and of replaced tokens.</summary>
    public ulong Seed { get; init; }
}

/// <summary>An attention-only model as its weights show it.</summary>
/// <param name="Heads">Each head that was asked for.</param>
/// <param name="Composition">How heads work together; null with one layer.</param>
/// <param name="Check">The strongest skip-trigrams tried on the model; null without a text.</param>
/// <param name="Searched">How many tokens were read.</param>
/// <param name="LeftOut">How many tokens of the vocabulary were left out.</param>
/// <param name="MinCount">The count below which tokens were left out.</param>
public sealed record CircuitAnalysis(
    IReadOnlyList<HeadAnalysis> Heads,
    Composition? Composition,
    SkipTrigramCheck? Check,
    int Searched,
    int LeftOut,
    int MinCount)
    : Analysis(
        "circuits",
        "What do the weights say?",
        "logits",
        "QK = W_E W_Q W_Kᵀ W_Eᵀ and OV = W_E W_V W_O W_U of every head, as factors of rank dHead; "
        + "tables in units of scores and logits, relative to the average token; above the first "
        + "layer only the embedding's part.")
{
    /// <summary>The tokens that were read, with how common each is; null in a record that was read
    /// from JSON.</summary>
    [JsonIgnore]
    internal TokenSubset? Read { get; init; }

    /// <summary>What was found, in sentences.</summary>
    public IReadOnlyList<Finding> Findings => CircuitFindings.Of(this);

    /// <summary>Reads a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text that it was trained on; null for none: then all tokens are
    /// read, and nothing is counted or tried.</param>
    /// <param name="zero">A 0-layer model of the same vocabulary; null for none.</param>
    /// <param name="options">What is asked; null for the usual.</param>
    /// <param name="progress">Hears the share that is done.</param>
    /// <param name="cancellation">Ends it between steps.</param>
    /// <exception cref="ArgumentException">The model has no attention layers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A head does not exist.</exception>
    public static CircuitAnalysis Of(
        Transformer model, Corpus? corpus, Transformer? zero = null, CircuitOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new CircuitOptions();
        return Of(
            model, corpus, Tokens(model, corpus, options.MinCount), zero, options, progress,
            cancellation);
    }

    /// <param name="model">The model.</param>
    /// <param name="corpus">Its text; null for none.</param>
    /// <param name="tokens">The tokens that are read.</param>
    /// <param name="zero">A 0-layer model; null for none.</param>
    /// <param name="options">What is asked.</param>
    /// <param name="progress">Hears the share that is done.</param>
    /// <param name="cancellation">Ends it between steps.</param>
    internal static CircuitAnalysis Of(
        Transformer model, Corpus? corpus, TokenSubset tokens, Transformer? zero,
        CircuitOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        using var reading = new HeadReading(model);
        Head[] heads = [.. options.Heads ?? reading.Heads];
        SkipTrigramTexts? texts = corpus is null ? null : SkipTrigramTexts.Of(
            corpus, reading.Positions);
        RandomSpectrum random = RandomSpectrum.Draw(
            model.Config.DModel, model.Config.DHead, seed: options.Seed);
        var scores = new List<SkipTrigramScores>();
        try
        {
            var parts = new List<(Copying, PositionShare?, CircuitEntry[], CircuitEntry[])>();
            foreach (Head head in heads)
            {
                cancellation.ThrowIfCancellationRequested();
                using HeadCircuits circuits = HeadCircuits.Of(reading[head], CircuitForm.Scores);
                PositionShare? position = reading.PositionShare(head, circuits, tokens.Unigram);
                var read = new SkipTrigramScores(
                    head, circuits.AgainstAverage(tokens.Unigram), position?.ScoreByDistance);
                scores.Add(read);
                using HeadCircuits among = read.Circuits.Among(tokens.Ids);
                parts.Add((
                    Copying.Of(head, reading[head], tokens, random),
                    position,
                    Largest(among.QK, tokens, options.Top, cancellation),
                    Largest(among.OV, tokens, options.Top, cancellation)));
                progress?.Report(0.6 * parts.Count / heads.Length);
            }

            var shown = new SkipTrigramOptions { Rows = options.Top };
            IReadOnlyList<SkipTrigramTable> tables = new SkipTrigramTables(
                tokens, texts, model, zero, corpus is null ? null : corpus.Tokenizer.Text, shown)
                .Of(scores, cancellation);
            progress?.Report(0.8);
            SkipTrigramCheck? check = texts is null || !options.Check
                ? null
                : SkipTrigramCheck.Of(
                    model, scores, tokens, texts.HeldOut, seed: options.Seed,
                    cancellation: cancellation);
            return new CircuitAnalysis(
                [
                    .. parts.Select((part, i) => new HeadAnalysis(
                        heads[i].ToString(), part.Item1, part.Item2, part.Item3, part.Item4,
                        tables[i])),
                ],
                model.Config.Layers > 1 ? reading.Composition(seed: options.Seed) : null,
                check,
                tokens.Ids.Length,
                tokens.LeftOut,
                tokens.MinCount)
            {
                Read = tokens,
            };
        }
        finally
        {
            scores.ForEach(read => read.Circuits.Dispose());
        }
    }

    /// <summary>The tokens that are read of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text that it was trained on, or null for all tokens.</param>
    /// <param name="minCount">The least count.</param>
    /// <exception cref="ArgumentException">The vocabularies differ, or no token is that
    /// common.</exception>
    internal static TokenSubset Tokens(Transformer model, Corpus? corpus, int minCount)
    {
        int vocabulary = model.Config.Vocabulary;
        if (corpus is null)
        {
            return TokenSubset.All(vocabulary);
        }

        return corpus.Tokenizer.VocabularySize == vocabulary
            ? TokenSubset.Common(
                BigramCounts.Of(corpus.Train, corpus.Tokenizer.EndOfText, vocabulary), minCount)
            : throw new ArgumentException(
                $"Circuits: the model's vocabulary is {vocabulary}; the text's tokenizer has "
                + $"{corpus.Tokenizer.VocabularySize}; use the text that it was trained "
                + "on.", nameof(corpus));
    }

    private static CircuitEntry[] Largest(
        LowRank circuit, TokenSubset tokens, int top, CancellationToken cancellation) =>
    [
        .. LargestEntries.Of(circuit, top, cancellation: cancellation).Select(
            entry => new CircuitEntry(
            tokens.Ids[entry.Row], tokens.Ids[entry.Column], entry.Value)),
    ];
}
