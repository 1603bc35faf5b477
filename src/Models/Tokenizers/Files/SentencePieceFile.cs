using System.Security.Cryptography;
using Google.Protobuf;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Normalizers;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>Reads SentencePiece's tokenizer.model, a protocol buffer: Unigram and BPE.</summary>
/// <remarks>Ids are SentencePiece's own. Of the tokenizer_config.json beside it,
/// <c>add_bos_token</c> (true by default for BPE, as Llama's is) and <c>add_eos_token</c> say what
/// stands around a text.</remarks>
internal sealed class SentencePieceFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "tokenizer.model";

    private const int Unigram = 1;
    private const int BytePairs = 2;
    private readonly List<(string Piece, float Score, PieceType Type)> _pieces = [];
    private int _model = Unigram;
    private int _unknown;
    private int _begin = 1;
    private int _end = 2;
    private int _pad = -1;
    private byte[] _map = [];
    private bool _addsPrefix = true;
    private bool _collapses = true;

    private SentencePieceFile()
    {
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind of
    /// model.</exception>
    public static TokenizerDefinition Read(string path)
    {
        byte[] content = InputFile.ReadAllBytes(path);
        var file = new SentencePieceFile();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            file.ReadModel(new CodedInputStream(content));
            TokenizerDefinition definition = file.Definition(
                SpecialTokenFiles.Setting(folder, "add_bos_token"),
                SpecialTokenFiles.Setting(folder, "add_eos_token"));
            return SpecialTokenFiles.Completed(
                definition with
                {
                    Files = [(FileName, content)],
                    Hash = SHA256.HashData(content),
                },
                folder);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new InvalidDataException(
                $"{PrintableText.Escape(path)}: it must be a SentencePiece model; "
                + PrintableText.Value(problem.Message), problem);
        }
        catch (InvalidDataException problem) when (
            !problem.Message.Contains(folder, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{PrintableText.Escape(path)}: {problem.Message}", problem);
        }
    }

    private TokenizerDefinition Definition(bool? addsBegin, bool? addsEnd)
    {
        if (_pieces.Count == 0 || _model is not (Unigram or BytePairs))
        {
            throw new InvalidDataException(
                "a SentencePiece model must have pieces and be Unigram (1) or BPE (2); got "
                + $"{_pieces.Count:N0} pieces and model_type {_model}.");
        }

        if (_pieces.FirstOrDefault(piece => !float.IsFinite(piece.Score)) is { Piece: { } odd })
        {
            throw new InvalidDataException(
                $"scores must be finite; got another for \"{PrintableText.Value(odd)}\".");
        }

        int? begin = Checked(_begin);
        int? end = Checked(_end);
        bool merges = _model == BytePairs;
        return new SentencePieces
        {
            Pieces = [.. _pieces.Select(piece => piece.Piece)],
            Scores = [.. _pieces.Select(piece => piece.Score)],
            Types = [.. _pieces.Select(piece => piece.Type)],
            Merges = merges,
            Unknown = Checked(_unknown),
            Normalizer = new SentencePieceNormalizer(
                _map.Length == 0 ? null : new CharacterMap(_map), _addsPrefix, _collapses,
                OnlyAtStart: true),
        }.Definition(
            new SpecialTokens(begin, end, Checked(_pad), Checked(_unknown)),
            SentencePieces.Around(
                addsBegin ?? merges ? begin : null, addsEnd ?? false ? end : null));
    }

    private int? Checked(int id) => (uint)id < (uint)_pieces.Count ? id : null;

    private void ReadModel(CodedInputStream input)
    {
        while (input.ReadTag() is > 0 and uint tag)
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    ReadPiece(input.ReadBytes().CreateCodedInput());
                    break;
                case (2 << 3) | 2:
                    ReadTrainer(input.ReadBytes().CreateCodedInput());
                    break;
                case (3 << 3) | 2:
                    ReadNormalizer(input.ReadBytes().CreateCodedInput());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private void ReadPiece(CodedInputStream input)
    {
        string piece = "";
        float score = 0;
        int type = (int)PieceType.Normal;
        while (input.ReadTag() is > 0 and uint tag)
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    piece = input.ReadString();
                    break;
                case (2 << 3) | 5:
                    score = input.ReadFloat();
                    break;
                case 3 << 3:
                    type = input.ReadEnum();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        if (piece.Length == 0 || !Enum.IsDefined((PieceType)type))
        {
            throw new InvalidDataException(
                $"piece {_pieces.Count} must have a text and a type from 1 to 6; got "
                + $"\"{PrintableText.Value(piece)}\" and {type}.");
        }

        _pieces.Add((piece, score, (PieceType)type));
    }

    private void ReadTrainer(CodedInputStream input)
    {
        while (input.ReadTag() is > 0 and uint tag)
        {
            switch (tag)
            {
                case 3 << 3:
                    _model = input.ReadEnum();
                    break;
                case 40 << 3:
                    _unknown = input.ReadInt32();
                    break;
                case 41 << 3:
                    _begin = input.ReadInt32();
                    break;
                case 42 << 3:
                    _end = input.ReadInt32();
                    break;
                case 43 << 3:
                    _pad = input.ReadInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private void ReadNormalizer(CodedInputStream input)
    {
        while (input.ReadTag() is > 0 and uint tag)
        {
            switch (tag)
            {
                case (2 << 3) | 2:
                    _map = input.ReadBytes().ToByteArray();
                    break;
                case 3 << 3:
                    _addsPrefix = input.ReadBool();
                    break;
                case 4 << 3:
                    _collapses = input.ReadBool();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }
}
