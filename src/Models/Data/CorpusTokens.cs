using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Models.Data;

/// <summary>A corpus' tokens: the training stream, then the held-out stream, and the
/// documents.</summary>
internal sealed class CorpusTokens(
    ReadOnlyMemory<int> stream, int trainLength, Document[] documents, IDisposable? owner)
    : IDisposable
{
    private const int FewDocuments = 12;
    private const int HeldOutRemainder = 5;

    public ReadOnlySpan<int> Stream => stream.Span;

    public int TrainLength => trainLength;

    public Document[] Documents => documents;

    /// <summary>Tokenises the documents, on all threads, and splits them.</summary>
    public static CorpusTokens Make(
        IReadOnlyList<(string Name, string Text)> texts, Tokenizer tokenizer)
    {
        var tokens = new int[texts.Count][];
        WorkerPool.For(
            texts.Count,
            i => tokens[i] = [tokenizer.EndOfText, .. tokenizer.Encode(texts[i].Text)]);
        long total = tokens.Sum(document => (long)document.Length);
        if (total > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"Corpus: a text has at most {Array.MaxLength} tokens; got {total}; use a part.");
        }

        long heldOutFrom = tokens.Length < FewDocuments ? total - (total / 10) : total;
        var pieces = new List<(string Name, ArraySegment<int> Tokens, bool IsHeldOut)>();
        long position = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            int cut = (int)Math.Clamp(heldOutFrom - position, 0, tokens[i].Length);
            if (tokens.Length >= FewDocuments && i % FewDocuments == HeldOutRemainder)
            {
                cut = 0;
            }

            if (cut > 0)
            {
                pieces.Add((texts[i].Name, new(tokens[i], 0, cut), false));
            }

            if (cut < tokens[i].Length)
            {
                pieces.Add((texts[i].Name, new(tokens[i], cut, tokens[i].Length - cut), true));
            }

            position += tokens[i].Length;
        }

        int trainLength = pieces.Where(piece => !piece.IsHeldOut).Sum(piece => piece.Tokens.Count);
        var stream = new int[total];
        int nextTrain = 0;
        int nextHeldOut = 0;
        var documents = new Document[pieces.Count];
        for (int i = 0; i < documents.Length; i++)
        {
            (string name, ArraySegment<int> piece, bool isHeldOut) = pieces[i];
            ref int next = ref isHeldOut ? ref nextHeldOut : ref nextTrain;
            piece.CopyTo(stream, isHeldOut ? trainLength + next : next);
            documents[i] = new Document(name, next, piece.Count, isHeldOut);
            next += piece.Count;
        }

        return new CorpusTokens(stream, trainLength, documents, null);
    }

    public void Dispose() => owner?.Dispose();
}
