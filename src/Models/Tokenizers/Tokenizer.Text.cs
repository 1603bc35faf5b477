using System.Buffers;
using System.Text;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers;

/// <content>Text to ids and back.</content>
public sealed partial class Tokenizer
{
    /// <summary>The ids of a text's tokens, and no others: see <see cref="EncodeInput"/> for those
    /// that a model expects around them.</summary>
    /// <param name="text">The text. A lone surrogate counts as U+FFFD.</param>
    /// <param name="allowSpecial">Whether special tokens spelled in the text, such as
    /// <c>&lt;|endoftext|&gt;</c>, are those tokens; else they are text like any other.</param>
    /// <exception cref="InvalidOperationException">The vocabulary lacks what the text has, and a
    /// token for that.</exception>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), allowSpecial);
    }

    /// <inheritdoc cref="Encode(string, bool)"/>
    public int[] Encode(ReadOnlySpan<char> text, bool allowSpecial = false)
    {
        var ids = new List<int>((text.Length / 4) + 4);
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            text = WellFormed(text);
        }

        if (_definition is not null)
        {
            _definition.Pipeline.Encode(text.ToString(), allowSpecial, ids);
            return [.. ids];
        }

        while (allowSpecial && text.IndexOf(EndOfTextMark) is >= 0 and int at)
        {
            EncodeWords(text[..at], ids);
            ids.Add(_own - 1);
            text = text[(at + EndOfTextMark.Length)..];
        }

        EncodeWords(text, ids);
        return [.. ids];
    }

    /// <summary>The input that the model expects for a text or a pair of texts, with its special
    /// tokens around them; nothing is cut or padded.</summary>
    /// <param name="text">The text.</param>
    /// <param name="second">The second of a pair; null for one text.</param>
    /// <param name="allowSpecial">As for <see cref="Encode(string, bool)"/>.</param>
    /// <exception cref="InvalidOperationException">A pair for a model without pairs; or as for
    /// <see cref="Encode(string, bool)"/>.</exception>
    public EncodedInput EncodeInput(
        string text, string? second = null, bool allowSpecial = false) =>
        (_definition?.Pipeline.Template ?? InputTemplate.Plain).Fill(
            Encode(text, allowSpecial), second is null ? null : Encode(second, allowSpecial));

    /// <summary>The text of a run of tokens; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(params ReadOnlySpan<int> ids) => Decode(ids, skipSpecial: false);

    /// <summary>The text of a run of tokens, special ones left out if asked.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{int})" path="/exception"/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial)
    {
        if (_definition is { } definition)
        {
            var tokens = new List<string>(ids.Length);
            foreach (int id in ids)
            {
                if (!(skipSpecial && IsSpecial(id)))
                {
                    tokens.Add(Spelling(id));
                }
            }

            return definition.Pipeline.Decode(tokens);
        }

        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length * 6));
        foreach (int id in ids)
        {
            if (!(skipSpecial && IsSpecial(id)))
            {
                bytes.Write(Bytes(id));
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>How the vocabulary spells a token: <c>Ġthe</c>, <c>▁the</c> or <c>##ing</c> where
    /// its text is <c>" the"</c> or <c>"ing"</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Spelling(int id) =>
        _definition is null || id >= _own || _definition.Spellings[Checked(id)] is not { } spelling
            ? _definition is null && Checked(id) < _own - 1 ? Spell(id) : Text(id)
            : spelling;

    private static string WellFormed(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Encoding.UTF8.GetString(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
    }

    private void EncodeWords(ReadOnlySpan<char> text, List<int> ids)
    {
        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> word = text[..WordSplitter.First(text)];
            if (_ids.Value.TryGetValue(word, out int id))
            {
                ids.Add(id);
            }
            else
            {
                _merger.Value.Encode(word, ids);
            }

            text = text[word.Length..];
        }
    }
}
