using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Patterns;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>Reads the normaliser and the pre-tokenizer of a tokenizer.json.</summary>
internal static class JsonNormalizers
{
    /// <summary>The normaliser of an object.</summary>
    public static INormalizer Normalizer(JsonPart part) => part.Type switch
    {
        "Sequence" => new NormalizerSequence([.. part.Parts("normalizers").Select(Normalizer)]),
        "NFC" => new UnicodeForm(Compatible: false, Compose: true),
        "NFD" => new UnicodeForm(Compatible: false, Compose: false),
        "NFKC" => new UnicodeForm(Compatible: true, Compose: true),
        "NFKD" => new UnicodeForm(Compatible: true, Compose: false),
        "Lowercase" => new Lowercase(),
        "Strip" => new Strip(part.Flag("strip_left", true), part.Flag("strip_right", true)),
        "StripAccents" => CharacterFilter.StripAccents,
        "Nmt" => CharacterFilter.Nmt,
        "Prepend" => new Prepend(part.Text("prepend")),
        "Replace" => Replace(part),
        "ByteLevel" => new ByteLevel(AddsPrefixSpace: false, CutsWords: false),
        "BertNormalizer" => new Bert(
            part.Flag("clean_text", true), part.Flag("handle_chinese_chars", true),
            part.Flag("strip_accents", part.Flag("lowercase", true)),
            part.Flag("lowercase", true)),
        "Precompiled" => Precompiled(part),
        _ => throw part.Unknown(
            "normalizer",
            "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Nmt, Prepend, "
            + "Replace, ByteLevel, BertNormalizer, Precompiled"),
    };

    /// <summary>The pre-tokenizer of an object.</summary>
    public static IPreTokenizer PreTokenizer(JsonPart part) => part.Type switch
    {
        "Sequence" => new PreTokenizerSequence(
            [.. part.Parts("pretokenizers").Select(PreTokenizer)]),
        "ByteLevel" => new ByteLevel(
            part.Flag("add_prefix_space", true), part.Flag("use_regex", true)),
        "BertPreTokenizer" => PreTokenizers.Split.Bert,
        "Whitespace" => PreTokenizers.Split.Words,
        "WhitespaceSplit" => PreTokenizers.Split.AtSpaces,
        "Digits" => PreTokenizers.Split.Digits(part.Flag("individual_digits")),
        "Punctuation" => PreTokenizers.Split.Punctuation(
            part.Optional("behavior") is null ? SplitBehavior.Isolated : Behavior(part)),
        "CharDelimiterSplit" => new Split(
            new StringPattern(part.Character("delimiter").ToString()), SplitBehavior.Removed),
        "Split" => new Split(Pattern(part), Behavior(part), part.Flag("invert")),
        "Metaspace" => Metaspace(part),
        "FixedLength" => new FixedLength(part.Whole("length", 1, int.MaxValue, 5)),
        _ => throw part.Unknown(
            "pre_tokenizer",
            "Sequence, ByteLevel, BertPreTokenizer, Whitespace, WhitespaceSplit, Digits, "
            + "Punctuation, CharDelimiterSplit, Split, Metaspace, FixedLength"),
    };

    /// <summary>A Metaspace, which is a pre-tokenizer and a decoder.</summary>
    public static Metaspace Metaspace(JsonPart part)
    {
        char marker = part.Optional("replacement") is null ? '▁' : part.Character("replacement");
        PrependScheme scheme = part.OptionalText("prepend_scheme") switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            null => part.Flag("add_prefix_space", true)
                ? PrependScheme.Always : PrependScheme.Never,
            _ => throw new InvalidDataException(
                $"{part.Field("prepend_scheme")} must be always, first or never; got "
                + $"{part.Required("prepend_scheme").Quoted()}."),
        };
        return new Metaspace(marker, scheme, part.Flag("split", true));
    }

    /// <summary>A Replace, which is a normaliser and a decoder.</summary>
    public static Replace Replace(JsonPart part) => new(Pattern(part), part.Text("content"));

    private static TextPattern Pattern(JsonPart part)
    {
        if (part.Required("pattern").ValueKind == JsonValueKind.String)
        {
            return new StringPattern(part.Text("pattern"));
        }

        JsonPart pattern = part.Part("pattern");
        if (pattern.OptionalText("String") is { } text)
        {
            return new StringPattern(text);
        }

        string expression = pattern.Text("Regex");
        try
        {
            return new RegularPattern(new CodePointPattern(expression));
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{pattern.Field("Regex")}: {problem.Message}", problem);
        }
    }

    private static SplitBehavior Behavior(JsonPart part) => part.Text("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw new InvalidDataException(
            $"{part.Field("behavior")} must be Removed, Isolated, MergedWithPrevious, "
            + $"MergedWithNext or Contiguous; got {part.Required("behavior").Quoted()}."),
    };

    private static Precompiled Precompiled(JsonPart part)
    {
        const string Name = "precompiled_charsmap";
        try
        {
            return new Precompiled(
                new CharacterMap(Convert.FromBase64String(part.Text(Name))));
        }
        catch (FormatException problem)
        {
            throw new InvalidDataException(
                $"{part.Field(Name)} must be base64; got {part.Required(Name).Quoted()}.", problem);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{part.Field(Name)}: {problem.Message}", problem);
        }
    }
}
