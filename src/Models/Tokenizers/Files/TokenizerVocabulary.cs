using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>The tokens of a tokenizer.json.</summary>
/// <param name="Model">The model's own, by id.</param>
/// <param name="All">These and the added ones.</param>
/// <param name="Added">The added ones.</param>
internal sealed record TokenizerVocabulary(
    string?[] Model, string?[] All, IReadOnlyList<AddedToken> Added)
{
    private const int FreeIds = 1024;

    /// <summary>Reads the model's tokens and the added ones.</summary>
    public static TokenizerVocabulary Read(JsonPart root, JsonPart model)
    {
        JsonPart[] added = root.Optional("added_tokens") is null
            ? [] : [.. root.Parts("added_tokens")];
        string?[] tokens = model.Required("vocab").ValueKind == JsonValueKind.Array
            ? Listed(model) : Named(model.Part("vocab"), added.Length);
        return WithAdded(tokens, added);
    }

    /// <summary>As many ids as tokens may have: some numbers may be left out, but what a file makes
    /// us allocate stays in proportion to it.</summary>
    private static int Limit(int tokens) => checked((2 * tokens) + FreeIds);

    /// <summary>Unigram's list of tokens and scores.</summary>
    private static string?[] Listed(JsonPart model)
    {
        string field = model.Field("vocab");
        return
        [
            .. model.List("vocab").Select((entry, id) =>
                entry is { ValueKind: JsonValueKind.Array } && entry.GetArrayLength() == 2
                    && entry[0].ValueKind == JsonValueKind.String
                    ? entry[0].GetString()
                    : throw new InvalidDataException(
                        $"{field}[{id}] must be a token and its score; got {entry.Quoted()}.")),
        ];
    }

    private static string?[] Named(JsonPart vocab, int added)
    {
        int count = vocab.Count;
        var tokens = new string?[Limit(count + added)];
        int highest = -1;
        foreach (JsonProperty entry in vocab.Fields)
        {
            int id = Id(entry.Value, tokens.Length, vocab.Path, entry.Name);
            if (tokens[id] is { } taken)
            {
                throw new InvalidDataException(
                    $"{vocab.Path}: ids must differ; got {id} for "
                    + $"\"{PrintableText.Value(taken)}\" and "
                    + $"\"{PrintableText.Value(entry.Name)}\".");
            }

            tokens[id] = entry.Name;
            highest = Math.Max(highest, id);
        }

        return tokens[..(highest + 1)];
    }

    private static TokenizerVocabulary WithAdded(string?[] model, JsonPart[] parts)
    {
        var ids = new Dictionary<string, int>();
        for (int id = 0; id < model.Length; id++)
        {
            if (model[id] is { } token)
            {
                ids[token] = id;
            }
        }

        var all = new string?[Limit(model.Length + parts.Length)];
        model.CopyTo(all, 0);
        int count = model.Length;
        var added = new List<AddedToken>(parts.Length);
        foreach (JsonPart part in parts)
        {
            string content = part.Text("content");
            int id = Id(part.Required("id"), all.Length, part.Field("id"), content);
            if (all[id] is { } taken && taken != content)
            {
                throw new InvalidDataException(
                    $"{part.Field("id")}: ids must differ; got {id} for "
                    + $"\"{PrintableText.Value(taken)}\" and \"{PrintableText.Value(content)}\".");
            }

            if (ids.TryGetValue(content, out int other) && other != id)
            {
                throw new InvalidDataException(
                    $"{part.Field("id")}: \"{PrintableText.Value(content)}\" must have one id; "
                    + $"got {other} and {id}.");
            }

            ids[content] = id;
            all[id] = content;
            count = Math.Max(count, id + 1);
            added.Add(new AddedToken(
                id, content, part.Flag("special"), part.Flag("normalized"),
                part.Flag("single_word"), part.Flag("lstrip"), part.Flag("rstrip")));
        }

        return new TokenizerVocabulary(model, all[..count], added);
    }

    private static int Id(JsonElement json, int limit, string field, string token) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int id)
            && (uint)id < (uint)limit ? id
            : throw new InvalidDataException(
                $"{field}: ids are 0 … {limit - 1} for so many tokens; got {json.Quoted()} for "
                + $"\"{PrintableText.Value(token)}\".");
}
