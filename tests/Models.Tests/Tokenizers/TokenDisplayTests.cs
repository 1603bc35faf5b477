using System.Text;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Models.Tests.Tokenizers;

public class TokenDisplayTests
{
    private static readonly Tokenizer Gpt2 = Tokenizer.Gpt2();

    [Theory]
    [InlineData(" congress", TokenClass.Word)]
    [InlineData(" Congress", TokenClass.CapitalisedWord)]
    [InlineData("ress", TokenClass.Piece)]
    [InlineData("The", TokenClass.CapitalisedWord)]
    [InlineData("'s", TokenClass.Piece)]
    [InlineData(" 1865", TokenClass.Number)]
    [InlineData("17", TokenClass.Number)]
    [InlineData(",", TokenClass.Punctuation)]
    [InlineData(" \"", TokenClass.Punctuation)]
    [InlineData(" ", TokenClass.SpaceOrControl)]
    [InlineData("\n", TokenClass.SpaceOrControl)]
    [InlineData("\0", TokenClass.SpaceOrControl)]
    [InlineData("<|endoftext|>", TokenClass.SpaceOrControl)]
    public void Classes(string text, TokenClass expected)
    {
        Assert.True(Gpt2.TrySingle(text, out int id), text);
        Assert.Equal(expected, Gpt2.Class(id));
    }

    [Fact]
    public void EveryTokenHasAClassAndIsShown()
    {
        TokenClass[] classes = Gpt2.Classes();
        Assert.Equal(50257, classes.Length);
        Assert.Equal(TokenClass.PartialUtf8, classes[447]);
        Assert.Equal(7, classes.Distinct().Count());
        for (int id = 0; id < Gpt2.VocabularySize; id++)
        {
            string shown = Gpt2.Display(id);
            Assert.NotEmpty(shown);
            Assert.DoesNotContain(
                shown, c => char.IsControl(c) || char.IsWhiteSpace(c) && c != ' ');
            Assert.DoesNotContain('\uFFFD', Gpt2.Class(id) == TokenClass.PartialUtf8 ? shown : "");
        }
    }

    [Theory]
    [InlineData(" Congress", "·Congress")]
    [InlineData("\n", "⏎")]
    [InlineData("\n\n", "⏎×2")]
    [InlineData("\t", "⇥")]
    [InlineData("\r", "␍")]
    [InlineData("    ", "·×4")]
    [InlineData("a\u200Bb", "a<U+200B>b")]
    [InlineData("\u00A0", "<U+00A0>")]
    [InlineData("\u0301", "◌\u0301")]
    [InlineData("<script>", "<script>")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "abcdefghijkl…pqrstuvwxyz")]
    [InlineData("abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx")]
    public void Shown(string text, string expected) =>
        Assert.Equal(expected, Tokenizer.Display(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void BrokenBytesAreHex()
    {
        Assert.Equal("·<E2 80>", Tokenizer.Display([0x20, 0xE2, 0x80]));
        Assert.Equal("<80 FF>a<C3>", Tokenizer.Display([0x80, 0xFF, 0x61, 0xC3]));
        Assert.Equal("", Tokenizer.Display([]));
    }
}
