namespace Vitrine.Models.Data;

/// <summary>Windows of the training stream in random order, each pair about once per
/// epoch.</summary>
/// <remarks>
/// <para>An epoch cuts each document into windows of <c>context</c> (input, target) pairs, starting
/// at a random position, and takes the windows of all documents in random order. With a context of
/// 1 every pair occurs exactly once per epoch; with a longer one up to <c>context − 1</c> pairs per
/// document are left out, different ones in each epoch. No window spans two documents, except that
/// documents shorter than one window are joined to those after them.</para>
/// <para>Window number n is a function of (seed, n): nothing is drawn and remembered, so a resumed
/// run or another machine sees the same windows. The order is a Feistel network over the window
/// numbers, keyed by seed and epoch (Black and Rogaway 2002: walk on until inside).</para>
/// </remarks>
public sealed class WindowSampler
{
    private const int Rounds = 4;
    private readonly Corpus _corpus;
    private readonly ulong _seed;
    private readonly List<(int Start, int Pairs)> _segments;
    private readonly long[] _firstWindow;
    private readonly int _halfBits;

    /// <summary>Prepares the windows.</summary>
    /// <param name="corpus">The corpus; it must not be disposed before this is last used.</param>
    /// <param name="context">The pairs of one window.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="ArgumentException">The training stream is shorter than one
    /// window.</exception>
    public WindowSampler(Corpus corpus, int context, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(context);
        _corpus = corpus;
        _seed = seed;
        Context = context;
        _segments = Segments(corpus.TrainDocuments, context);
        if (_segments.Count == 0)
        {
            throw new ArgumentException(
                $"WindowSampler: a window of {context} needs {context + 1} training tokens; got "
                + $"{corpus.Train.Length}; use a longer text or a shorter context.",
                nameof(context));
        }

        _firstWindow = new long[_segments.Count + 1];
        for (int i = 0; i < _segments.Count; i++)
        {
            _firstWindow[i + 1] = _firstWindow[i] + (_segments[i].Pairs / context);
        }

        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(
            (ulong)(WindowsPerEpoch - 1));
        _halfBits = Math.Max(1, (bits + 1) / 2);
    }

    /// <summary>The pairs of one window.</summary>
    public int Context { get; }

    /// <summary>How many windows there are before the next epoch begins.</summary>
    public long WindowsPerEpoch => _firstWindow[^1];

    /// <summary>Writes windows from number <paramref name="first"/> on, one after
    /// another.</summary>
    /// <param name="first">The number of the first window, from 0; epochs follow one
    /// another.</param>
    /// <param name="inputs">Receives the tokens; its length is a multiple of the context.</param>
    /// <param name="targets">Receives the token after each; as long as the inputs.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Fill(long first, Span<int> inputs, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        if (inputs.Length != targets.Length || inputs.Length % Context != 0)
        {
            throw new ArgumentException(
                "WindowSampler: inputs and targets must be equal multiples of the context "
                + $"{Context}; got {inputs.Length} and {targets.Length}.");
        }

        ReadOnlySpan<int> stream = _corpus.Train;
        for (int at = 0; at < inputs.Length; at += Context)
        {
            int start = StartOf(first++);
            stream.Slice(start, Context).CopyTo(inputs[at..]);
            stream.Slice(start + 1, Context).CopyTo(targets[at..]);
        }
    }

    /// <summary>The start of a window in the training stream.</summary>
    public int StartOf(long window)
    {
        (long epoch, long number) = Math.DivRem(window, WindowsPerEpoch);
        ulong key = Mix(_seed ^ Mix((ulong)epoch));
        long place = Permute(number, key);
        int segment = Array.BinarySearch(_firstWindow, place);
        segment = segment < 0 ? ~segment - 1 : segment;
        (int start, int pairs) = _segments[segment];
        int left = pairs % Context;
        int phase = (int)(Mix(key ^ Mix((ulong)segment + 1)) % (ulong)(left + 1));
        return start + phase + (int)((place - _firstWindow[segment]) * Context);
    }

    /// <summary>Stretches of the stream with at least one window each.</summary>
    private static List<(int Start, int Pairs)> Segments(
        IReadOnlyList<Document> documents, int context)
    {
        var segments = new List<(int Start, int Pairs)>();
        int start = 0;
        foreach (Document document in documents)
        {
            int pairs = document.Start + document.Length - 1 - start;
            if (pairs >= context)
            {
                segments.Add((start, pairs));
                start = document.Start + document.Length;
            }
        }

        // What is left at the end is shorter than a window: it goes to the stretch before it.
        if (segments.Count > 0 && documents[^1] is { } last && start < last.Start + last.Length)
        {
            int begin = segments[^1].Start;
            segments[^1] = (begin, last.Start + last.Length - 1 - begin);
        }

        return segments;
    }

    private long Permute(long number, ulong key)
    {
        // Two halves of equal width: the smallest such range that holds all numbers is walked in.
        ulong mask = (1UL << _halfBits) - 1;
        ulong value = (ulong)number;
        do
        {
            ulong left = value >> _halfBits;
            ulong right = value & mask;
            for (int round = 0; round < Rounds; round++)
            {
                (left, right) = (right, left ^ (Mix(key ^ right ^ ((ulong)round << 56)) & mask));
            }

            value = (left << _halfBits) | right;
        }
        while (value >= (ulong)WindowsPerEpoch);

        return (long)value;
    }

    /// <summary>A mixing of 64 bits (Steele, Lea and Flood 2014, SplitMix64).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
