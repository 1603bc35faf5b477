using System.Text;
using System.Text.Json;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Interp.Patching;

/// <summary>Pairs of prompts in a JSON file: written out, or as a template with slots.</summary>
/// <remarks>
/// Written out; a prompt is a text or a list of token ids, an answer a text or an id:
/// <code>
/// { "pairs": [ { "clean": "…", "corrupt": "…", "answer": " Mary", "versus": " John" } ] }
/// </code>
/// A template is such a pair with <c>{NAME}</c> in place of a slot's value; pair i takes value i of
/// every slot, so all lists have the same length. <c>{{</c> and <c>}}</c> are braces.
/// <code>
/// { "template": { "clean": "When{A} and{B} met,{B} gave a drink to",
///                 "corrupt": "When{A} and{B} met,{C} gave a drink to",
///                 "answer": "{A}", "versus": "{B}" },
///   "slots": { "A": [" Mary", " Anna"], "B": [" John", " Tom"], "C": [" Paul", " Jack"] } }
/// </code>
/// </remarks>
public static class PromptFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokenizer">The model's; null allows ids only.</param>
    /// <exception cref="InvalidDataException">The file is not JSON of this form.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="PromptMismatchException">A pair differs in its number of
    /// tokens.</exception>
    /// <exception cref="ArgumentException">The prompts do not correspond, or an answer is not one
    /// token.</exception>
    public static PromptPairs Read(string path, Tokenizer? tokenizer) =>
        JsonFile.Read(path, root => Pairs(root, tokenizer));

    /// <summary>Reads the text of a file.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static PromptPairs Parse(string json, Tokenizer? tokenizer) =>
        JsonFile.Parse("PromptFile", json, root => Pairs(root, tokenizer));

    private static PromptPairs Pairs(JsonElement root, Tokenizer? tokenizer)
    {
        var reader = new Reader(tokenizer);
        if (root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("pairs", out JsonElement pairs)
                && pairs.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement pair in pairs.EnumerateArray())
            {
                reader.Add(pair, text => text);
            }
        }
        else if (root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("template", out JsonElement template))
        {
            Dictionary<string, string[]> slots = Slots(root);
            int count = Enumerable.Min(slots.Values, values => values.Length);
            foreach ((string name, string[] values) in slots)
            {
                if (values.Length != count || count == 0)
                {
                    throw new InvalidDataException(
                        "slots must have the same number of values, at least one; got "
                        + string.Join(", ", slots.Select(
                            slot => $"{slot.Key}: {slot.Value.Length}")) + ".");
                }
            }

            for (int i = 0; i < count; i++)
            {
                int row = i;
                reader.Add(template, text => Fill(text, slots, row));
            }
        }
        else
        {
            throw new InvalidDataException(
                "prompts need a list \"pairs\", or a \"template\" and \"slots\".");
        }

        return reader.Finish();
    }

    /// <summary>Fills value <paramref name="row"/> of every slot into a text.</summary>
    internal static string Fill(string text, IReadOnlyDictionary<string, string[]> slots, int row)
    {
        var filled = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
            {
                filled.Append(text[i]);
                continue;
            }

            if (i + 1 < text.Length && text[i + 1] == text[i])
            {
                filled.Append(text[i++]);
                continue;
            }

            int end = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (end < 0)
            {
                throw new InvalidDataException(
                    "a brace must open or close a slot, or be doubled; got "
                    + $"“{PrintableText.Value(text)}”.");
            }

            string name = text[(i + 1)..end];
            filled.Append(slots.TryGetValue(name, out string[]? values)
                ? values[row]
                : throw new InvalidDataException(
                    $"there is no slot “{PrintableText.Value(name)}”; slots are "
                    + $"{PrintableText.Value(string.Join(", ", slots.Keys))}."));
            i = end;
        }

        return filled.ToString();
    }

    private static Dictionary<string, string[]> Slots(JsonElement root)
    {
        if (!root.TryGetProperty("slots", out JsonElement slots)
            || slots.ValueKind != JsonValueKind.Object
            || slots.EnumerateObject().Any(slot => slot.Value.ValueKind != JsonValueKind.Array
                || slot.Value.EnumerateArray()
                    .Any(value => value.ValueKind != JsonValueKind.String))
            || !slots.EnumerateObject().Any())
        {
            throw new InvalidDataException(
                "\"slots\" must be an object with a list of texts for each slot.");
        }

        return slots.EnumerateObject().ToDictionary(
            slot => slot.Name, slot =>
                slot.Value.EnumerateArray().Select(value => value.GetString()!).ToArray());
    }

    private sealed class Reader(Tokenizer? tokenizer)
    {
        private readonly List<int[]> _clean = [];
        private readonly List<int[]> _corrupt = [];
        private readonly List<int> _answers = [];
        private readonly List<int> _versus = [];

        public void Add(JsonElement pair, Func<string, string> fill)
        {
            _clean.Add(Prompt("clean"));
            _corrupt.Add(Prompt("corrupt"));
            _answers.Add(Answer(Field("answer")));
            if (pair.TryGetProperty("versus", out JsonElement versus))
            {
                _versus.Add(Answer(versus));
            }

            JsonElement Field(string name) =>
                pair.ValueKind == JsonValueKind.Object
                    && pair.TryGetProperty(name, out JsonElement value)
                    ? value
                    : throw new InvalidDataException(
                        $"a pair needs \"clean\", \"corrupt\" and \"answer\"; \"{name}\" is "
                        + "missing.");

            int[] Prompt(string name)
            {
                JsonElement value = Field(name);
                return value.ValueKind switch
                {
                    JsonValueKind.String =>
                        Tokens().Encode(fill(value.GetString()!), allowSpecial: true),
                    JsonValueKind.Array => [.. value.EnumerateArray().Select(Id)],
                    _ => throw new InvalidDataException(
                        $"\"{name}\" must be a text or a list of token ids."),
                };
            }

            int Answer(JsonElement value) => value.ValueKind == JsonValueKind.String
                ? PromptPairs.SingleToken(Tokens(), fill(value.GetString()!))
                : Id(value);
        }

        public PromptPairs Finish() => _versus.Count == 0 || _versus.Count == _answers.Count
            ? new(
                _clean, _corrupt, _answers, _versus.Count == 0 ? null : _versus,
                tokenizer is null ? null : tokenizer.Display)
            : throw new InvalidDataException("either every pair or no pair must have a "
                + "\"versus\".");

        private static int Id(JsonElement value) =>
            value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id)
                ? id
                : throw new InvalidDataException(
                    $"a token id must be a whole number; got {value.Quoted()}.");

        private Tokenizer Tokens() => tokenizer
            ?? throw new InvalidDataException(
                "the model has no tokenizer; give prompts and answers as token ids.");
    }
}
