using Vitrine.Models.Tokenizers.Decoders;
using Vitrine.Models.Tokenizers.Encoders;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>What a piece of a vocabulary is for, in SentencePiece's numbers, which are GGUF's
/// too.</summary>
internal enum PieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>What the vocabulary lacks.</summary>
    Unknown = 2,

    /// <summary>A mark that no text has.</summary>
    Control = 3,

    /// <summary>Text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>Text that is never a token.</summary>
    Unused = 5,

    /// <summary>A byte.</summary>
    Byte = 6,
}

/// <summary>A vocabulary of pieces with scores, of a SentencePiece model or a GGUF file.</summary>
internal sealed record SentencePieces
{
    /// <summary>The pieces, by id.</summary>
    public required string[] Pieces { get; init; }

    /// <summary>Their scores.</summary>
    public required float[] Scores { get; init; }

    /// <summary>What they are for.</summary>
    public required PieceType[] Types { get; init; }

    /// <summary>Whether neighbours are merged by score (BPE); else the best way to make a text is
    /// found (Unigram).</summary>
    public required bool Merges { get; init; }

    /// <summary>Turns text into what pieces are made of.</summary>
    public required SentencePieceNormalizer Normalizer { get; init; }

    /// <summary>The token of what the vocabulary lacks.</summary>
    public int? Unknown { get; init; }

    /// <summary>The tokenizer of these pieces.</summary>
    public TokenizerDefinition Definition(SpecialTokens special, InputTemplate template)
    {
        bool hasBytes = Types.Contains(PieceType.Byte);
        List<IDecoder> decoders =
        [
            new Replace(new StringPattern("▁"), " "), new ByteFallback(), new Fuse(),
        ];
        if (Normalizer.AddsPrefix)
        {
            decoders.Add(new StripToken(' ', Start: 1, Stop: 0));
        }

        return new TokenizerDefinition
        {
            Spellings = Pieces,
            Pipeline = new TokenPipeline(Added(), Normalizer, preTokenizer: null, Encoder(hasBytes))
            {
                Decoder = new DecoderSequence(decoders),
                Template = template,
            },
            BytesOf = TokenSpelling.Marked('▁', hasBytes),
            FindsByText = true,
            Special = special,
            Hash = [],
        };
    }

    /// <summary>Special tokens that stand before and behind a text.</summary>
    public static InputTemplate Around(int? first, int? last)
    {
        TemplatePart[] One(bool second)
        {
            int type = second ? 1 : 0;
            var parts = new List<TemplatePart> { new(null, second, type) };
            if (first is { } bos)
            {
                parts.Insert(0, new([bos], false, type));
            }

            if (last is { } eos)
            {
                parts.Add(new([eos], false, type));
            }

            return [.. parts];
        }

        return new InputTemplate(One(false), [.. One(false), .. One(true)]);
    }

    private IEnumerable<int> Ids => Enumerable.Range(0, Pieces.Length);

    private List<AddedToken> Added() =>
    [
        .. Ids.Where(id => Types[id]
                is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
            .Select(id => new AddedToken(
                id, Pieces[id], IsSpecial: Types[id] != PieceType.UserDefined)),
    ];

    private IPieceEncoder Encoder(bool hasBytes)
    {
        bool IsText(int id) => Types[id] is PieceType.Normal or PieceType.UserDefined;
        var vocabulary = new VocabularyIndex(Pieces, IsText);
        int[]? byteTokens = hasBytes ? VocabularyIndex.ByteTokens(Pieces) : null;
        if (!Merges)
        {
            return new UnigramEncoder(
                vocabulary, [.. Scores.Select(score => (double)score)], Unknown, byteTokens,
                IsText);
        }

        return new BytePairEncoder(vocabulary, ByScore(vocabulary, IsText), new BytePairOptions
        {
            ByteTokens = byteTokens,
            FusesUnknown = true,
            Unknown = Unknown is { } id ? new UnknownToken(Pieces[id], id) : null,
        });
    }

    /// <summary>Two pieces merge where they make a third: the one with the highest score first,
    /// whichever two make it.</summary>
    private Dictionary<(int, int), (int Rank, int Id)> ByScore(
        VocabularyIndex vocabulary, Func<int, bool> isText)
    {
        float[] ordered = [.. Scores.Distinct().OrderDescending()];
        var ranks = new Dictionary<float, int>(ordered.Length);
        for (int rank = 0; rank < ordered.Length; rank++)
        {
            ranks.Add(ordered[rank], rank);
        }

        var merges = new Dictionary<(int, int), (int Rank, int Id)>();
        foreach (int id in Ids.Where(isText))
        {
            ReadOnlySpan<char> piece = Pieces[id];
            for (int cut = 1; cut < piece.Length; cut++)
            {
                if (!char.IsLowSurrogate(piece[cut])
                    && vocabulary.TryGet(piece[..cut], out int left)
                    && vocabulary.TryGet(piece[cut..], out int right))
                {
                    merges[(left, right)] = (ranks[Scores[id]], id);
                }
            }
        }

        return merges;
    }
}
