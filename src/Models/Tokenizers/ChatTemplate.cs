using Vitrine.Models.Tokenizers.Chat;

namespace Vitrine.Models.Tokenizers;

/// <summary>How a chat is written for a model: a template in Jinja's language, which the model was
/// trained with.</summary>
/// <remarks>
/// <para>Rendered as the field's tools do: a line break behind a statement and spaces before one
/// that begins a line go. The language: text, <c>{{ }}</c>, <c>for</c>, <c>if</c>, <c>set</c>,
/// comments and trim marks; <c>loop</c>, <c>namespace</c>, <c>range</c>, <c>raise_exception</c>;
/// indices and slices; comparisons, arithmetic, <c>and</c>, <c>or</c>, <c>not</c>, <c>in</c>,
/// <c>is</c>, a choice with <c>if</c>; the usual filters and methods of strings. Anything else is
/// refused by its name.</para>
/// <para>Safe to use from several threads at once.</para>
/// </remarks>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<JinjaNode> _nodes;
    private readonly string _bos;
    private readonly string _eos;

    /// <summary>Reads a template.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="bos">How the token that begins a sequence is spelled, <c>bos_token</c>.</param>
    /// <param name="eos">How the token that ends one is spelled, <c>eos_token</c>.</param>
    /// <exception cref="InvalidDataException">It is malformed, or uses what is not
    /// supported.</exception>
    public ChatTemplate(string text, string? bos = null, string? eos = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Text, _bos, _eos) = (text, bos ?? "", eos ?? "");
        _nodes = JinjaParser.Parse(text);
    }

    /// <summary>The template's text.</summary>
    public string Text { get; }

    /// <summary>Writes a chat.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="addGenerationPrompt">Whether the beginning of the assistant's answer
    /// follows.</param>
    /// <exception cref="InvalidDataException">The template refuses the messages, or uses what is
    /// not supported.</exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = (List<object?>)
            [
                .. messages.Select(message => new Dictionary<string, object?>
                {
                    ["role"] = message.Role,
                    ["content"] = message.Content,
                }),
            ],
            ["add_generation_prompt"] = addGenerationPrompt,
            ["bos_token"] = _bos,
            ["eos_token"] = _eos,
        };
        return new JinjaInterpreter(variables).Render(_nodes);
    }
}
