using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Decoders;
using Vitrine.Models.Tokenizers.Pipeline;
using Vitrine.Models.Tokenizers.PreTokenizers;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>Reads the decoder and the template of a tokenizer.json.</summary>
internal static class JsonDecoders
{
    private const int LongestStrip = 1 << 20;

    /// <summary>The decoder of an object.</summary>
    public static IDecoder Decoder(JsonPart part) => part.Type switch
    {
        "Sequence" => new DecoderSequence([.. part.Parts("decoders").Select(Decoder)]),
        "ByteLevel" => new ByteLevel(AddsPrefixSpace: false, CutsWords: false),
        "WordPiece" => new WordPieces(
            part.OptionalText("prefix") ?? "##", part.Flag("cleanup", true)),
        "Metaspace" => JsonNormalizers.Metaspace(part),
        "BPEDecoder" => new WordSuffix(part.OptionalText("suffix") ?? "</w>"),
        "CTC" => new Ctc(
            part.OptionalText("pad_token") ?? "<pad>",
            part.OptionalText("word_delimiter_token") ?? "|", part.Flag("cleanup", true)),
        "ByteFallback" => new ByteFallback(),
        "Fuse" => new Fuse(),
        "Strip" => new StripToken(
            part.Character("content"), part.Whole("start", 0, LongestStrip, 0),
            part.Whole("stop", 0, LongestStrip, 0)),
        "Replace" => JsonNormalizers.Replace(part),
        _ => throw part.Unknown(
            "decoder",
            "Sequence, ByteLevel, WordPiece, Metaspace, BPEDecoder, CTC, ByteFallback, Fuse, "
            + "Strip, Replace"),
    };

    /// <summary>The template of a post-processor; null if it adds no tokens.</summary>
    /// <param name="part">The object.</param>
    /// <param name="vocabulary">The number of ids.</param>
    public static InputTemplate? Template(JsonPart part, int vocabulary)
    {
        switch (part.Type)
        {
            case "ByteLevel":
                return null;
            case "Sequence":
                InputTemplate[] templates =
                [
                    .. part.Parts("processors").Select(one => Template(one, vocabulary))
                        .OfType<InputTemplate>(),
                ];
                return templates.Length < 2 ? templates.FirstOrDefault()
                    : throw new InvalidDataException(
                        $"{part.Field("processors")} must have at most one template; got "
                        + $"{templates.Length}.");
            case "BertProcessing":
                TemplatePart first = new([Pair(part, "cls", vocabulary)], false, 0);
                TemplatePart end = new([Pair(part, "sep", vocabulary)], false, 0);
                return new InputTemplate(
                    [first, new(null, false, 0), end],
                    [
                        first, new(null, false, 0), end,
                        new(null, true, 1), end with { TypeId = 1 },
                    ]);
            case "RobertaProcessing":
                TemplatePart start = new([Pair(part, "cls", vocabulary)], false, 0);
                TemplatePart stop = new([Pair(part, "sep", vocabulary)], false, 0);
                return new InputTemplate(
                    [start, new(null, false, 0), stop],
                    [start, new(null, false, 0), stop, stop, new(null, true, 0), stop]);
            case "TemplateProcessing":
                Dictionary<string, int[]> special = SpecialIds(part, vocabulary);
                return new InputTemplate(
                    [.. part.Parts("single").Select(one => One(one, special))],
                    part.Optional("pair") is null
                        ? null : [.. part.Parts("pair").Select(one => One(one, special))]);
            default:
                throw part.Unknown(
                    "post_processor",
                    "Sequence, ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing");
        }
    }

    private static int Pair(JsonPart part, string name, int vocabulary)
    {
        JsonElement[] pair = part.List(name);
        return pair is [{ ValueKind: JsonValueKind.String }, JsonElement id]
            ? Id(id, part.Field(name), vocabulary)
            : throw new InvalidDataException(
                $"{part.Field(name)} must be a token and its id; got "
                + $"{part.Required(name).Quoted()}.");
    }

    private static int Id(JsonElement json, string field, int vocabulary) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int id)
            && (uint)id < (uint)vocabulary ? id
            : throw new InvalidDataException(
                $"{field}: ids are 0 … {vocabulary - 1}; got {json.Quoted()}.");

    private static Dictionary<string, int[]> SpecialIds(JsonPart part, int vocabulary)
    {
        var special = new Dictionary<string, int[]>();
        if (part.OptionalPart("special_tokens") is not { } tokens)
        {
            return special;
        }

        foreach (JsonProperty token in tokens.Fields)
        {
            var one = new JsonPart(token.Value, tokens.Field(token.Name));
            special.Add(
                token.Name,
                [.. one.List("ids").Select(id => Id(id, one.Field("ids"), vocabulary))]);
        }

        return special;
    }

    private static TemplatePart One(JsonPart part, Dictionary<string, int[]> special)
    {
        if (part.OptionalPart("SpecialToken") is { } token)
        {
            string name = token.Text("id");
            return new TemplatePart(
                special.TryGetValue(name, out int[]? ids) ? ids : throw new InvalidDataException(
                    $"{token.Field("id")} must be one of special_tokens; got "
                    + $"{token.Required("id").Quoted()}."),
                false, token.Whole("type_id", 0, int.MaxValue, 0));
        }

        JsonPart sequence = part.Part("Sequence");
        string which = sequence.Text("id");
        return new TemplatePart(
            null,
            which switch
            {
                "A" => false,
                "B" => true,
                _ => throw new InvalidDataException(
                    $"{sequence.Field("id")} must be A or B; got "
                    + $"{sequence.Required("id").Quoted()}."),
            },
            sequence.Whole("type_id", 0, int.MaxValue, 0));
    }
}
