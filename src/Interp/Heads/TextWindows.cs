using Vitrine.Models.Data;

namespace Vitrine.Interp.Heads;

/// <summary>Pieces of natural text of the same length, each within one document.</summary>
public static class TextWindows
{
    /// <summary>Pieces of a text's held-out documents, of the requested length or that of the
    /// longest document.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="length">The tokens of a piece, if the documents allow.</param>
    /// <param name="count">How many pieces at most.</param>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static IReadOnlyList<int[]> HeldOut(Corpus corpus, int length, int count)
    {
        int longest = corpus.HeldOutDocuments.Max(document => document.Length);
        return Of(corpus.HeldOut, corpus.Tokenizer.EndOfText, Math.Min(length, longest), count);
    }

    /// <summary>Cuts every document into pieces that do not overlap, from its beginning, and keeps
    /// some of them, evenly over the text. The remainder at a document's end is not used.</summary>
    /// <param name="stream">Documents, each preceded by end-of-text.</param>
    /// <param name="endOfText">That token.</param>
    /// <param name="length">The tokens of a piece.</param>
    /// <param name="count">How many pieces at most.</param>
    /// <returns>The pieces, in the order of the text.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="ArgumentException">No document is long enough.</exception>
    public static IReadOnlyList<int[]> Of(
        ReadOnlySpan<int> stream, int endOfText, int length, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var starts = new List<int>();
        for (int start = 0; start < stream.Length;)
        {
            int next = stream[(start + 1)..].IndexOf(endOfText);
            int end = next < 0 ? stream.Length : start + 1 + next;
            for (int at = start; at + length <= end; at += length)
            {
                starts.Add(at);
            }

            start = end;
        }

        if (starts.Count == 0)
        {
            throw new ArgumentException(
                $"TextWindows: needs a document of at least {length} tokens; got none among "
                + $"{stream.Length} tokens; use a shorter window.", nameof(length));
        }

        int kept = Math.Min(count, starts.Count);
        var windows = new int[kept][];
        for (int i = 0; i < kept; i++)
        {
            int at = starts[(int)((long)i * starts.Count / kept)];
            windows[i] = stream.Slice(at, length).ToArray();
        }

        return windows;
    }

    /// <summary>Refuses sequences of different lengths, none, or too short ones.</summary>
    internal static void RequireOneLength(string op, IReadOnlyList<int[]> rows, int least = 2)
    {
        int[] lengths = [.. rows.Select(row => row.Length).Distinct()];
        if (lengths is not [int length] || length < least)
        {
            throw new ArgumentException(
                $"{op}: sequences must have the same length, at least {least} tokens; got "
                + $"{rows.Count} of {string.Join(", ", lengths)} tokens.", nameof(rows));
        }
    }
}
