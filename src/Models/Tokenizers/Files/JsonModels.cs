using System.Globalization;
using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Encoders;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>Reads the model of a tokenizer.json.</summary>
internal static class JsonModels
{
    private const int LongestWord = 1 << 24;

    /// <summary>The encoder of an object.</summary>
    public static IPieceEncoder Encoder(JsonPart model, TokenizerVocabulary tokens)
    {
        var vocabulary = new VocabularyIndex(tokens.Model);
        return Kind(model) switch
        {
            "BPE" => BytePair(model, vocabulary),
            "WordPiece" => new WordPieceEncoder(
                vocabulary,
                UnknownToken.Of(model.OptionalText("unk_token") ?? "[UNK]", vocabulary),
                model.OptionalText("continuing_subword_prefix") ?? "##",
                model.Whole("max_input_chars_per_word", 0, LongestWord, 100)),
            "WordLevel" => new WordLevelEncoder(
                vocabulary,
                UnknownToken.Of(model.OptionalText("unk_token") ?? "<unk>", vocabulary)),
            "Unigram" => new UnigramEncoder(
                vocabulary, Scores(model),
                model.Optional("unk_id") is null
                    ? null : model.Whole("unk_id", 0, tokens.Model.Length - 1),
                model.Flag("byte_fallback") ? vocabulary.ByteTokens() : null),
            _ => throw model.Unknown("model", "BPE, WordPiece, WordLevel, Unigram"),
        };
    }

    /// <summary>The kind, which early files leave out.</summary>
    private static string Kind(JsonPart model) => model.OptionalText("type")
        ?? (model.Optional("merges") is not null ? "BPE"
            : model.Optional("unk_id") is not null ? "Unigram"
            : model.Optional("max_input_chars_per_word") is not null ? "WordPiece" : "WordLevel");

    private static BytePairEncoder BytePair(JsonPart model, VocabularyIndex vocabulary)
    {
        if (model.Optional("dropout") is { } dropout
            && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
        {
            throw new InvalidDataException(
                $"{model.Field("dropout")} must be null, since text has one encoding; got "
                + $"{dropout.Quoted()}.");
        }

        string prefix = model.OptionalText("continuing_subword_prefix") ?? "";
        var merges = new Dictionary<(int, int), (int Rank, int Id)>();
        JsonElement[] list = model.List("merges");
        for (int rank = 0; rank < list.Length; rank++)
        {
            (string left, string right) = Pair(list[rank], model.Field("merges"), rank);
            if (!vocabulary.TryGet(left, out int first)
                || !vocabulary.TryGet(right, out int second)
                || right.Length < prefix.Length
                || !vocabulary.TryGet(left + right[prefix.Length..], out int joint))
            {
                throw new InvalidDataException(
                    $"{model.Field("merges")}[{rank}] must join two tokens of the vocabulary into "
                    + $"a third; got {list[rank].Quoted()}.");
            }

            merges[(first, second)] = (rank, joint);
        }

        string? unknown = model.OptionalText("unk_token");
        return new BytePairEncoder(vocabulary, merges, new BytePairOptions
        {
            Unknown = unknown is null ? null : UnknownToken.Of(unknown, vocabulary),
            FusesUnknown = model.Flag("fuse_unk"),
            ByteTokens = model.Flag("byte_fallback") ? vocabulary.ByteTokens() : null,
            IgnoresMerges = model.Flag("ignore_merges"),
            Prefix = prefix,
            Suffix = model.OptionalText("end_of_word_suffix") ?? "",
        });
    }

    /// <summary>Two texts in a list, or in one text with a space between them.</summary>
    private static (string Left, string Right) Pair(JsonElement merge, string field, int rank)
    {
        if (merge.ValueKind == JsonValueKind.String
            && merge.GetString()!.Split(' ') is [var left, var right])
        {
            return (left, right);
        }

        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2
            && merge[0].ValueKind == JsonValueKind.String
            && merge[1].ValueKind == JsonValueKind.String)
        {
            return (merge[0].GetString()!, merge[1].GetString()!);
        }

        throw new InvalidDataException(
            $"{field}[{rank}] must be two tokens; got {merge.Quoted()}.");
    }

    private static double[] Scores(JsonPart model)
    {
        string field = model.Field("vocab");
        return
        [
            .. model.List("vocab").Select((entry, id) =>
                entry[1].ValueKind == JsonValueKind.Number
                    && double.IsFinite(Score(entry[1].GetRawText())) ? Score(entry[1].GetRawText())
                    : throw new InvalidDataException(
                        $"{field}[{id}] must have a finite score; got {entry[1].Quoted()}.")),
        ];
    }

    /// <summary>A number as the library reads it that files are published with: its digits as a
    /// whole number, then a power of ten.</summary>
    /// <remarks>That may differ from the nearest double in the last place, which decides between
    /// two ways to make a text that score alike.</remarks>
    private static double Score(string number)
    {
        bool isNegative = number[0] == '-';
        int at = isNegative ? 1 : 0;
        ulong digits = 0;
        int exponent = 0;
        bool isWhole = true;
        bool isFull = false;
        for (; at < number.Length && number[at] is not ('e' or 'E'); at++)
        {
            if (number[at] == '.')
            {
                isWhole = false;
                continue;
            }

            uint digit = (uint)(number[at] - '0');
            isFull |= digits > (ulong.MaxValue - digit) / 10;
            digits = isFull ? digits : (digits * 10) + digit;
            exponent += isFull ? (isWhole ? 1 : 0) : isWhole ? 0 : -1;
        }

        if (at < number.Length)
        {
            exponent += int.TryParse(
                number.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out int power) ? Math.Clamp(power, -1000, 1000) : 0;
        }

        double value = digits;
        for (; exponent < -308 && value != 0; exponent += 308)
        {
            value /= 1e308;
        }

        value = exponent < 0 ? value / Power(-exponent) : value * Power(exponent);
        return isNegative ? -value : value;
    }

    private static double Power(int exponent) => exponent > 308 ? double.PositiveInfinity
        : double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
}
