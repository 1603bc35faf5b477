using System.Collections.Concurrent;
using Vitrine.Tensors;

namespace Vitrine.Interp.Circuits;

/// <summary>Where skip-trigrams occur in a text.</summary>
/// <remarks>An occurrence is a place where the out token follows the destination in one document
/// and the source precedes the destination in it, at most <c>window − 1</c> tokens back; it counts
/// once, however often the source occurs there.</remarks>
internal sealed class SkipTrigramText
{
    private readonly int[] _stream;
    private readonly int[] _starts;
    private readonly long[] _pairs;
    private readonly int[] _places;
    private readonly int _vocabulary;

    /// <summary>Sorts the pairs of a text, so that the places of a pair are found
    /// directly.</summary>
    /// <param name="stream">Documents, each preceded by <paramref name="endOfText"/>;
    /// copied.</param>
    /// <param name="endOfText">The token before each document.</param>
    /// <param name="vocabulary">The size of the vocabulary.</param>
    /// <param name="window">The context: the destination and what can be seen from it.</param>
    public SkipTrigramText(ReadOnlySpan<int> stream, int endOfText, int vocabulary, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        _stream = stream.ToArray();
        _vocabulary = vocabulary;
        Window = window;
        _starts = new int[_stream.Length];
        var places = new List<int>(_stream.Length);
        for (int i = 0; i < _stream.Length; i++)
        {
            _starts[i] = i == 0 || _stream[i] == endOfText ? i : _starts[i - 1];
            if (i > 0 && _stream[i] != endOfText)
            {
                places.Add(i - 1);
            }
        }

        _places = [.. places];
        _pairs = Array.ConvertAll(_places, place => Pair(_stream[place], _stream[place + 1]));
        Array.Sort(_pairs, _places);
        // The sort by pairs is not stable; places in order make every result the same each time.
        foreach ((int first, int last) in Runs())
        {
            Array.Sort(_places, first, last - first);
        }
    }

    /// <summary>The context.</summary>
    public int Window { get; }

    /// <summary>The number of pairs, which is the number of predicted tokens.</summary>
    public int Pairs => _places.Length;

    /// <summary>How often the pair (destination, out) occurs, with or without a source.</summary>
    public int CountPair(int destination, int output)
    {
        (int first, int last) = Run(Pair(destination, output));
        return last - first;
    }

    /// <summary>The places of the destination where a skip-trigram occurs, ascending.</summary>
    public int[] Places(SkipTrigram trigram)
    {
        (int first, int last) = Run(Pair(trigram.Destination, trigram.Out));
        return [.. _places[first..last].Where(place => Sees(place, trigram.Source))];
    }

    /// <summary>How often a skip-trigram occurs.</summary>
    public int Count(SkipTrigram trigram) => Places(trigram).Length;

    /// <summary>What the model sees up to and including a place: at most <see cref="Window"/>
    /// tokens of its document.</summary>
    public ReadOnlySpan<int> Context(int place) =>
        _stream.AsSpan(First(place), place - First(place) + 1);

    /// <summary>The token after a place.</summary>
    public int Next(int place) => _stream[place + 1];

