namespace Vitrine.Interp.Bigrams;

/// <summary>How often each token follows each other token inside a document.</summary>
/// <remarks> A stream holds documents one after another, each preceded by the end-of-text token
/// (the first may lack it if a split cut it off). That token is the first half of its document's
/// first pair and never the second half of any: a pair across two documents is not counted. Two
/// passes of counting sort, O(tokens + vocabulary). </remarks>
public sealed class BigramCounts
{
    private readonly int[] _firstCounts;
    private readonly int[] _secondCounts;

    private BigramCounts(
        int endOfText, int documents, int[] firstCounts, int[] secondCounts, SparseCounts following)
    {
        EndOfText = endOfText;
        Documents = documents;
        _firstCounts = firstCounts;
        _secondCounts = secondCounts;
        Following = following;
        Preceding = following.Transpose(firstCounts.Length);
        for (int token = 0; token < firstCounts.Length; token++)
        {
            Pairs += firstCounts[token];
            Types += TokenCount(token) > 0 ? 1 : 0;
        }
    }

    /// <summary>The size of the vocabulary.</summary>
    public int Vocabulary => _firstCounts.Length;

    /// <summary>The token before each document.</summary>
    public int EndOfText { get; }

    /// <summary>The number of end-of-text tokens, which is the number of documents that have one
    /// before them.</summary>
    public int Documents { get; }

    /// <summary>The number of pairs, which is the number of predicted tokens.</summary>
    public long Pairs { get; }

    /// <summary>The number of different tokens that occur, end-of-text among them.</summary>
    public int Types { get; }

    /// <summary>What follows each token: row = first token, partner = second.</summary>
    internal SparseCounts Following { get; }

    /// <summary>What precedes each token: row = second token, partner = first.</summary>
    internal SparseCounts Preceding { get; }

    /// <summary>How often each token is the first of a pair, <c>[vocab]</c>.</summary>
    public ReadOnlySpan<int> FirstCounts => _firstCounts;

    /// <summary>How often each token is the second of a pair, so how often it had to be predicted,
    /// <c>[vocab]</c>: its unigram count.</summary>
    public ReadOnlySpan<int> SecondCounts => _secondCounts;

    /// <summary>Counts the pairs of a stream.</summary>
    /// <param name="tokens">Documents, each preceded by <paramref name="endOfText"/>.</param>
    /// <param name="endOfText">The token before each document.</param>
    /// <param name="vocabulary">The size of the vocabulary.</param>
    /// <exception cref="ArgumentException">A token is outside the vocabulary.</exception>
    public static BigramCounts Of(ReadOnlySpan<int> tokens, int endOfText, int vocabulary)
    {
        Check(tokens, endOfText, vocabulary);
        int[] firstCounts = new int[vocabulary];
        int[] secondCounts = new int[vocabulary];
        int documents = tokens.IsEmpty || tokens[0] != endOfText ? 0 : 1;
        int pairs = 0;
        for (int i = 1; i < tokens.Length; i++)
        {
            if (tokens[i] == endOfText)
            {
                documents++;
                continue;
            }

            firstCounts[tokens[i - 1]]++;
            secondCounts[tokens[i]]++;
            pairs++;
        }

        return new BigramCounts(
            endOfText, documents, firstCounts, secondCounts,
            Sort(tokens, endOfText, firstCounts, secondCounts, pairs));
    }

    /// <summary>How often a token occurs in the stream; for end-of-text, the documents.</summary>
    public int TokenCount(int token) => token == EndOfText ? Documents : _secondCounts[token];

    /// <summary>How often <paramref name="second"/> follows <paramref name="first"/>.</summary>
    public int Count(int first, int second) => Following.Count(first, second);

    /// <summary><c>count(first, second) / count(first)</c>; 0 if the first token never begins a
    /// pair.</summary>
    public double Frequency(int first, int second) =>
        _firstCounts[first] == 0 ? 0 : Count(first, second) / (double)_firstCounts[first];

    /// <summary>The share of a token among all predicted tokens: its unigram probability without
    /// smoothing.</summary>
    public double UnigramFrequency(int token) => Pairs == 0 ? 0
        : _secondCounts[token] / (double)Pairs;

