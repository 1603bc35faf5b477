using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Encoders;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>The tokenizer that a GGUF file's metadata describes.</summary>
internal static class GgufDefinition
{
    /// <summary>The file that it is saved in.</summary>
    public const string FileName = "tokenizer.gguf-tokenizer";

    /// <summary>The tokenizer of metadata.</summary>
    /// <exception cref="InvalidDataException">It is of a kind that is not known, or its parts do
    /// not fit together.</exception>
    public static TokenizerDefinition Of(GgufTokenizer metadata)
    {
        Check(metadata);
        byte[] saved = JsonSerializer.SerializeToUtf8Bytes(
            metadata, ModelsJson.Default.GgufTokenizer);
        TokenizerDefinition definition = metadata.Model switch
        {
            "gpt2" => BytePairs(metadata),
            "llama" => Pieces(metadata, merges: true),
            "t5" => Pieces(metadata, merges: false),
            "bert" => WordPieces(metadata),
            _ => throw Wrong(
                "model", "gpt2, llama, t5 or bert",
                $"\"{PrintableText.Value(metadata.Model)}\""),
        };
        return definition with
        {
            ChatTemplate = metadata.ChatTemplate,
            Files = [(FileName, saved)],
            Hash = SHA256.HashData(saved),
        };
    }

    /// <summary>Reads what was saved.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static TokenizerDefinition Read(string path) =>
        JsonFile.Read(path, root => Of(root.As(ModelsJson.Default.GgufTokenizer)));

    private static void Check(GgufTokenizer metadata)
    {
        int count = metadata.Tokens.Count;
        if (count == 0)
        {
            throw Wrong("tokens", "a list of tokens", "none");
        }

        if (metadata.Scores is { } scores)
        {
            if (scores.Count != count)
            {
                throw Wrong("scores", $"as many as the {count:N0} tokens", $"{scores.Count:N0}");
            }

            if (!scores.All(float.IsFinite))
            {
                throw Wrong("scores", "finite", "another");
            }
        }

        if (metadata.TokenTypes is { } types)
        {
            if (types.Count != count)
            {
                throw Wrong("token_type", $"as many as the {count:N0} tokens", $"{types.Count:N0}");
            }

            foreach (int type in types)
            {
                if (type is < 1 or > 6)
                {
                    throw Wrong("token_type", "from 1 to 6", $"{type}");
                }
            }
        }

        SpecialTokens ids = metadata.Special;
        (string Name, int? Id)[] named =
        [
            ("bos_token_id", ids.Bos), ("eos_token_id", ids.Eos), ("padding_token_id", ids.Pad),
            ("unknown_token_id", ids.Unk), ("mask_token_id", ids.Mask), ("cls_token_id", ids.Cls),
            ("seperator_token_id", ids.Sep),
        ];
        foreach ((string name, int? id) in named)
        {
            if (id is { } given && (uint)given >= (uint)count)
            {
                throw Wrong(name, $"0 … {count - 1}", $"{given}");
            }
        }
    }

    private static PieceType[] Types(GgufTokenizer metadata) => metadata.TokenTypes is { } types
        ? [.. types.Select(type => (PieceType)type)]
        : [.. Enumerable.Repeat(PieceType.Normal, metadata.Tokens.Count)];

