namespace Vitrine.Models.Data;

/// <summary>
/// The pairs (token, next token) inside documents, in order: what is counted, and what a loss is
/// taken over. <c>&lt;|endoftext|&gt;</c> in front of a document is its first predecessor; no pair
/// spans two documents.
/// </summary>
/// <remarks>For <c>foreach</c>; walking allocates nothing.</remarks>
public readonly ref struct TokenPairs
{
    private readonly ReadOnlySpan<int> _stream;
    private readonly ReadOnlySpan<Document> _documents;

    internal TokenPairs(ReadOnlySpan<int> stream, ReadOnlySpan<Document> documents)
    {
        _stream = stream;
        _documents = documents;
    }

    /// <summary>How many pairs there are.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (Document document in _documents)
            {
                count += document.Pairs;
            }

            return count;
        }
    }

    /// <summary>Copies the pairs into two arrays that hold <see cref="Count"/> each.</summary>
    /// <exception cref="ArgumentException">A destination is too short.</exception>
    public void CopyTo(Span<int> previous, Span<int> next)
    {
        foreach (Document document in _documents)
        {
            int pairs = document.Pairs;
            _stream.Slice(document.Start, pairs).CopyTo(previous);
            _stream.Slice(document.Start + Math.Min(1, document.Length), pairs).CopyTo(next);
            previous = previous[pairs..];
            next = next[pairs..];
        }
    }

    /// <summary>Walks over the pairs.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The walk.</summary>
    public ref struct Enumerator
    {
        private readonly TokenPairs _pairs;
        private int _document;
        private int _position;
        private int _last;

        internal Enumerator(TokenPairs pairs)
        {
            _pairs = pairs;
            _document = -1;
            _position = 0;
            _last = 0;
        }

        /// <summary>A token and the one behind it.</summary>
        public readonly (int Previous, int Next) Current =>
            (_pairs._stream[_position - 1], _pairs._stream[_position]);

        /// <summary>Goes to the next pair; false at the end.</summary>
        public bool MoveNext()
        {
            _position++;
            while (_position > _last)
            {
                if (++_document >= _pairs._documents.Length)
                {
                    return false;
                }

                Document document = _pairs._documents[_document];
                _position = document.Start + 1;
                _last = document.Start + document.Length - 1;
            }

            return true;
        }
    }
}
