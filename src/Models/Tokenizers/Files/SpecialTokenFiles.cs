using System.Text;
using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers.Pipeline;

namespace Vitrine.Models.Tokenizers.Files;

/// <summary>The files beside a tokenizer that say which special token has which role, and how a
/// chat is written.</summary>
internal static class SpecialTokenFiles
{
    /// <summary>The file of settings.</summary>
    public const string ConfigFile = "tokenizer_config.json";

    /// <summary>The file of roles alone.</summary>
    public const string MapFile = "special_tokens_map.json";

    /// <summary>The file of a chat template alone.</summary>
    public const string ChatFile = "chat_template.jinja";

    private static readonly Dictionary<string, string[]> Usual = new()
    {
        ["bos_token"] = ["<s>", "<|begin_of_text|>", "<bos>", "<|startoftext|>", "[BOS]"],
        ["eos_token"] = ["</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>", "[EOS]"],
        ["pad_token"] = ["<pad>", "[PAD]", "<|padding|>"],
        ["unk_token"] = ["<unk>", "[UNK]"],
        ["mask_token"] = ["<mask>", "[MASK]"],
        ["cls_token"] = ["[CLS]"],
        ["sep_token"] = ["[SEP]"],
    };

    /// <summary>Adds what the files in a folder say.</summary>
    /// <exception cref="InvalidDataException">One of them is damaged.</exception>
    public static TokenizerDefinition Completed(TokenizerDefinition definition, string folder)
    {
        var files = definition.Files.ToList();
        var roles = new Dictionary<string, string>();
        string? chat = definition.ChatTemplate;
        if (Content(folder, ConfigFile, files) is { } config)
        {
            chat = JsonFile.Parse(Path.Combine(folder, ConfigFile), config, root =>
            {
                var settings = new JsonPart(root, "");
                Roles(settings, roles);
                return Template(settings);
            }) ?? chat;
        }

        if (Content(folder, MapFile, files) is { } map)
        {
            JsonFile.Parse(Path.Combine(folder, MapFile), map, root =>
            {
                Roles(new JsonPart(root, ""), roles);
                return 0;
            });
        }

        if (Content(folder, ChatFile, files) is { } template)
        {
            chat = Encoding.UTF8.GetString(template);
        }

        return definition with
        {
            ChatTemplate = chat,
            Files = files,
            Special = ByRole(definition, roles),
        };
    }

    /// <summary>A setting that is true, false or absent.</summary>
    public static bool? Setting(string folder, string name)
    {
        string path = Path.Combine(folder, ConfigFile);
        return File.Exists(path)
            ? JsonFile.Read<bool?>(path, root => root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty(name, out JsonElement value)
                ? value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    _ => null,
                }
                : null)
            : null;
    }

    private static byte[]? Content(
        string folder, string name, List<(string Name, byte[] Content)> files)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] content = InputFile.ReadAllBytes(path);
        files.Add((name, content));
        return content;
    }

    private static void Roles(JsonPart settings, Dictionary<string, string> roles)
    {
        foreach (string role in Usual.Keys)
        {
            if (settings.Optional(role) is not { } token)
            {
                continue;
            }

            if (token.ValueKind == JsonValueKind.Object)
            {
                roles.TryAdd(role, settings.Part(role).Text("content"));
            }
            else if (token.ValueKind == JsonValueKind.String)
            {
                roles.TryAdd(role, token.GetString()!);
            }
            else if (token.ValueKind != JsonValueKind.False)
            {
                throw new InvalidDataException(
                    $"{settings.Field(role)} must be a token; got {token.Quoted()}.");
            }
        }
    }

    private static string? Template(JsonPart settings)
    {
        const string Name = "chat_template";
        if (settings.Optional(Name) is not { ValueKind: JsonValueKind.Array })
        {
            return settings.OptionalText(Name);
        }

        JsonPart[] named = [.. settings.Parts(Name)];
        foreach (JsonPart one in named)
        {
            if (one.Text("name") == "default")
            {
                return one.Text("template");
            }
        }

        return named.Length == 0 ? null : named[0].Text("template");
    }

    private static SpecialTokens ByRole(
        TokenizerDefinition definition, Dictionary<string, string> roles)
    {
        var ids = new Dictionary<string, int>();
        foreach (AddedToken token in definition.Pipeline.Added)
        {
            ids.TryAdd(token.Content, token.Id);
        }

        for (int id = 0; id < definition.Spellings.Count; id++)
        {
            if (definition.Spellings[id] is { } spelling && roles.ContainsValue(spelling))
            {
                ids.TryAdd(spelling, id);
            }
        }

        SpecialTokens known = definition.Special;
        return new SpecialTokens(
            Id("bos_token", known.Bos), Id("eos_token", known.Eos), Id("pad_token", known.Pad),
            Id("unk_token", known.Unk), Id("mask_token", known.Mask), Id("cls_token", known.Cls),
            Id("sep_token", known.Sep));

        int? Id(string role, int? known) =>
            roles.TryGetValue(role, out string? spelling)
                ? ids.TryGetValue(spelling, out int id) ? id : known
                : known ?? Usual[role].Select(usual =>
                    ids.TryGetValue(usual, out int found) ? found : (int?)null)
                    .FirstOrDefault(found => found is not null);
    }
}
