using System.Text.Json;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers.Published;

/// <summary>Chats as Jinja2 3.1 writes them, with the settings of the field's tools: the stored
/// texts of <c>chat-templates.json</c> are its output.</summary>
public class ChatTemplateTests
{
    private static readonly JsonElement Stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(
        Repository.Root, "tests/Models.Tests/Tokenizers/Published/chat-templates.json"))).RootElement;

    public static TheoryData<int> Chats =>
        [.. Enumerable.Range(0, Stored.GetProperty("chats").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Chats))]
    public void WrittenAsJinjaWritesThem(int number)
    {
        JsonElement chat = Stored.GetProperty("chats")[number];
        string name = chat.GetProperty("template").GetString()!;
        var template = new ChatTemplate(
            Stored.GetProperty("templates").GetProperty(name).GetString()!, "<s>", "</s>");
        ChatMessage[] messages =
        [
            .. chat.GetProperty("messages").EnumerateArray().Select(message => new ChatMessage(
                message.GetProperty("role").GetString()!,
                message.GetProperty("content").GetString()!)),
        ];
        bool prompts = chat.GetProperty("addGenerationPrompt").GetBoolean();
        if (chat.GetProperty("expected").GetString() is { } expected)
        {
            Assert.Equal(expected, template.Render(messages, prompts));
        }
        else
        {
            Assert.Contains("refuses the messages", Assert.Throws<InvalidDataException>(
                () => template.Render(messages, prompts)).Message);
        }
    }

    [Fact]
    public void SmolLm2sOwnTemplate()
    {
        Tokenizer tokenizer = Tokenizer.FromGguf(GgufMetadata.Read(Repository.Shared(
            "data/models/smollm2-135m-instruct-q4_1/SmolLM2-135M-Instruct.Q4_1.gguf")));
        ChatTemplate template = tokenizer.ChatTemplate!;
        Assert.Equal(
            Stored.GetProperty("templates").GetProperty("smollm2").GetString(), template.Text);
        string chat = template.Render(
            [new ChatMessage("system", "You are terse."), new ChatMessage("user", "2+2?")]);
        Assert.Equal(
            "<|im_start|>system\nYou are terse.<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n"
            + "<|im_start|>assistant\n", chat);
        Assert.Equal(
            [
                1, 9690, 198, 2683, 359, 1733, 313, 30, 2, 198, 1, 4093, 198, 34, 27, 34, 47, 2, 198,
                1, 520, 9531, 198,
            ],
            tokenizer.Encode(chat, allowSpecial: true));
    }

    [Theory]
    [InlineData("{% macro f() %}{% endmacro %}", "\"macro\" is not supported")]
    [InlineData("{% include 'x' %}", "\"include\" is not supported")]
    [InlineData("{{ x|shuffle }}", "the filter \"shuffle\" of an undefined value")]
    [InlineData("{{ 'x'.casefold() }}", "the method \"casefold\" of a string")]
    [InlineData("{{ open('x') }}", "the function \"open\"")]
    [InlineData("{{ 1 is prime }}", "the test \"prime\"")]
    [InlineData("{{ {'a': 1} }}", "a value must be next; got \"{\" in line 1")]
    [InlineData("{{ messages }}", "cannot be written")]
    [InlineData("{{ nothing.field }}", "an undefined value has no field")]
    [InlineData("{{ 'a' + 1 }}", "+ does not join a string and a number")]
    [InlineData("\n{% if true %}", "must end in endif; got End in line 2")]
    [InlineData("{% for x in messages %}", "must end in endfor")]
    [InlineData("{{ 'a }}", "a string must end in its quote")]
    [InlineData("{{ 1", "a tag must end in }}")]
    [InlineData("{# x", "a comment must end in #}")]
    [InlineData("{{ 1 ? 2 }}", "\"?\" has no meaning")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% if 1 %}{% endif %}{% endfor %}", "takes at most")]
    [InlineData("{% for i in range(100001) %}{% endfor %}", "at most 100000 numbers")]
    public void WhatIsNotSupportedIsNamed(string template, string said)
    {
        if (said == "takes at most")
        {
            said = "must take at most";
        }

        Assert.Contains(said, Assert.Throws<InvalidDataException>(() =>
            new ChatTemplate(template).Render([new ChatMessage("user", "x")])).Message);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("not ")]
    [InlineData("x if ")]
    [InlineData("-")]
    [InlineData("f(")]
    public void NestingIsBounded(string part)
    {
        string template = "{{ " + string.Concat(Enumerable.Repeat(part, 100_000)) + " }}";
        Assert.Throws<InvalidDataException>(() => new ChatTemplate(template));
    }
}
