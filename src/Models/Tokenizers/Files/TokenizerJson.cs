using System.Security.Cryptography;
using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Decoders;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>Reads a tokenizer.json.</summary>
/// <remarks>Truncation and padding are left to whoever makes batches.</remarks>
internal static class TokenizerJson
{
    /// <summary>The file's name.</summary>
    public const string FileName = "tokenizer.json";

    private static readonly Func<string, byte[]> PlainBytes = TokenSpelling.Plain;
    private static readonly Func<string, byte[]> AlphabetBytes = ByteLevel.BytesOf;

    /// <summary>Reads a file, and the files of special tokens beside it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or uses a component that is not
    /// known.</exception>
    public static TokenizerDefinition Read(string path)
    {
        byte[] content = InputFile.ReadAllBytes(path);
        TokenizerDefinition definition = JsonFile.Parse(
            path, content, root => Definition(new JsonPart(root, "")));
        return SpecialTokenFiles.Completed(
            definition with { Hash = SHA256.HashData(content), Files = [(FileName, content)] },
            Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static TokenizerDefinition Definition(JsonPart root)
    {
        JsonPart model = root.Part("model");
        var vocabulary = TokenizerVocabulary.Read(root, model);
        INormalizer? normalizer = root.OptionalPart("normalizer") is { } normal
            ? JsonNormalizers.Normalizer(normal) : null;
        IPreTokenizer? preTokenizer = root.OptionalPart("pre_tokenizer") is { } pre
            ? JsonNormalizers.PreTokenizer(pre) : null;
        IDecoder? decoder = root.OptionalPart("decoder") is { } back
            ? JsonDecoders.Decoder(back) : null;
        InputTemplate? template = root.OptionalPart("post_processor") is { } post
            ? JsonDecoders.Template(post, vocabulary.All.Length) : null;
        Func<string, byte[]> bytesOf = BytesOf(
            normalizer, preTokenizer, decoder, model.Flag("byte_fallback"));
        return new TokenizerDefinition
        {
            Spellings = vocabulary.All,
            FindsByText = !ReferenceEquals(bytesOf, PlainBytes)
                && !ReferenceEquals(bytesOf, AlphabetBytes),
            Pipeline = new TokenPipeline(
                vocabulary.Added, normalizer, preTokenizer, JsonModels.Encoder(model, vocabulary))
            {
                Decoder = decoder,
                Template = template ?? InputTemplate.Plain,
            },
            BytesOf = bytesOf,
            Hash = [],
        };
    }

    private static Func<string, byte[]> BytesOf(
        INormalizer? normalizer, IPreTokenizer? preTokenizer, IDecoder? decoder, bool hasBytes)
    {
        object[] parts =
        [
            .. Flat(normalizer), .. Flat(preTokenizer), .. Flat(decoder),
        ];
        if (parts.Any(part => part is ByteLevel))
        {
            return AlphabetBytes;
        }

        char? marker = parts.OfType<Metaspace>().FirstOrDefault()?.Marker
            ?? parts.OfType<Replace>().Select(Marker).FirstOrDefault(found => found is not null);
        return marker is { } found
            ? TokenSpelling.Marked(found, hasBytes || parts.Any(part => part is ByteFallback))
            : PlainBytes;
    }

    /// <summary>What stands for a space in a replacement of spaces, or back.</summary>
    private static char? Marker(Replace replace) =>
        (replace.Pattern, replace.Content) switch
        {
            (StringPattern { Content: " " }, [char marker]) => marker,
            (StringPattern { Content: [char marker] }, " ") when marker > 127 => marker,
            _ => null,
        };

    private static IEnumerable<object> Flat(object? part) => part switch
    {
        null => [],
        NormalizerSequence sequence => sequence.Parts.SelectMany(Flat),
        PreTokenizerSequence sequence => sequence.Parts.SelectMany(Flat),
        DecoderSequence sequence => sequence.Parts.SelectMany(Flat),
        _ => [part],
    };
}
