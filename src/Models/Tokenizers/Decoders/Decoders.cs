using System.Globalization;
using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Decoders;

/// <summary>Several decoders in order.</summary>
internal sealed record DecoderSequence(IReadOnlyList<IDecoder> Parts) : IDecoder
{
    public List<string> Decode(List<string> tokens) =>
        Parts.Aggregate(tokens, (current, part) => part.Decode(current));
}

/// <summary>Joins all tokens to one.</summary>
internal sealed record Fuse : IDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Removes a character from the ends of each token, at most so many.</summary>
internal sealed record StripToken(char Content, int Start, int Stop) : IDecoder
{
    public List<string> Decode(List<string> tokens) => [.. tokens.Select(token =>
    {
        int start = 0;
        while (start < Start && start < token.Length && token[start] == Content)
        {
            start++;
        }

        int end = token.Length;
        while (token.Length - end < Stop && end > start && token[end - 1] == Content)
        {
            end--;
        }

        return token[start..end];
    })];
}

/// <summary>Tokens such as <c>&lt;0xE2&gt;</c> as the characters that their bytes are; each byte of
/// a run that is no UTF-8 as U+FFFD.</summary>
internal sealed record ByteFallback : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var decoded = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            if (ByteOf(token) is { } value)
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, decoded);
            decoded.Add(token);
        }

        Flush(bytes, decoded);
        return decoded;
    }

    /// <summary>The byte that a token is spelled as; null if it is none.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(
                token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out byte value) ? value : null;

    private static void Flush(List<byte> bytes, List<string> decoded)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        byte[] run = [.. bytes];
        if (System.Text.Unicode.Utf8.IsValid(run))
        {
            decoded.Add(Encoding.UTF8.GetString(run));
        }
        else
        {
            decoded.AddRange(Enumerable.Repeat("\uFFFD", run.Length));
        }

        bytes.Clear();
    }
}

/// <summary>WordPiece's pieces: those without the prefix begin a word.</summary>
internal sealed record WordPieces(string Prefix, bool CleansUp) : IDecoder
{
    public List<string> Decode(List<string> tokens) => [.. tokens.Select((token, i) =>
    {
        string part = i == 0 ? token
            : token.StartsWith(Prefix, StringComparison.Ordinal) ? token[Prefix.Length..]
            : " " + token;
        return CleansUp ? CleanUp(part) : part;
    })];

    /// <summary>Takes back the spaces before punctuation and English contractions.</summary>
    public static string CleanUp(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal)
        .Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal)
        .Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal)
        .Replace(" do not", " don't", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}

/// <summary>Tokens whose suffix ends a word.</summary>
internal sealed record WordSuffix(string Suffix) : IDecoder
{
    public List<string> Decode(List<string> tokens) => [.. tokens.Select((token, i) =>
        Suffix.Length == 0 ? token : token.Replace(
            Suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>The output of connectionist temporal classification: repeats and padding
/// go.</summary>
internal sealed record Ctc(string Pad, string WordDelimiter, bool CleansUp) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var kept = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
            {
                continue;
            }

            string text = Pad.Length == 0
                ? tokens[i] : tokens[i].Replace(Pad, "", StringComparison.Ordinal);
            if (CleansUp)
            {
                text = WordPieces.CleanUp(text);
                text = WordDelimiter.Length == 0
                    ? text : text.Replace(WordDelimiter, " ", StringComparison.Ordinal);
            }

            if (text.Length > 0)
            {
                kept.Add(text);
            }
        }

        return kept;
    }
}