    /// <summary>How many times likelier the second token is after the first than overall:
    /// <c>Frequency / UnigramFrequency</c>; null if either token has no count.</summary>
    public double? Lift(int first, int second) => _firstCounts[first] == 0
        || _secondCounts[second] == 0
        ? null
        : Frequency(first, second) / UnigramFrequency(second);

    /// <summary>The most frequent pairs, by falling count; ties by first, then second
    /// token.</summary>
    internal IReadOnlyList<Bigram> MostFrequent(int count)
    {
        return
        [
            .. TopSelection.Of(Following.Counts, count).Select(cell => new Bigram(
                RowOf(cell), Following.Partners[cell], Following.Counts[cell])),
        ];
    }

    /// <summary>The tokens that most often begin a pair, by falling count; ties by token.</summary>
    public int[] MostFrequentHeads(int count) =>
    [
        .. TopSelection.Of<int>(_firstCounts, count).TakeWhile(token => _firstCounts[token] > 0),
    ];

    /// <summary>The most frequent tokens of the stream, by falling count; ties by token. Tokens
    /// that never occur are left out.</summary>
    public int[] MostFrequentTokens(int count)
    {
        int[] counts = [.. Enumerable.Range(0, Vocabulary).Select(TokenCount)];
        return [.. TopSelection.Of<int>(counts, count).TakeWhile(token => counts[token] > 0)];
    }

    // Radix sort of the pairs by (first, second): by second, then stable by first; then runs.
    private static SparseCounts Sort(
        ReadOnlySpan<int> tokens, int endOfText, int[] firstCounts, int[] secondCounts, int pairs)
    {
        int[] bySecond = Starts(secondCounts);
        var sorted = new (int First, int Second)[pairs];
        for (int i = 1; i < tokens.Length; i++)
        {
            if (tokens[i] != endOfText)
            {
                sorted[bySecond[tokens[i]]++] = (tokens[i - 1], tokens[i]);
            }
        }

        int[] byFirst = Starts(firstCounts);
        int[] seconds = new int[pairs];
        foreach ((int first, int second) in sorted)
        {
            seconds[byFirst[first]++] = second;
        }

        int[] offsets = new int[firstCounts.Length + 1];
        int[] partners = new int[pairs];
        int[] counts = new int[pairs];
        int cells = 0;
        int start = 0;
        for (int first = 0; first < firstCounts.Length; first++)
        {
            int end = start + firstCounts[first];
            for (int i = start; i < end; i++)
            {
                if (i > start && seconds[i] == seconds[i - 1])
                {
                    counts[cells - 1]++;
                    continue;
                }

                partners[cells] = seconds[i];
                counts[cells++] = 1;
            }

            start = end;
            offsets[first + 1] = cells;
        }

        return new SparseCounts(offsets, partners[..cells], counts[..cells]);
    }

    private static int[] Starts(int[] counts)
    {
        int[] starts = [0, .. counts];
        SparseCounts.Accumulate(starts);
        return starts;
    }

    private int RowOf(int cell)
    {
        int row = Following.Offsets.BinarySearch(cell);
        if (row < 0)
        {
            return ~row - 1;
        }

        // Empty rows share their start with the next row: the cell belongs to the last of them.
        while (Following.Offsets[row + 1] == cell)
        {
            row++;
        }

        return row;
    }

    private static void Check(ReadOnlySpan<int> tokens, int endOfText, int vocabulary)
    {
        if ((uint)endOfText >= (uint)vocabulary)
        {
            throw new ArgumentException(
                "BigramCounts: the end-of-text token must be inside the vocabulary; got "
                + $"{endOfText} of "
                + $"{vocabulary}.", nameof(endOfText));
        }

        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentException(
                    $"BigramCounts: tokens must be 0 … {vocabulary - 1}; got {token}; use the "
                    + "tokenizer that matches the vocabulary.", nameof(tokens));
            }
        }
    }
}

/// <summary>A pair of neighbouring tokens and how often it was seen.</summary>
internal readonly record struct Bigram(int First, int Second, int Count);
