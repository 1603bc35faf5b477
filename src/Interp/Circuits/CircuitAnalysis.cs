using System.Text.Json.Serialization;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Circuits;

/// <summary>A pair of tokens with a large entry in a circuit.</summary>
/// <param name="From">The destination for QK, the source for OV.</param>
/// <param name="To">The source for QK, the out token for OV.</param>
/// <param name="Value">The entry, relative to the average token.</param>
public sealed record CircuitEntry(int From, int To, double Value);

/// <summary>What the weights of one head show.</summary>
/// <param name="Head">The head, <c>layer.index</c>.</param>
/// <param name="Copying">Whether it copies.</param>
/// <param name="Position">How it uses positions; null if they are not added.</param>
/// <param name="LargestQK">The largest entries of QK: which token attends to which.</param>
/// <param name="LargestOV">The largest entries of OV: which token writes which.</param>
/// <param name="SkipTrigrams">Both together.</param>
public sealed record HeadAnalysis(
    string Head,
    Copying Copying,
    PositionShare? Position,
    IReadOnlyList<CircuitEntry> LargestQK,
    IReadOnlyList<CircuitEntry> LargestOV,
    SkipTrigramTable SkipTrigrams);

/// <summary>Options for reading the weights.</summary>
public sealed class CircuitOptions
{
    /// <summary>The heads to read; null for all.</summary>
    public IReadOnlyList<Head>? Heads { get; init; }

    /// <summary>Tokens that occur less often in the training text are left out.</summary>
    public int MinCount { get; init; } = TokenSubset.UsualMinCount;

    /// <summary>Rows in each table.</summary>
    public int Top { get; init; } = 20;

    /// <summary>Whether the strongest skip-trigrams are tested on the model.</summary>
    public bool Check { get; init; } = true;

    /// <summary>The seed of random matrices and of replaced tokens.</summary>
    public ulong Seed { get; init; }
}

/// <summary>An attention-only model, read from its weights.</summary>
/// <param name="Heads">Each requested head.</param>
/// <param name="Composition">The composition of heads; null with one layer.</param>
/// <param name="Check">The strongest skip-trigrams tested on the model; null without a
/// text.</param>
/// <param name="Searched">How many tokens were included.</param>
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
    /// <summary>The included tokens with their frequencies; null in a record read from
    /// JSON.</summary>
    [JsonIgnore]
    internal TokenSubset? Read { get; init; }

    /// <summary>The findings, in sentences.</summary>
    public IReadOnlyList<Finding> Findings => CircuitFindings.Of(this);

    /// <summary>Reads a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text that it was trained on; null for none: then all tokens are
    /// included, and nothing is counted or tested.</param>
    /// <param name="zero">A 0-layer model of the same vocabulary; null for none.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellation">Checked between steps.</param>
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
    /// <param name="tokens">The included tokens.</param>
    /// <param name="zero">A 0-layer model; null for none.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellation">Checked between steps.</param>
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

    /// <summary>The tokens included for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text that it was trained on, or null for all tokens.</param>
    /// <param name="minCount">The minimum count.</param>
    /// <exception cref="ArgumentException">The vocabularies differ, or no token is common
    /// enough.</exception>
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