    private static TokenizerDefinition BytePairs(GgufTokenizer metadata)
    {
        GgufPatterns patterns = GgufPatterns.Of(
            metadata.Pre ?? throw Wrong("pre", "given for byte-level BPE", "none"));
        PieceType[] types = Types(metadata);
        string[] tokens = [.. metadata.Tokens];
        var vocabulary = new VocabularyIndex(
            tokens, id => types[id] is not (PieceType.Control or PieceType.Unknown));
        var merges = new Dictionary<(int, int), (int Rank, int Id)>();
        IReadOnlyList<string> list = metadata.Merges
            ?? throw Wrong("merges", "given for byte-level BPE", "none");
        for (int rank = 0; rank < list.Count; rank++)
        {
            if (list[rank].Split(' ') is not [var left, var right]
                || !vocabulary.TryGet(left, out int first)
                || !vocabulary.TryGet(right, out int second)
                || !vocabulary.TryGet(left + right, out int joint))
            {
                throw Wrong(
                    $"merges[{rank}]", "two tokens that join to a third",
                    $"\"{PrintableText.Value(list[rank])}\"");
            }

            merges.TryAdd((first, second), (rank, joint));
        }

        SpecialTokens special = metadata.Special;
        bool separates = metadata.Pre is "roberta-bpe" or "jina-v1-en";
        return new TokenizerDefinition
        {
            Spellings = tokens,
            Pipeline = new TokenPipeline(
                Added(tokens, types), normalizer: null, patterns.PreTokenizer(),
                new BytePairEncoder(
                    vocabulary, merges,
                    new BytePairOptions { IgnoresMerges = patterns.IgnoresMerges }))
            {
                Decoder = new ByteLevel(AddsPrefixSpace: false, CutsWords: false),
                Template = SentencePieces.Around(
                    metadata.AddBos ?? (patterns.BeginsTexts || separates) ? special.Bos : null,
                    metadata.AddEos ?? separates ? special.Eos : null),
            },
            BytesOf = ByteLevel.BytesOf,
            Special = special,
            Hash = [],
        };
    }

    private static TokenizerDefinition Pieces(GgufTokenizer metadata, bool merges)
    {
        SpecialTokens special = metadata.Special;
        float[] scores = [.. metadata.Scores
            ?? throw Wrong("scores", "given for pieces of SentencePiece", "none")];
        CharacterMap? map = null;
        if (metadata.CharacterMap.Length > 0)
        {
            try
            {
                map = new CharacterMap(metadata.CharacterMap.Span);
            }
            catch (InvalidDataException problem)
            {
                throw new InvalidDataException(
                    $"tokenizer.ggml.precompiled_charsmap: {problem.Message}", problem);
            }
        }

        return new SentencePieces
        {
            Pieces = [.. metadata.Tokens],
            Scores = scores,
            Types = Types(metadata),
            Merges = merges,
            Unknown = special.Unk ?? (merges ? 0 : 2 < scores.Length ? 2 : null),
            Normalizer = new SentencePieceNormalizer(
                map, metadata.AddSpacePrefix ?? true, metadata.RemoveExtraWhitespaces ?? false,
                OnlyAtStart: false),
        }.Definition(
            special,
            SentencePieces.Around(
                metadata.AddBos ?? merges ? special.Bos : null,
                metadata.AddEos ?? !merges ? special.Eos : null));
    }

    /// <summary>A token that begins a word is spelled with <c>▁</c>, and the others without
    /// <c>##</c>.</summary>
    private static TokenizerDefinition WordPieces(GgufTokenizer metadata)
    {
        PieceType[] types = Types(metadata);
        string?[] tokens =
        [
            .. metadata.Tokens.Select((token, id) =>
                types[id] is PieceType.Control or PieceType.Unknown
                    || (token.StartsWith('[') && token.EndsWith(']') && token.Length > 2) ? token
                : token.StartsWith('▁') ? token[1..] : "##" + token),
        ];
        return WordPieceFile.Definition(
            tokens,
            new Bert(Clean: true, SpaceChinese: true, StripAccents: true, Lower: true),
            "tokenizer.ggml.tokens");
    }

    private static List<AddedToken> Added(string[] tokens, PieceType[] types) =>
    [
        .. Enumerable.Range(0, tokens.Length)
            .Where(id => types[id]
                is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
            .Select(id => new AddedToken(
                id, tokens[id], IsSpecial: types[id] != PieceType.UserDefined)),
    ];

    private static InvalidDataException Wrong(string key, string rule, string got) => new(
        $"tokenizer.ggml.{key} must be {rule}; got {got}.");
}
