using System.Security.Cryptography;
using System.Text;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Decoders;
using Vitrine.Models.Tokenizers.Encoders;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>BERT's vocabulary as it was first published: a vocab.txt, a token a line.</summary>
/// <remarks>Whether it is lower case, and how accents and Chinese characters are treated, says the
/// tokenizer_config.json beside it; lower case where there is none.</remarks>
internal static class WordPieceFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "vocab.txt";

    private const string Prefix = "##";
    private const int LongestWord = 100;

    private static readonly string[] Marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It lacks one of BERT's special tokens.</exception>
    public static TokenizerDefinition Read(string path)
    {
        byte[] content = InputFile.ReadAllBytes(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        bool lower = SpecialTokenFiles.Setting(folder, "do_lower_case") ?? true;
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        string?[] tokens = [.. lines.Select(line => line.TrimEnd('\r'))];
        tokens = tokens is [.., ""] ? tokens[..^1] : tokens;
        var definition = Definition(tokens, new Bert(
            Clean: true,
            SpaceChinese: SpecialTokenFiles.Setting(folder, "tokenize_chinese_chars") ?? true,
            StripAccents: SpecialTokenFiles.Setting(folder, "strip_accents") ?? lower,
            lower), path);
        return SpecialTokenFiles.Completed(
            definition with
            {
                Files = [(FileName, content)],
                Hash = SHA256.HashData([.. content, .. BitConverter.GetBytes(lower)]),
            },
            folder);
    }

    /// <summary>A BERT tokenizer of tokens in id order.</summary>
    /// <exception cref="InvalidDataException">One of BERT's special tokens is
    /// missing.</exception>
    public static TokenizerDefinition Definition(string?[] tokens, Bert normalizer, string source)
    {
        var vocabulary = new VocabularyIndex(tokens);
        var ids = new Dictionary<string, int>();
        foreach (string mark in Marks)
        {
            if (vocabulary.TryGet(mark, out int id))
            {
                ids.Add(mark, id);
            }
        }

        if (!ids.TryGetValue("[CLS]", out int first) || !ids.TryGetValue("[SEP]", out int end)
            || !ids.ContainsKey("[UNK]"))
        {
            throw new InvalidDataException(
                $"{PrintableText.Escape(source)}: a WordPiece vocabulary must have [UNK], [CLS] "
                + $"and [SEP]; got {tokens.Length:N0} tokens without one of them.");
        }

        int? Id(string mark) => ids.TryGetValue(mark, out int id) ? id : null;
        TemplatePart cls = new([first], false, 0);
        TemplatePart sep = new([end], false, 0);
        return new TokenizerDefinition
        {
            Spellings = tokens,
            Pipeline = new TokenPipeline(
                [.. ids.Select(mark => new AddedToken(mark.Value, mark.Key, IsSpecial: true))],
                normalizer, Split.Bert,
                new WordPieceEncoder(
                    vocabulary, UnknownToken.Of("[UNK]", vocabulary), Prefix, LongestWord))
            {
                Decoder = new WordPieces(Prefix, CleansUp: true),
                Template = new InputTemplate(
                    [cls, new(null, false, 0), sep],
                    [cls, new(null, false, 0), sep, new(null, true, 1), sep with { TypeId = 1 }]),
            },
            BytesOf = TokenSpelling.Plain,
            Special = new SpecialTokens(
                Pad: Id("[PAD]"), Unk: Id("[UNK]"), Mask: Id("[MASK]"), Cls: first, Sep: end),
            Hash = [],
        };
    }
}
