using System.CommandLine;
using System.Text;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine tokenize TEXT</c>: the tokens a model would read.</summary>
internal static class TokenizeCommand
{
    private const int LongestInput = 1 << 26;

    /// <summary>One token of the text.</summary>
    /// <param name="Id">Its number in the vocabulary.</param>
    /// <param name="Text">Its text; bytes that are no whole character appear as U+FFFD.</param>
    /// <param name="Bytes">Its bytes in hexadecimal.</param>
    /// <param name="Class">What kind of token it is.</param>
    internal sealed record Token(int Id, string Text, string Bytes, string Class);

    public static Command Create()
    {
        var text = new Argument<string>(
            "TEXT") { Description = "The text; - reads standard input" };
        var special = CommonOptions.Of<bool>(
            "--special",
            $"Read {Tokenizer.EndOfTextMark} as the special token, not as text");
        return new Command(
            "tokenize", "Show the tokens of a text (GPT-2's byte-level BPE)") { text,
            special }.Runs(
            (parse, terminal) =>
            {
                string given = parse.GetRequiredValue(text);
                Token[] tokens = Of(
                    given == "-" ? StandardInput() : given, parse.GetValue(special));
                terminal.Show(
                    tokens, CliJson.Readable.TokenArray, () => Print(tokens, terminal));
                return 0;
            },
            """vitrine tokenize "The Congress shall have power" """.TrimEnd());
    }

    private static string Name(TokenClass kind) => kind switch
    {
        TokenClass.Word => "word",
        TokenClass.CapitalisedWord => "capitalised word",
        TokenClass.Piece => "piece of a word",
        TokenClass.Number => "number",
        TokenClass.Punctuation => "punctuation",
        TokenClass.SpaceOrControl => "space or control",
        _ => "partial UTF-8",
    };

    private static string StandardInput()
    {
        byte[] bytes = Interruption.WaitFor(() =>
        {
            var read = new byte[LongestInput + 1];
            using Stream input = Console.OpenStandardInput();
            return read[..input.ReadAtLeast(read, read.Length, throwOnEndOfStream: false)];
        });
        if (bytes.Length > LongestInput)
        {
            throw new InvalidDataException(
                $"TEXT: standard input must have at most {LongestInput:N0} bytes; it has more.");
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("TEXT: standard input must be UTF-8 text; it is not.");
        }
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">Whether the special token is read as one.</param>
    public static Token[] Of(string text, bool special)
    {
        Tokenizer tokenizer = Tokenizer.Gpt2();
        return
        [
            .. tokenizer.Encode(text, special).Select(id => new Token(
                id, tokenizer.Text(id), Convert.ToHexString(tokenizer.Bytes(id)),
                Name(tokenizer.Class(id)))),
        ];
    }

    private static void Print(Token[] tokens, Terminal terminal)
    {
        Tokenizer tokenizer = Tokenizer.Gpt2();
        Table table = NumberTable.Titled(null).AddNumbers("position", "id");
        table.AddColumn("token").AddColumn("bytes").AddColumn("class");
        for (int i = 0; i < tokens.Length; i++)
        {
            Token token = tokens[i];
            table.AddRow(
                $"{i}", $"{token.Id}", Markup.Escape(tokenizer.Display(token.Id)), token.Bytes,
                token.Class);
        }

        terminal.Tables.Write(table);
        terminal.Tables.MarkupLineInterpolated(
            $"{tokens.Length} token{(tokens.Length == 1 ? "" : "s")}");
    }
}