    /// <summary>Every skip-trigram that occurs at least that often, found in one walk over the
    /// windows of the pairs that do.</summary>
    /// <param name="minCount">The least count, at least 1.</param>
    /// <param name="isRead">Whether a token may be part of one, [vocab].</param>
    /// <param name="byDistance">Any number of functions of the distance from destination back to
    /// the nearest source, [distance]; distances past its end give 0.</param>
    /// <param name="found">Receives each with its count and the mean of every function over its
    /// places, from several threads at once, in no fixed order.</param>
    /// <param name="cancellation">Checked between pairs.</param>
    internal void Frequent(
        int minCount, bool[] isRead, IReadOnlyList<IReadOnlyList<double>> byDistance,
        FoundTrigram found,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        (int First, int Last)[] runs =
        [
            .. Runs().Where(run => run.Last - run.First >= minCount
                && isRead[_pairs[run.First] / _vocabulary]
                && isRead[_pairs[run.First] % _vocabulary]),
        ];
        double[] functions = Tabulated(byDistance);
        var counters = new ConcurrentBag<Counter>();
        WorkerPool.For(runs.Length, run =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (!counters.TryTake(out Counter? counter))
            {
                counter = new Counter(_vocabulary, functions, byDistance.Count);
            }

            (int first, int last) = runs[run];
            for (int i = first; i < last; i++)
            {
                counter.Add(_stream.AsSpan(First(_places[i]), _places[i] - First(_places[i])));
            }

            int destination = _stream[_places[first]];
            int output = _stream[_places[first] + 1];
            counter.Take((source, count, means) =>
            {
                if (count >= minCount && isRead[source])
                {
                    found(new SkipTrigram(source, destination, output), count, means);
                }
            });
            counters.Add(counter);
        });
    }

    private bool Sees(int place, int source) =>
        _stream.AsSpan(First(place), place - First(place)).Contains(source);

    private int First(int place) => Math.Max(_starts[place], place - Window + 1);

    private long Pair(int destination, int output) => ((long)destination * _vocabulary) + output;

    private (int First, int Last) Run(long pair)
    {
        int found = Array.BinarySearch(_pairs, pair);
        if (found < 0)
        {
            return (0, 0);
        }

        int first = found;
        int last = found + 1;
        while (first > 0 && _pairs[first - 1] == pair)
        {
            first--;
        }

        while (last < _pairs.Length && _pairs[last] == pair)
        {
            last++;
        }

        return (first, last);
    }

    /// <summary>Where each pair stands in the order of pairs.</summary>
    private IEnumerable<(int First, int Last)> Runs()
    {
        for (int first = 0, last; first < _pairs.Length; first = last)
        {
            last = first + 1;
            while (last < _pairs.Length && _pairs[last] == _pairs[first])
            {
                last++;
            }

            yield return (first, last);
        }
    }

    // [distance, function], so that what a place adds lies together.
    private double[] Tabulated(IReadOnlyList<IReadOnlyList<double>> byDistance)
    {
        double[] table = new double[Window * byDistance.Count];
        for (int cell = 0; cell < table.Length; cell++)
        {
            IReadOnlyList<double> function = byDistance[cell % byDistance.Count];
            int distance = cell / byDistance.Count;
            table[cell] = distance < function.Count ? function[distance] : 0;
        }

        return table;
    }

    private delegate void CountedSource(int source, int count, ReadOnlySpan<double> means);

    /// <summary>In how many windows each token stands, and how near to their ends.</summary>
    private sealed class Counter(int vocabulary, double[] functions, int width)
    {
        private readonly int[] _counts = new int[vocabulary];
        private readonly int[] _seenIn = new int[vocabulary];
        private readonly double[] _sums = new double[vocabulary * width];
        private readonly List<int> _tokens = [];
        private int _window;

        /// <summary>Counts the tokens before a destination, the nearest last.</summary>
        public void Add(ReadOnlySpan<int> tokens)
        {
            _window++;
            for (int i = tokens.Length - 1; i >= 0; i--)
            {
                int token = tokens[i];
                if (_seenIn[token] == _window)
                {
                    continue;
                }

                _seenIn[token] = _window;
                if (_counts[token]++ == 0)
                {
                    _tokens.Add(token);
                }

                int distance = tokens.Length - i;
                for (int k = 0; k < width; k++)
                {
                    _sums[(token * width) + k] += functions[(distance * width) + k];
                }
            }
        }

        public void Take(CountedSource each)
        {
            foreach (int token in _tokens)
            {
                Span<double> means = _sums.AsSpan(token * width, width);
                foreach (ref double mean in means)
                {
                    mean /= _counts[token];
                }

                each(token, _counts[token], means);
                means.Clear();
                _counts[token] = 0;
            }

            _tokens.Clear();
        }
    }
}

/// <summary>Receives a skip-trigram in a text: its count, and means over its places.</summary>
internal delegate void FoundTrigram(SkipTrigram trigram, int count, ReadOnlySpan<double> means);
