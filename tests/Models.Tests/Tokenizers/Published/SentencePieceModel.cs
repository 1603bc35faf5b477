using Google.Protobuf;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Writes SentencePiece's tokenizer.model.</summary>
internal sealed record SentencePieceModel
{
    /// <summary>The pieces: spelling, score, and type from 1 to 6.</summary>
    public required IReadOnlyList<(string Piece, float Score, int Type)> Pieces { get; init; }

    /// <summary>1 Unigram, 2 BPE.</summary>
    public required int Model { get; init; }

    public bool AddsPrefix { get; init; } = true;

    public bool Collapses { get; init; } = true;

    public byte[] Map { get; init; } = [];

    /// <summary>The file.</summary>
    public byte[] Bytes()
    {
        var file = new MemoryStream();
        var output = new CodedOutputStream(file);
        foreach ((string piece, float score, int type) in Pieces)
        {
            Part(output, 1, part =>
            {
                part.WriteTag(1, WireFormat.WireType.LengthDelimited);
                part.WriteString(piece);
                part.WriteTag(2, WireFormat.WireType.Fixed32);
                part.WriteFloat(score);
                part.WriteTag(3, WireFormat.WireType.Varint);
                part.WriteEnum(type);
            });
        }

        Part(output, 2, part =>
        {
            part.WriteTag(3, WireFormat.WireType.Varint);
            part.WriteEnum(Model);
            part.WriteTag(35, WireFormat.WireType.Varint);
            part.WriteBool(Pieces.Any(piece => piece.Type == 6));
            part.WriteTag(40, WireFormat.WireType.Varint);
            part.WriteInt32(Pieces.ToList().FindIndex(piece => piece.Type == 2));
        });
        Part(output, 3, part =>
        {
            part.WriteTag(2, WireFormat.WireType.LengthDelimited);
            part.WriteBytes(ByteString.CopyFrom(Map));
            part.WriteTag(3, WireFormat.WireType.Varint);
            part.WriteBool(AddsPrefix);
            part.WriteTag(4, WireFormat.WireType.Varint);
            part.WriteBool(Collapses);
            part.WriteTag(5, WireFormat.WireType.Varint);
            part.WriteBool(true);
        });
        output.Flush();
        return file.ToArray();
    }

    private static void Part(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        var content = new MemoryStream();
        var part = new CodedOutputStream(content);
        write(part);
        part.Flush();
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content.ToArray()));
    }
}
