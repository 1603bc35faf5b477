using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Data;

/// <summary>A tokenised text, cut into documents, in a training and a held-out stream.</summary>
/// <remarks>
/// <para><c>&lt;|endoftext|&gt;</c> precedes each document. With 12 documents or more those with i
/// mod 12 = 5 (from 0) are held out; with fewer the last tenth of the tokens is.</para>
/// <para>A text is tokenised once: the streams are kept in a cache folder (the user's, or
/// <c>VITRINE_CACHE</c>) and mapped into memory; without a writable one they are made every
/// time.</para>
/// <para>Several threads may read it; spans must not be used after it is disposed.</para>
/// </remarks>
public sealed class Corpus : IDisposable
{
    private readonly CorpusTokens _tokens;
    private readonly Document[] _train;
    private readonly Document[] _heldOut;
    private int[]? _trainCounts;

    private Corpus(CorpusText text, Tokenizer tokenizer, string? cacheFolder)
    {
        Name = text.Name;
        Tokenizer = tokenizer;
        Skipped = text.Skipped;
        _tokens = TokenCache.Get(text, tokenizer, cacheFolder);
        _train = [.. _tokens.Documents.Where(document => !document.IsHeldOut)];
        _heldOut = [.. _tokens.Documents.Where(document => document.IsHeldOut)];
    }

    /// <summary>The name of the text.</summary>
    public string Name { get; }

    /// <summary>The tokenizer of the text.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The documents in the order of the text; a document cut by the split counts as
    /// two.</summary>
    public IReadOnlyList<Document> Documents => _tokens.Documents;

    /// <summary>The training documents, one after the other. Valid until the corpus is
    /// disposed.</summary>
    public ReadOnlySpan<int> Train => _tokens.Stream[.._tokens.TrainLength];

    /// <summary>The held-out documents, one after the other. Valid until the corpus is
    /// disposed.</summary>
    public ReadOnlySpan<int> HeldOut => _tokens.Stream[_tokens.TrainLength..];

    /// <summary>A digest of the tokens in their order: the same for the same text, wherever it is
    /// stored.</summary>
    public string Digest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(MemoryMarshal.AsBytes(Train));
            hash.AppendData(MemoryMarshal.AsBytes(HeldOut));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The pairs (token, next token) of the training documents, in order: the basis of
    /// counts and losses. <c>&lt;|endoftext|&gt;</c> before a document is its first predecessor; no
    /// pair spans two documents.</summary>
    public IEnumerable<(int Previous, int Next)> TrainPairs => Pairs(_train);

    /// <inheritdoc cref="TrainPairs"/>
    public IEnumerable<(int Previous, int Next)> HeldOutPairs => Pairs(_heldOut);

    /// <summary>The training documents.</summary>
    public IReadOnlyList<Document> TrainDocuments => _train;

    /// <summary>The held-out documents.</summary>
    public IReadOnlyList<Document> HeldOutDocuments => _heldOut;

    /// <summary>The files of a folder that were left out, with the reason.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>The State of the Union addresses of presidents of the United States: 233 speeches,
    /// 2,074,288 GPT-2 tokens, from the text shipped in this assembly.</summary>
    /// <param name="tokenizer">Makes the tokens; GPT-2's if null.</param>
    public static Corpus StateOfTheUnion(Tokenizer? tokenizer = null) => new(
        CorpusText.StateOfTheUnion(), tokenizer ?? Tokenizer.Gpt2(), CacheFolder());

    /// <summary>Reads a UTF-8 text file, whose documents are separated by
    /// <c>&lt;|endoftext|&gt;</c>, or a folder, where each file is a document.</summary>
    /// <param name="path">The file or folder. For a folder, all files below it are read in the
    /// order of their paths, followed by links to files. Files that are hidden, empty, already
    /// read, not UTF-8 text or not regular files are left out, as are links to folders; all but
    /// hidden ones are named in <see cref="Skipped"/>.</param>
    /// <param name="contextLength">The longest window that will be used.</param>
    /// <param name="tokenizer">Makes the tokens; GPT-2's if null.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The file is not UTF-8 (the message names the byte),
    /// there is no text, or it is shorter than one context.</exception>
    public static Corpus FromText(
        string path, int contextLength = 1, Tokenizer? tokenizer = null) =>
        FromText(path, contextLength, tokenizer, CacheFolder());

    /// <summary>The tokens of a document.</summary>
    public ReadOnlySpan<int> Tokens(Document document) =>
        (document.IsHeldOut ? HeldOut : Train).Slice(document.Start, document.Length);

    /// <summary>Occurrences of every token in the training documents, <c>[vocab]</c>.</summary>
    public IReadOnlyList<int> TrainCounts => _trainCounts ??= CountTrain();

    /// <summary>The commonest tokens of the training documents, most frequent first, ties by id;
    /// <c>&lt;|endoftext|&gt;</c> is not among them, nor are tokens that never occur: a model knows
    /// nothing about those.</summary>
    /// <param name="count">How many; fewer if fewer occur.</param>
    public int[] CommonTokens(int count) =>
    [
        .. Enumerable.Range(0, TrainCounts.Count)
            .Where(token => TrainCounts[token] > 0 && token != Tokenizer.EndOfText)
            .OrderByDescending(token => TrainCounts[token]).ThenBy(token => token).Take(count),
    ];

    /// <summary>Unmaps the streams; their spans must no longer be used.</summary>
    public void Dispose() => _tokens.Dispose();

    internal static Corpus FromText(
        string path, int contextLength, Tokenizer? tokenizer, string? cacheFolder)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        var corpus = new Corpus(CorpusText.Read(path), tokenizer ?? Tokenizer.Gpt2(), cacheFolder);
        if (corpus.Train.Length <= contextLength || !corpus.HeldOutPairs.Any())
        {
            string got = $"{corpus.Train.Length} and {corpus.HeldOut.Length}";
            corpus.Dispose();
            throw new InvalidDataException(
                $"Corpus: {path} must give at least {contextLength + 1} tokens to train on (a "
                + $"context of {contextLength} and the token after it) and 2 held out; got {got}; "
                + "use a longer text or a shorter context.");
        }

        return corpus;
    }

    internal static string? CacheFolder()
    {
        string? chosen = Environment.GetEnvironmentVariable("VITRINE_CACHE");
        if (!string.IsNullOrEmpty(chosen))
        {
            return chosen;
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string parent = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() && home.Length > 0
                ? Path.Combine(home, "Library", "Caches")
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                    ? cache
                    : home.Length > 0 ? Path.Combine(home, ".cache") : "";
        return parent.Length > 0 ? Path.Combine(parent, "vitrine") : null;
    }

    private IEnumerable<(int Previous, int Next)> Pairs(Document[] documents) =>
        from document in documents
        from i in Enumerable.Range(1, document.Pairs)
        select (Tokens(document)[i - 1], Tokens(document)[i]);

    private int[] CountTrain()
    {
        var counts = new int[Tokenizer.VocabularySize];
        foreach (int token in Train)
        {
            counts[token]++;
        }

        return counts;
    }
}
